import type { Prng } from '../test/simulation/prng.ts';

const MOST_KEPT = 100;

/** A text that an answer had, and the queue that it was of. */
export interface Held {
	readonly queue: string;
	readonly text: string;
}

/** The receipts that one client has come by, in the words of either API. */
export class KnownReceipts {
	readonly #unused: Held[] = [];
	readonly #spent: Held[] = [];

	add(receipt: Held): void {
		keep(this.#unused, receipt);
	}

	/** A queue of which there are unused ones; undefined where there are none. */
	queue(random: Prng): string | undefined {
		return this.#unused.length === 0 ? undefined : random.pick(this.#unused).queue;
	}

	/** One of this queue that has not been used yet, if there is one; it is spent with this. */
	take(random: Prng, queue: string): string {
		const own = this.#unused.filter((held) => held.queue === queue);
		if (own.length === 0) return this.spent(random, queue);
		const taken = random.pick(own);
		this.#unused.splice(this.#unused.indexOf(taken), 1);
		keep(this.#spent, taken);
		return taken.text;
	}

	/** One to be used again; a text that is none where there is none. */
	spent(random: Prng, queue: string): string {
		const spent = this.#spent.filter((held) => held.queue === queue);
		return spent.length === 0 ? 'no-receipt' : random.pick(spent).text;
	}

	/** One of another queue, or null. */
	ofAnother(random: Prng, queue: string): string | null {
		const others = [...this.#unused, ...this.#spent].filter((held) => held.queue !== queue);
		return others.length === 0 ? null : random.pick(others).text;
	}
}

/** The newest ones stay. */
export function keep<Item>(kept: Item[], item: Item): void {
	kept.push(item);
	if (kept.length > MOST_KEPT) kept.shift();
}
