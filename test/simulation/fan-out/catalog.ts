import {
	type FilterPolicy,
	type Queue,
	type QueueSettings,
	type Refusal,
	refuse,
	type Start,
	type Subscription,
	type Target,
	type Topic,
	topicIn,
} from '../../../durable-objects/protocol';
import { changed, queueOf } from '../../engine/queue';
import type { Filter, From, Setting } from './script';

const second = 1_000;
const day = 86_400 * second;

export const MAX_RECEIVES = 2;

/** What the catalog stores of each filter that stories use. */
const POLICIES: Record<Filter, FilterPolicy | null> = {
	all: null,
	red: { scope: 'attributes', policy: { colour: ['red'] } },
	big: { scope: 'body', policy: { size: [{ numeric: ['>=', 5] }] } },
	none: { scope: 'attributes', policy: { colour: [{ prefix: 'green' }] } },
};

/** What a topic's objects are told. */
export interface Told {
	readonly topic: Topic;
	readonly subscriptions: readonly Subscription[];
}

/** Names and settings, as the catalog would answer them; what it tells objects is up to the story. */
export class SimulatedCatalog {
	private readonly queues = new Map<string, { queue: Queue; isThere: boolean }>();
	private readonly topics = new Map<string, Topic>();
	private readonly subscriptions = new Map<string, Map<string, Subscription>>();
	/** All that topics were ever told, oldest first. */
	readonly told: Told[] = [];

	constructor(
		private readonly setting: Setting,
		private readonly now: () => number,
	) {}

	resolve(address: string): Refusal | Target {
		const name = topicIn(address);
		if (name !== undefined) return this.topic(name);
		const known = this.known(address);
		return known.isThere ? known.queue : refuse('queue_not_found', `There is no queue ${address}.`);
	}

	/** The queue, also where it was deleted. Queues are there from the beginning. */
	queue(name: string): Queue {
		return this.known(name).queue;
	}

	isThere(name: string): boolean {
		return this.known(name).isThere;
	}

	topic(name: string): Topic {
		let topic = this.topics.get(name);
		if (topic === undefined) {
			const { retentionMs, dedupWindowMs } = this.setting;
			const settings = { partitions: 1, retentionMs, dedupWindowMs, location: null };
			const at = this.now();
			topic = { isTopic: true, name, generation: 1, version: 1, createdAt: at, updatedAt: at, settings };
			this.topics.set(name, topic);
		}
		return topic;
	}

	set(name: string, settings: Partial<QueueSettings>): Queue {
		const known = this.known(name);
		known.queue = changed(known.queue, { settings }, this.now());
		return known.queue;
	}

	/** The subscriptions of these topics that feed it go as well. */
	delete(name: string, topics: readonly string[]): void {
		this.known(name).isThere = false;
		for (const topic of topics) {
			for (const { name: fed, queue } of [...this.of(topic).values()]) if (queue === name) this.unsubscribe(topic, fed);
		}
	}

	/** Again, as a queue that has nothing to do with the one before. */
	create(name: string, partitions: number): void {
		const known = this.known(name);
		const queue = changed(known.queue, { settings: { partitions, maxBacklog: null } }, this.now());
		known.queue = { ...queue, generation: queue.generation + 1 };
		known.isThere = true;
	}

	layout(name: string, partitions: number): void {
		const known = this.known(name);
		const queue = changed(known.queue, { settings: { partitions } }, this.now());
		known.queue = { ...queue, layout: queue.layout + 1 };
	}

	/** As the catalog does: the same again changes nothing, and its start counts only for a new one. */
	subscribe(topic: string, name: string, queue: string, kind: Filter, from: From, mark?: string): void {
		const all = this.of(topic);
		const before = all.get(name);
		const filter = POLICIES[kind];
		if (before?.queue === queue && before.filter === filter && before.mark === mark) return;
		const { version } = this.revise(topic);
		const at = this.now();
		const { generation, start, createdAt } = before ?? { generation: version, start: this.start(from), createdAt: at };
		const queueGeneration = this.known(queue).queue.generation;
		const terms = { queue, queueGeneration, filter, ...(mark === undefined ? {} : { mark }), version };
		all.set(name, { name, ...terms, generation, start, createdAt, updatedAt: at });
	}

	unsubscribe(topic: string, name: string): void {
		if (!this.of(topic).delete(name)) return;
		this.revise(topic);
	}

	seek(topic: string, name: string, from: From): void {
		const before = this.of(topic).get(name);
		if (before === undefined) return;
		const { version } = this.revise(topic);
		this.of(topic).set(name, { ...before, generation: version, start: this.start(from), updatedAt: this.now() });
	}

	/** What a topic's objects are to hear now. */
	tell(topic: string): Told {
		const told = { topic: this.topic(topic), subscriptions: [...this.of(topic).values()] };
		this.told.push(told);
		return told;
	}

	names(topic: string): string[] {
		return [...this.of(topic).keys()];
	}

	private start(from: From): Start {
		if (from === 'now') return { from, at: this.now() };
		if (from === 'earliest') return { from };
		if ('instant' in from) return { from: 'instant', at: from.instant };
		return { from: 'sequence', sequence: from.sequence };
	}

	private revise(topic: string): Topic {
		const before = this.topic(topic);
		const revised = { ...before, version: before.version + 1, updatedAt: this.now() };
		this.topics.set(topic, revised);
		return revised;
	}

	private of(topic: string): Map<string, Subscription> {
		let all = this.subscriptions.get(topic);
		if (all === undefined) {
			all = new Map();
			this.subscriptions.set(topic, all);
		}
		return all;
	}

	private known(name: string) {
		let known = this.queues.get(name);
		if (known === undefined) {
			const settings: Partial<QueueSettings> = {
				partitions: name === 'b' || name === 'c' ? this.setting.partitions : 1,
				maxReceives: MAX_RECEIVES,
				visibilityTimeoutMs: 5 * second,
				backoff: { initialMs: second, factor: 1, maxMs: second, jitter: 0 },
				dedupWindowMs: 30 * day,
				retentionMs: 365 * day,
				...(name.endsWith('-dlq') ? { deadLetter: null } : {}),
			};
			known = { queue: queueOf(name, settings, this.now()), isThere: true };
			this.queues.set(name, known);
		}
		return known;
	}
}
