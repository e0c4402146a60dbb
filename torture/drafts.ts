import type { Prng } from '../test/simulation/prng.ts';
import type { Draft } from './journal.ts';
import { kinds } from './plan.ts';

export interface Habits {
	/** Names the producer in its labels and keys: nobody else publishes under them. */
	readonly name: string;
	/** A queue or a topic. */
	readonly to: string;
	readonly isTopic: boolean;
	/** Over SQS, to a FIFO queue: each with a key and a `dedupId`, and with no delay of its own. */
	readonly isSqs?: true;
	/** Each with a `dedupId` and none with a time to live: every message can be told to have come, or not. */
	readonly isCareful: boolean;
}

const keys = 6;
const most = 12;
/** SQS takes no larger batch. */
const mostOverSqs = 10;

/** The messages of one producer. */
export class Drafts {
	#count = 0;
	readonly #habits: Habits;
	readonly #prng: Prng;

	constructor(habits: Habits, prng: Prng) {
		this.#habits = habits;
		this.#prng = prng;
	}

	/** What the next request carries: mostly one message, else some. */
	next(): Draft[] {
		const count = this.#prng.chance(0.3) ? this.#prng.between(2, this.#habits.isSqs ? mostOverSqs : most) : 1;
		return Array.from({ length: count }, () => this.#one());
	}

	#one(): Draft {
		const { name, isTopic, isCareful, isSqs = false } = this.#habits;
		const prng = this.#prng;
		const rank = ++this.#count;
		const label = `${name}.${rank}`;
		const isKeyed = prng.chance(0.6) || isSqs;
		const isRepeatable = prng.chance(0.6) || isCareful;
		const delayMs = prng.chance(isKeyed ? 0.02 : 0.1) ? prng.between(100, isKeyed ? 800 : 3_000) : undefined;
		const ttlMs = prng.chance(0.02) ? prng.between(3_100, 6_000) : undefined;
		return {
			label,
			rank,
			...(isKeyed && { key: `${name}-key${prng.between(1, keys)}` }),
			...(isRepeatable && { dedupId: label }),
			...(!isTopic && !isSqs && delayMs !== undefined && { delayMs }),
			...(!isCareful && ttlMs !== undefined && { ttlMs }),
			...(isTopic && { attributes: { kind: prng.pick(kinds) } }),
		};
	}
}
