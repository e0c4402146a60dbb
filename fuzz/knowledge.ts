import type { Prng } from '../test/simulation/prng.ts';
import { type Held, KnownReceipts, keep } from './known-receipts.ts';

/** Names that the fuzzer's own key opens, and that no other object has. */
export const PREFIX = 'fz-';
export const QUEUES = ['a', 'b', 'c', 'd', 'y', 'z'].map((name) => `${PREFIX}${name}`);
export const TOPICS = ['s', 't', 'u', 'v'].map((name) => `${PREFIX}${name}`);
export const SUBSCRIPTIONS = ['one', 'two', 'three'];
/** The last of each list is mostly the one that is deleted, the one before it purged: the others come to something. */
const SPARE = 0.97;

/** What the run has besides the fuzzer's own requests: it must not get at any of it. */
export interface Foreign {
	readonly queue: string;
	readonly topic: string;
	/** Good receipts of that queue. */
	readonly receipts: readonly string[];
}

/** What one client has learnt from answers, so that its next requests meet something. */
export class Knowledge {
	readonly foreign: Foreign;
	readonly receipts = new KnownReceipts();
	#ids: Held[] = [];
	#redrives: Held[] = [];
	#keyIds: string[] = [];
	#cursors: string[] = ['0.0'];

	constructor(foreign: Foreign) {
		this.foreign = foreign;
	}

	queue(random: Prng): string {
		return random.pick(QUEUES);
	}

	topic(random: Prng): string {
		return random.pick(TOPICS);
	}

	/** One to be destroyed: counted from the end of the list. */
	spare(random: Prng, names: readonly string[], fromEnd = 1): string {
		return random.chance(SPARE) ? (names.at(-fromEnd) as string) : random.pick(names);
	}

	/** A queue that has receipts here, or any. */
	queueWithReceipts(random: Prng): string {
		return this.receipts.queue(random) ?? this.queue(random);
	}

	queueWithMessages(random: Prng): string {
		return this.#ids.length === 0 ? this.queue(random) : random.pick(this.#ids).queue;
	}

	messageId(random: Prng, queue: string): string {
		const own = this.#ids.filter((held) => held.queue === queue);
		return own.length === 0 ? 'no-message' : random.pick(own).text;
	}

	/** A queue whose redrive may still be running, or any. */
	queueWithRedrive(random: Prng): string {
		return this.#redrives.at(-1)?.queue ?? this.queue(random);
	}

	/** The newest of this queue. Each is given once: it is over then, or has been all along, and hides older ones. */
	takeRedrive(queue: string): string {
		const index = this.#redrives.findLastIndex((held) => held.queue === queue);
		if (index === -1) return 'no-redrive';
		const [taken] = this.#redrives.splice(index, 1);
		return (taken as Held).text;
	}

	keyId(random: Prng): string {
		if (this.#keyIds.length === 0) return '0123456789abcdef';
		const [id = ''] = this.#keyIds.splice(random.between(0, this.#keyIds.length - 1), 1);
		return id;
	}

	cursor(random: Prng): string {
		return random.pick(this.#cursors);
	}

	/** Reads a success: `queue` is the one that was asked. */
	learn(queue: string | undefined, body: unknown): void {
		const { messages, receipts, results, redrives, next, id, key, accepted } = body as Learnt;
		if (typeof key === 'string' && key.startsWith('slk_') && id !== undefined) keep(this.#keyIds, id);
		if (queue === undefined) return;
		if (typeof next === 'string' && /^\d+\.\d+$/.test(next)) keep(this.#cursors, next);
		if (accepted !== undefined && id !== undefined) keep(this.#redrives, { queue, text: id });
		else if (key === undefined && id !== undefined) keep(this.#ids, { queue, text: id });
		for (const redrive of redrives ?? []) {
			if (redrive.status === 'running') keep(this.#redrives, { queue, text: redrive.id });
		}
		// Of a redrive it is their number.
		for (const message of Array.isArray(messages) ? messages : []) {
			if (message.id !== undefined) keep(this.#ids, { queue, text: message.id });
			if (typeof message.receipt === 'string') this.receipts.add({ queue, text: message.receipt });
		}
		for (const text of receipts ?? []) this.receipts.add({ queue, text });
		for (const { id: published } of results ?? []) {
			if (published !== undefined) keep(this.#ids, { queue, text: published });
		}
	}
}

interface Learnt {
	readonly id?: string;
	readonly key?: string | null;
	readonly next?: string | null;
	readonly accepted?: number;
	readonly messages?: { readonly id?: string; readonly receipt?: string | null }[] | number;
	readonly receipts?: readonly string[];
	readonly results?: readonly { readonly id?: string }[];
	readonly redrives?: readonly { readonly id: string; readonly status: string }[];
}
