import type { Draft, Entry, HandedOut, Publication, Reception, Verdict } from '../journal.ts';
import { type Plan, passes } from '../plan.ts';

/** A message of a queue that must come, or may. */
export interface Expected {
	readonly queue: string;
	readonly label: string;
	/** How it comes into its queue. */
	readonly via: 'publish' | 'fan-out' | 'handover';
	/** Somebody was told that it is there. Else it may be. */
	isCertain: boolean;
	/** The first instant at which it can have been accepted. */
	from: number;
	readonly draft: Draft;
}

export interface Handout extends HandedOut {
	/** As told; else the earliest that it can be. */
	readonly until: number;
	readonly start: number;
	readonly end: number;
	readonly leaseMs: number;
	/** When it was handed out: what is told of its lease, less what was asked for; else the latest that it can be. */
	readonly at: number;
	/** The request that it came with, and its place in the answer. */
	readonly reception: Reception;
	readonly place: number;
}

/** A verdict with the instants of its request. `outcome` is absent where the answer was lost. */
export interface Settled extends Verdict {
	readonly start: number;
	readonly end: number;
}

/** All that was seen of one message in one queue. */
export interface Story {
	readonly queue: string;
	readonly id: string;
	readonly label: string;
	/** By attempt, then by instant. */
	readonly handouts: Handout[];
	/** By instant. */
	readonly settled: Settled[];
}

/** A round's journal by message: what should be in each queue, and what was seen there. */
export class View {
	readonly plan: Plan;
	readonly entries: readonly Entry[];
	readonly begun: number;
	readonly ended: number;
	/** By queue and label. */
	readonly expected = new Map<string, Map<string, Expected>>();
	/** By queue and id. */
	readonly stories = new Map<string, Map<string, Story>>();
	readonly #byLabel = new Map<string, Story[]>();
	/** Stories in dead-letter queues, by the queue that they come from and their label. */
	readonly #dead = new Map<string, Story[]>();

	constructor(plan: Plan, entries: readonly Entry[]) {
		this.plan = plan;
		this.entries = entries.toSorted((a, b) => a.start - b.start || a.end - b.end);
		this.begun = this.entries[0]?.start ?? 0;
		this.ended = entries.reduce((latest, { end }) => Math.max(latest, end), 0);
		this.#tellStories();
		for (const entry of this.entries) {
			if (entry.kind === 'publish') this.#expectPublished(entry);
			if (entry.kind === 'settle') this.#expectHandovers(entry.verdicts, entry.start);
		}
		this.#expectAllCopies();
	}

	*allExpected(): Generator<Expected> {
		for (const byLabel of this.expected.values()) yield* byLabel.values();
	}

	*allStories(): Generator<Story> {
		for (const byId of this.stories.values()) yield* byId.values();
	}

	storiesOf(queue: string, label: string): readonly Story[] {
		return this.#byLabel.get(nameOf(queue, label)) ?? [];
	}

	/** What came of a message of this queue in a dead-letter queue. */
	deadOf(queue: string, label: string): readonly Story[] {
		return this.#dead.get(nameOf(queue, label)) ?? [];
	}

	isSeen(queue: string, label: string): boolean {
		return this.storiesOf(queue, label).length + this.deadOf(queue, label).length > 0;
	}

	isDeadLetterQueue(queue: string): boolean {
		return this.plan.queues[queue]?.deadLetter === null;
	}

	#tellStories(): void {
		for (const entry of this.entries) {
			if (entry.kind !== 'receive') continue;
			for (const [place, message] of entry.messages.entries()) {
				const { start, end, leaseMs } = entry;
				const { until = start + leaseMs } = message;
				const at = message.until === undefined ? end : until - leaseMs;
				this.#storyOf(entry.queue, message).handouts.push({
					...message,
					start,
					end,
					leaseMs,
					at,
					until,
					reception: entry,
					place,
				});
			}
		}
		for (const entry of this.entries) {
			if (entry.kind !== 'settle') continue;
			const { queue, verdicts, start, end } = entry;
			for (const verdict of verdicts)
				this.stories
					.get(queue)
					?.get(verdict.id)
					?.settled.push({ ...verdict, start, end });
		}
		for (const { handouts } of this.allStories()) handouts.sort((a, b) => a.attempt - b.attempt || a.at - b.at);
	}

	#storyOf(queue: string, { id, label, deadLetter }: HandedOut): Story {
		const byId = entryOf(this.stories, queue, () => new Map<string, Story>());
		const known = byId.get(id);
		if (known !== undefined) return known;
		const story: Story = { queue, id, label, handouts: [], settled: [] };
		byId.set(id, story);
		entryOf(this.#byLabel, nameOf(queue, label), () => []).push(story);
		if (deadLetter) entryOf(this.#dead, nameOf(deadLetter.queue, label), () => []).push(story);
		return story;
	}

	#expectPublished({ to, start, messages }: Publication): void {
		const subscriptions = this.plan.topics[to];
		for (const { fate, ...draft } of messages) {
			if (fate === 'refused') continue;
			const isCertain = fate === 'accepted';
			if (subscriptions === undefined) this.#expect(to, 'publish', draft, isCertain, start);
			else {
				for (const subscription of subscriptions) {
					if (!passes(subscription, draft.attributes)) continue;
					this.#expect(subscription.queue, 'fan-out', draft, isCertain, start);
				}
			}
		}
	}

	/** What an acknowledgement publishes is there where it was acknowledged, and may be where nobody knows. */
	#expectHandovers(verdicts: readonly Verdict[], start: number): void {
		for (const { publishes, outcome } of verdicts) {
			if (publishes === undefined || (outcome !== undefined && outcome !== 'acked')) continue;
			for (const draft of publishes.messages) {
				this.#expect(publishes.queue, 'handover', draft, outcome === 'acked', start);
			}
		}
	}

	#expect(queue: string, via: Expected['via'], draft: Draft, isCertain: boolean, from: number): void {
		const byLabel = entryOf(this.expected, queue, () => new Map<string, Expected>());
		const { label } = draft;
		const expected = entryOf(byLabel, label, () => ({ queue, label, via, isCertain, from, draft }));
		expected.isCertain ||= isCertain;
		expected.from = Math.min(expected.from, from);
	}

	/** A topic's message that one subscription has got was accepted: so the others get it, too. */
	#expectAllCopies(): void {
		for (const subscriptions of Object.values(this.plan.topics)) {
			const queues = subscriptions.map(({ queue }) => queue);
			const copies = queues.flatMap((queue) => [...(this.expected.get(queue)?.values() ?? [])]);
			const accepted = new Set(
				copies.filter(({ queue, label }) => this.isSeen(queue, label)).map(({ label }) => label),
			);
			for (const copy of copies) copy.isCertain ||= accepted.has(copy.label);
		}
	}
}

function nameOf(queue: string, label: string): string {
	return `${queue} ${label}`;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
	const found = map.get(key);
	if (found !== undefined) return found;
	const made = make();
	map.set(key, made);
	return made;
}
