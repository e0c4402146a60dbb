import type { Annotations } from './annotations';
import type { LocationHint, Queue } from './protocol';

// Topics and their subscriptions, as the catalog knows them and tells them to the topics' objects.

/** What a user sets; durations in milliseconds. */
export interface TopicSettings {
	readonly partitions: number;
	/** How long the log is kept, for subscriptions that lag and for replay. */
	readonly retentionMs: number;
	readonly dedupWindowMs: number;
	readonly location: LocationHint | null;
}

export interface Topic {
	/** Tells it from a queue where either may be the target. */
	readonly isTopic: true;
	readonly name: string;
	/** Counts topics of this name. */
	readonly generation: number;
	/** Grows with every change that its partitions are told: of the topic, or of one of its subscriptions. */
	readonly version: number;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly settings: TopicSettings;
	/** Not told to its partitions: see `told`. */
	readonly annotations?: Annotations;
}

/** Where a subscription begins to read. Instants are compared with those at which messages were published. */
export type Start =
	/** What is published from this instant of the catalog's on, and whatever comes after the topic has heard of it. */
	| { readonly from: 'now'; readonly at: number }
	| { readonly from: 'earliest' }
	| { readonly from: 'instant'; readonly at: number }
	| { readonly from: 'sequence'; readonly sequence: number };

export type FilterScope = 'attributes' | 'body';

/** A filter as it is stored: a policy in the SNS filter-policy language that has been checked (filter/). */
export interface FilterPolicy {
	readonly scope: FilterScope;
	readonly policy: Readonly<Record<string, unknown>>;
}

export interface Subscription {
	readonly name: string;
	readonly queue: string;
	/** A queue that is made again under the same name is another one. */
	readonly queueGeneration: number;
	readonly filter: FilterPolicy | null;
	/** What `CopyOf` of its copies says. */
	readonly mark?: string;
	/** The topic's version at the last change of queue, filter or mark: it counts for messages from then on. */
	readonly version: number;
	/** The topic's version when it was made or moved: its start counts again, and targets take it for a new source. */
	readonly generation: number;
	readonly start: Start;
	readonly createdAt: number;
	readonly updatedAt: number;
	/** Not told to the topic's partitions. */
	readonly annotations?: Annotations;
}

/** The name of a topic partition's object, in a namespace of its own. */
export function topicObjectName(topic: Pick<Topic, 'name' | 'generation'>, index: number): string {
	return `${topic.name}/${topic.generation}/${index}`;
}

/** Where a courier goes: a queue by its name, or a topic. A name holds no "/". */
export type Address = string;

const TOPIC_PREFIX = 'topic/';

export function topicAddress(topic: string): Address {
	return `${TOPIC_PREFIX}${topic}`;
}

/** The topic's name, or undefined where the address is a queue's. */
export function topicIn(address: Address): string | undefined {
	return address.startsWith(TOPIC_PREFIX) ? address.slice(TOPIC_PREFIX.length) : undefined;
}

/** What an address stands for. */
export type Target = Queue | Topic;

export function isTopic(target: Target): target is Topic {
	return 'isTopic' in target;
}

/** How far one subscription is, in one partition of its topic or in all of them. */
export interface SubscriptionFigures {
	readonly name: string;
	/** Messages of the log that it has still to look at. */
	readonly lag: number;
	/** When the oldest of these was published; null when it has seen everything. */
	readonly oldestPublishedAt: number | null;
	readonly delivered: number;
	readonly filtered: number;
	/** Messages that retention took before it could see them. */
	readonly missed: number;
	/** Why its courier is late, and when it is tried again; null when it is not. */
	readonly courierError: string | null;
	readonly courierNextAttemptAt: number | null;
}

export interface TopicFigures {
	/** In the log, delivered or not. */
	readonly messages: number;
	readonly bytes: number;
	readonly oldestPublishedAt: number | null;
	readonly published: number;
	readonly duplicates: number;
	readonly databaseBytes: number;
	readonly subscriptions: readonly SubscriptionFigures[];
}
