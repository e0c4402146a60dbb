/** The object's one alarm. It may ring early; it is moved earlier when needed and never later, since a move is a billed row. */
export class AlarmClock {
	private at: number | null = null;

	constructor(private readonly storage: Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>) {}

	/** What a run of this object before has set. */
	async load(): Promise<void> {
		this.at = await this.storage.getAlarm();
	}

	/** To be said first in the handler: an alarm that rings is not set any more. */
	rang(): void {
		this.at = null;
	}

	noLaterThan(at: number): void {
		if (this.at !== null && this.at <= at) return;
		this.at = at;
		// Part of the write that is under way: the runtime commits the two together.
		void this.storage.setAlarm(at);
	}
}

/** The earlier of two instants, of which either may be missing. */
export function earlier(a: number | null, b: number | null): number | null {
	if (a === null || b === null) return a ?? b;
	return Math.min(a, b);
}
