import { LIMITS, type Refusal, refuse } from './protocol';

/**
 * What is being published to an object and is not durable yet. All of it is in memory: beyond a bound more is refused, since an
 * object that runs out of memory is reset with everything that waits in it. Nothing else is: what settles or carries makes room.
 */
export class Intake {
	private publishes = 0;
	private units = 0;

	/** Runs `publish`, of so many UTF-16 units, or refuses with `overloaded`. One alone is always taken. */
	async take<Result>(units: number, publish: () => Promise<Result>): Promise<Result | Refusal> {
		const isFull = this.publishes >= LIMITS.waitingPublishes || this.units + units > LIMITS.waitingUnits;
		if (isFull && this.publishes > 0) {
			const detail = 'More is being published than one partition can write: slow down, batch, or add partitions.';
			return refuse('overloaded', detail, LIMITS.overloadedRetryMs);
		}
		this.publishes++;
		this.units += units;
		try {
			return await publish();
		} finally {
			this.publishes--;
			this.units -= units;
		}
	}
}
