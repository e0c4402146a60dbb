import {
	type Address,
	type FilterPolicy,
	type Refusal,
	refuse,
	type Start,
	type Subscription,
	type Topic,
	type TopicSettings,
	topicIn,
} from '../../durable-objects/protocol';

/** The documented defaults, in one partition. */
export const TOPIC_DEFAULTS: TopicSettings = {
	partitions: 1,
	retentionMs: 86_400_000,
	dedupWindowMs: 300_000,
	location: null,
};

/** A topic as the catalog would send it with a call: the defaults, and what differs. */
export function topicOf(name: string, settings: Partial<TopicSettings>, now: number): Topic {
	const known = { ...TOPIC_DEFAULTS, ...settings };
	return { isTopic: true, name, generation: 1, version: 1, createdAt: now, updatedAt: now, settings: known };
}

/** What a user asks for. Absent: everything, from now on. */
export interface NewSubscription {
	readonly name: string;
	readonly queue: string;
	readonly filter?: FilterPolicy;
	readonly mark?: string;
	readonly start?: Start;
}

/** What the catalog knows of one topic. */
export interface Registered {
	topic: Topic;
	readonly subscriptions: Map<string, Subscription>;
}

/** The same topic after a change: its version tells its object which one is newer. */
export function revise(registered: Registered, now: number, settings: Partial<TopicSettings> = {}): number {
	const { topic } = registered;
	const version = topic.version + 1;
	registered.topic = { ...topic, version, updatedAt: now, settings: { ...topic.settings, ...settings } };
	return version;
}

/** Makes a subscription, or changes its queue, filter and mark; the start counts only when it is made. */
export function subscribe(registered: Registered, wanted: NewSubscription, now: number, queueGeneration = 1): void {
	const { name, queue, filter = null, mark, start = { from: 'now', at: now } } = wanted;
	const before = registered.subscriptions.get(name);
	const isSame = JSON.stringify(before?.filter) === JSON.stringify(filter) && before?.mark === mark;
	if (before?.queue === queue && isSame) return;
	const version = revise(registered, now);
	const { generation, createdAt, start: begin } = before ?? { generation: version, createdAt: now, start };
	registered.subscriptions.set(name, {
		name,
		queue,
		queueGeneration,
		filter,
		...(mark === undefined ? {} : { mark }),
		version,
		generation,
		start: begin,
		createdAt,
		updatedAt: now,
	});
}

export function unsubscribe(registered: Registered, name: string, now: number): Refusal | undefined {
	if (!registered.subscriptions.delete(name)) return noSubscription(registered.topic, name);
	revise(registered, now);
	return undefined;
}

/** Moves it: it begins anew at the start, as a new source. */
export function seek(registered: Registered, name: string, start: Start, now: number): Refusal | undefined {
	const before = registered.subscriptions.get(name);
	if (before === undefined) return noSubscription(registered.topic, name);
	registered.subscriptions.set(name, { ...before, start, generation: revise(registered, now), updatedAt: now });
	return undefined;
}

export function noSubscription(topic: Topic, name: string): Refusal {
	return refuse('subscription_not_found', `${topic.name} has no subscription ${name}.`);
}

export function notFound(address: Address): Refusal {
	const isQueue = topicIn(address) === undefined;
	return refuse(isQueue ? 'queue_not_found' : 'topic_not_found', `There is no ${address}.`);
}
