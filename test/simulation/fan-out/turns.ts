import type { Prng } from '../prng';

/** More than the longest way from one turn of a courier to its next. */
const HOPS = 40;

interface Waiting {
	readonly go: () => void;
	readonly isOver: () => boolean;
}

/**
 * Everything that couriers do between two of their steps waits here for its turn, so that one step is made at a time, in an
 * order that a seed decides, and anything may happen between any two of them.
 */
export class Turns {
	private waiting: Waiting[] = [];

	/** Resolves when it is one's turn; never where one is over by then: its object was reset. */
	next(isOver: () => boolean): Promise<void> {
		return new Promise((go) => {
			this.waiting.push({ go, isOver });
		});
	}

	/** Lets one go, and waits until it waits again; false when nobody waited. */
	async step(prng: Prng): Promise<boolean> {
		this.waiting = this.waiting.filter((one) => !one.isOver());
		if (this.waiting.length === 0) return false;
		const [chosen] = this.waiting.splice(prng.between(0, this.waiting.length - 1), 1) as [Waiting];
		chosen.go();
		await quiet();
		return true;
	}
}

/** Nothing here waits for anything but promises: a bounded number of hops lets all of them run. */
export async function quiet(): Promise<void> {
	for (let hop = 0; hop < HOPS; hop++) await Promise.resolve();
}
