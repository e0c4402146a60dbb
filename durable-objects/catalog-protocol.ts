import type {
	AnnotationPatch,
	Annotations,
	Backoff,
	FilterPolicy,
	Queue,
	QueueSettings,
	Start,
	Subscription,
	Topic,
} from './protocol';

// What crosses RPC between the edge and the catalog, beside the queues themselves.

export type AccessAction = 'publish' | 'consume' | 'manage';

/** What a scoped key may do. Its secret is derived from the root key at the edge; nothing secret is stored. */
export interface AccessKey {
	readonly id: string;
	readonly name: string;
	readonly actions: readonly AccessAction[];
	/** Of queue and topic names; their meaning is the edge's. */
	readonly patterns: readonly string[];
	readonly createdAt: number;
}

export type NewAccessKey = Omit<AccessKey, 'createdAt'>;

/** Absent or undefined keeps what is; `backoff` is merged field by field, annotations name by name. */
export type QueuePatch = Partial<Omit<QueueSettings, 'backoff'>> & {
	readonly backoff?: Partial<Backoff>;
	readonly annotations?: AnnotationPatch;
};

/** Of a put of a queue or topic. */
export interface PutOptions {
	/** All that it will have; absent: those that it has stay. */
	readonly annotations?: Annotations;
	/** One that is there is refused (`queue_exists`, `topic_exists`), and stays as it is. */
	readonly onlyNew?: true;
}

export interface QueuePut {
	readonly queue: Queue;
	readonly created: boolean;
}

export interface QueuePage {
	/** By name. */
	readonly queues: readonly Queue[];
	/** The name to go on after, or null at the end. */
	readonly next: string | null;
}

export interface QueueDeleted {
	/** The queues that have lost their dead-letter queue by force. */
	readonly cut: readonly string[];
	/** The subscriptions that fed it, which are gone with it. */
	readonly subscriptions: readonly { readonly topic: string; readonly name: string }[];
}

export interface TopicPut {
	readonly topic: Topic;
	readonly created: boolean;
}

export interface TopicPage {
	/** By name. */
	readonly topics: readonly Topic[];
	readonly next: string | null;
}

export interface TopicDeleted {
	/** Names of the subscriptions that are gone with it. */
	readonly cut: readonly string[];
}

export interface NewSubscription {
	readonly queue: string;
	readonly filter: FilterPolicy | null;
	/** Counts when the subscription is made, not when it is changed: that is what a seek is for. */
	readonly start: Start;
	/** At most LIMITS.markLength characters. Absent: the one that it has stays; null: none. */
	readonly mark?: string | null;
	/** All that it will have; absent: those that it has stay. */
	readonly annotations?: Annotations;
	/** One that is there is refused (`subscription_exists`), and stays as it is. */
	readonly onlyNew?: true;
}

/** Absent keeps what is; annotations are merged name by name. */
export type SubscriptionPatch = Partial<Pick<NewSubscription, 'filter' | 'mark'>> & {
	readonly annotations?: AnnotationPatch;
};

/** A subscription, and its topic as it is with it: what asking for figures takes. */
export interface SubscriptionOfTopic {
	readonly topic: Topic;
	readonly subscription: Subscription;
}

export interface SubscriptionPut extends SubscriptionOfTopic {
	readonly created: boolean;
}

export interface SubscriptionPage {
	readonly topic: Topic;
	/** By name. */
	readonly subscriptions: readonly Subscription[];
	readonly next: string | null;
}

/** Of all topics, by topic and name. */
export interface AllSubscriptionsPage {
	readonly subscriptions: readonly { readonly topic: string; readonly subscription: Subscription }[];
	/** `topic/name` of the one to go on after, or null at the end. */
	readonly next: string | null;
}
