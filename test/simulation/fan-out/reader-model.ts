import type { CopyOf, FilterPolicy, Start, Subscription } from '../../../durable-objects/protocol';
import { demand } from '../model';
import { isAnnotated, passes, type Stored } from './content';
import type { SimulatedPartition } from './objects';

/** Which queue, filter and mark hold for messages from a sequence number on. */
interface Term {
	readonly from: number;
	readonly version: number;
	readonly queue: string;
	readonly queueGeneration: number;
	readonly filter: FilterPolicy | null;
	readonly mark: string | undefined;
}

/** What a subscription's figures were when it was made or moved. */
export interface Counts {
	/** Of all that it had looked at. */
	readonly seen: number;
	readonly delivered: number;
	readonly missed: number;
}

/** What one generation of a subscription must bring, and what has arrived of it. */
export class ReaderModel {
	readonly arrived = new Set<number>();
	/** What retention took while the cursor had still to come by. */
	readonly swept = new Set<number>();
	private terms: readonly Term[];
	private readonly lastOfKey = new Map<string, number>();

	constructor(
		readonly name: string,
		readonly generation: number,
		/** The first message that it is about. */
		readonly start: number,
		/** What generations before it came by. */
		private readonly passed: ReadonlySet<number>,
		readonly before: Counts,
		subscription: Subscription,
	) {
		this.terms = [termOf(subscription, start)];
	}

	get version(): number {
		return (this.terms.at(-1) as Term).version;
	}

	/** What it and those before it came by, when its cursor stands at a position. */
	passedUntil(position: number): Set<number> {
		const passed = new Set(this.passed);
		for (let sequence = this.start; sequence < position; sequence++) passed.add(sequence);
		return passed;
	}

	/** Other terms, for messages from `from` on. */
	agree(from: number, subscription: Subscription): void {
		this.terms = [...this.terms, termOf(subscription, from)];
	}

	/** The queue of the terms at the cursor is gone: the next ones hold for what has not arrived. */
	skip(position: number): void {
		const next = this.terms.find((term) => term.from > position);
		demand(next !== undefined, () => `${this.name} left its only terms behind`);
		const before = this.terms.filter((term) => term.from <= position);
		const after = this.terms.filter((term) => term.from > next.from);
		this.terms = [...before, { ...this.termAt(next.from), from: position }, ...after];
	}

	termAt(sequence: number): Term {
		return this.terms.findLast((term) => term.from <= sequence) as Term;
	}

	matches({ position, draft }: Stored): boolean {
		return position >= this.start && passes(this.termAt(position).filter, draft);
	}

	/** A copy has come into a queue. */
	arrive(original: Stored, copy: Stored, { queue, generation }: SimulatedPartition, topic: string): void {
		const { position: sequence, draft } = original;
		const told = () => `${draft.name} (${sequence}) by ${this.name} of generation ${this.generation} into ${queue}`;
		const term = this.termAt(sequence);
		demand(sequence >= this.start, () => `P9: ${told()} was published before the start, ${this.start}`);
		demand(passes(term.filter, draft), () => `P9: the filter excludes ${told()}`);
		const isThere = term.queue === queue && term.queueGeneration === generation;
		demand(isThere, () => `P9: ${told()} (${generation}) belongs into ${term.queue} (${term.queueGeneration})`);
		demand(!this.arrived.has(sequence), () => `P9: ${told()} came twice`);
		this.arrived.add(sequence);
		if (draft.key !== undefined) this.inOrder(`${queue} ${generation} ${draft.key}`, sequence, told);
		const isReplay = this.passed.has(sequence);
		const { mark } = term;
		const replay = isReplay ? { isReplay } : {};
		const copyOf: CopyOf = { topic, id: original.id, ...replay, ...(mark === undefined ? {} : { mark }) };
		demand(
			JSON.stringify(copy.head.copyOf) === JSON.stringify(copyOf),
			() => `P9: ${told()} is no copy of ${JSON.stringify(copyOf)} but of ${JSON.stringify(copy.head.copyOf)}`,
		);
		const isSame =
			JSON.stringify(copy.draft) === JSON.stringify(draft) &&
			copy.head.key === draft.key &&
			copy.head.attributes?.colour === draft.colour &&
			isAnnotated(copy.head, draft) &&
			copy.head.dedupId === undefined &&
			copy.publishedAt === original.publishedAt;
		demand(isSame, () => `P9: ${told()} differs: ${JSON.stringify(copy)} of ${JSON.stringify(original)}`);
	}

	/** What belongs to one key of one queue. */
	private inOrder(line: string, sequence: number, told: () => string): void {
		const last = this.lastOfKey.get(line) ?? 0;
		demand(sequence > last, () => `P5: ${told()} came behind ${last}, which has its key`);
		this.lastOfKey.set(line, sequence);
	}
}

function termOf({ version, queue, queueGeneration, filter, mark }: Subscription, from: number): Term {
	return { from, version, queue, queueGeneration, filter, mark };
}

/** Where a start lies in a log whose first and next sequence numbers are given. */
export function startOf(start: Start, entries: readonly Stored[], first: number, next: number): number {
	const firstFrom = (at: number) =>
		entries.find(({ position, writtenAt }) => position >= first && writtenAt >= at)?.position ?? next;
	if (start.from === 'earliest') return first;
	if (start.from === 'sequence') return Math.min(Math.max(start.sequence, first), next);
	return firstFrom(start.from === 'now' ? start.at + 1 : start.at);
}
