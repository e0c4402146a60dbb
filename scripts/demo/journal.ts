import type { Message, NewMessage, Outcome } from './client.ts';

/** What is written down of every message, to be compared with what went in. */
export class Journal {
	readonly #input: readonly NewMessage[];
	readonly #indexes = new Map<string, number>();
	/** Indexes that have been acknowledged or buried. */
	readonly #finished = new Set<number>();
	readonly #acknowledged = new Map<string, number[]>();
	readonly #unordered: string[] = [];
	readonly #complete = new AbortController();
	receives = 0;
	acknowledged = 0;
	retried = 0;
	buried = 0;
	/** Acknowledgements that came to nothing. */
	refused = 0;

	constructor(input: readonly NewMessage[]) {
		this.#input = input;
	}

	published(index: number, id: string): void {
		if (this.#indexes.has(id)) throw new Error(`message ${id} was published twice`);
		this.#indexes.set(id, index);
	}

	/** The place in the input. Throws where a message was never put in, or came back changed. */
	indexOf({ id, key, body }: Message): number {
		const index = this.#indexes.get(id);
		const original = index === undefined ? undefined : this.#input[index];
		if (index === undefined || original === undefined)
			throw new Error(`message ${id} was received, but never published`);
		if (original.body !== body || original.key !== key) throw new Error(`message ${id} came back changed`);
		return index;
	}

	received(message: Message): void {
		this.receives++;
		if (this.#finished.has(this.indexOf(message)))
			throw new Error(`message ${message.id} came back after it was finished`);
	}

	settled(message: Message, outcome: Outcome['outcome'] | undefined): void {
		const index = this.indexOf(message);
		if (outcome === 'retried') this.retried++;
		else if (outcome === 'acked') {
			this.acknowledged++;
			this.#finished.add(index);
			this.#follow(message, index);
		} else if (outcome === 'buried') {
			this.buried++;
			this.#finished.add(index);
		} else this.refused++;
		if (this.#finished.size === this.#input.length) this.#complete.abort();
	}

	/** Aborted when every message is finished. */
	get complete(): AbortSignal {
		return this.#complete.signal;
	}

	/** Keys, and for each whose messages were finished out of order, the pair that shows it. */
	order(): { readonly keys: number; readonly broken: readonly string[] } {
		return { keys: this.#acknowledged.size, broken: this.#unordered };
	}

	#follow({ key }: Message, index: number): void {
		const before = this.#acknowledged.get(String(key)) ?? [];
		const last = before.at(-1);
		if (last !== undefined && last > index) this.#unordered.push(`${key}: record ${index} after ${last}`);
		this.#acknowledged.set(String(key), [...before, index]);
	}
}
