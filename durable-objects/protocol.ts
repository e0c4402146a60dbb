export { LIMITS } from './limits';

/** An expected "no". It crosses RPC as a value, because RPC drops error classes. */
export interface Refusal {
	readonly refused: RefusalCode;
	/** One sentence that says what to change. */
	readonly detail: string;
	/** Present where trying the same again helps. */
	readonly retryAfterMs?: number;
}

export type RefusalCode =
	| 'queue_not_found'
	| 'queue_in_use'
	| 'invalid_dead_letter'
	| 'queue_not_empty'
	| 'too_many_queues'
	/** The partition belongs to an older layout or knows a newer version: read the settings again. */
	| 'settings_stale'
	| 'backlog_full'
	| 'too_many_in_flight'
	| 'too_many_waiters'
	| 'message_not_found'
	| 'redrive_running'
	| 'redrive_without_origin'
	| 'courier_busy'
	| 'key_not_found'
	| 'too_many_keys';

export function isRefusal(value: unknown): value is Refusal {
	return typeof value === 'object' && value !== null && 'refused' in value;
}

export function refuse(refused: RefusalCode, detail: string, retryAfterMs?: number): Refusal {
	return retryAfterMs === undefined ? { refused, detail } : { refused, detail, retryAfterMs };
}

// ---- settings: they travel with every call, and a partition keeps the newest version it has seen ----

export interface Backoff {
	readonly initialMs: number;
	readonly factor: number;
	readonly maxMs: number;
	/** 0 to 1: the share of the delay that is spread by a hash of sequence and attempt. */
	readonly jitter: number;
}

/** What a user sets; durations in milliseconds. `docs` of each: DESIGN §5 and the OpenAPI document. */
export interface QueueSettings {
	readonly partitions: number;
	readonly visibilityTimeoutMs: number;
	readonly retentionMs: number;
	readonly delayMs: number;
	readonly maxReceives: number;
	/** The dead-letter queue's name, or null: then a message is tried until its retention ends. */
	readonly deadLetter: string | null;
	readonly onPoison: 'dead-letter' | 'block';
	readonly delivery: 'at-least-once' | 'at-most-once';
	readonly dedupWindowMs: number;
	readonly backoff: Backoff;
	/** Unfinished messages of the whole queue; each partition takes its share. Null: no bound but the bytes. */
	readonly maxBacklog: number | null;
	readonly maxBacklogBytes: number | null;
	readonly location: LocationHint | null;
}

export const LOCATION_HINTS = [
	'wnam',
	'enam',
	'sam',
	'weur',
	'eeur',
	'apac',
	'apac-ne',
	'apac-se',
	'oc',
	'afr',
	'me',
] as const;
export type LocationHint = (typeof LOCATION_HINTS)[number];

/** A queue as the catalog knows it. `generation` counts queues of this name, `layout` sets of partition objects. */
export interface Queue {
	readonly name: string;
	readonly generation: number;
	readonly layout: number;
	/** Grows with every change of settings or pause. */
	readonly version: number;
	readonly paused: boolean;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly settings: QueueSettings;
}

/** The name of a partition's object: another generation or layout is another object. */
export function partitionObjectName(queue: Pick<Queue, 'name' | 'generation' | 'layout'>, index: number): string {
	return `${queue.name}/${queue.generation}/${queue.layout}/${index}`;
}

/** Where a key lives: FNV-1a over UTF-16 units, mixed once more so that short keys spread over few partitions. */
export function partitionOfKey(key: string, partitions: number): number {
	if (partitions === 1) return 0;
	let hash = 0x811c9dc5;
	for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
	hash ^= hash >>> 12;
	return (hash >>> 0) % partitions;
}

// ---- messages ----

export type Encoding = 'text' | 'base64';

/** What every stored message carries; absent means none, so that a plain message stays small. */
export interface Content {
	/** Text, or base64 where `encoding` says so. Well-formed Unicode: a lone surrogate is refused at the edge. */
	readonly body: string;
	readonly encoding?: Encoding;
	readonly contentType?: string;
	readonly key?: string;
	readonly attributes?: Readonly<Record<string, string>>;
	readonly traceparent?: string;
	readonly dedupId?: string;
	/** Bytes of the decoded body plus attribute names and values: what limits and figures count. */
	readonly size: number;
}

export interface NewMessage extends Content {
	/** At most one of the two; neither means the queue's `delayMs`. */
	readonly delayMs?: number;
	readonly deliverAt?: number;
	readonly ttlMs?: number;
	/** 0 (default) to 9, higher first. Refused at the edge together with a key: it would contradict its order. */
	readonly priority?: number;
}

export type PublishOutcome = { readonly id: string; readonly sequence: number; readonly duplicate: boolean } | Refusal;

export interface Failure {
	readonly attempt: number;
	readonly at: number;
	readonly reason: string;
}

/** What a dead letter remembers of its life before. */
export interface DeadLetter {
	readonly queue: string;
	readonly sequence: number;
	readonly publishedAt: number;
	readonly buriedAt: number;
	readonly attempts: number;
	/** Oldest first: the first failure and the newest ones. */
	readonly failures: readonly Failure[];
}

export type MessageState = 'visible' | 'leased' | 'delayed';

/** A message as a look shows it; a receive adds the lease. */
export interface StoredMessage extends Content {
	readonly id: string;
	/** Sequence number with its lane: what a receipt names. */
	readonly position: number;
	readonly sequence: number;
	readonly priority: number;
	readonly publishedAt: number;
	/** Times handed out so far. */
	readonly attempt: number;
	readonly expiresAt?: number;
	readonly deadLetter?: DeadLetter;
	readonly failures?: readonly Failure[];
}

export interface ReceivedMessage extends StoredMessage {
	/** Null when the queue delivers at most once: there is nothing to acknowledge. */
	readonly leaseExpiresAt: number | null;
}

export interface BrowsedMessage extends StoredMessage {
	readonly state: MessageState;
	/** When a delayed message is due or a lease ends; absent for a visible one. */
	readonly until?: number;
}

// ---- commands of a partition ----

export interface ReceiveCommand {
	readonly max: number;
	/** Absent: the queue's. */
	readonly visibilityTimeoutMs?: number;
	/** Who asks, as "stale" will name it. */
	readonly consumer: string;
}

/** A receipt without its seal: the edge signs and checks it, the partition only ever sees this. */
export interface Lease {
	readonly position: number;
	readonly attempt: number;
}

export interface SettleCommand {
	readonly ack: readonly Lease[];
	readonly retry: readonly (Lease & { readonly delayMs?: number; readonly reason?: string })[];
	readonly extend: readonly (Lease & { readonly visibilityTimeoutMs: number })[];
}

export type SettleOutcome =
	| { readonly outcome: 'acked' | 'buried' | 'unknown' }
	| { readonly outcome: 'retried'; readonly visibleAt: number }
	| { readonly outcome: 'extended'; readonly leaseExpiresAt: number }
	/** Somebody newer holds it: who, since when, and as which attempt. */
	| { readonly outcome: 'stale'; readonly attempt: number; readonly handedOutAt: number; readonly consumer: string };

export interface SettleResult {
	/** One per entry, in the order of the command's lists. */
	readonly ack: readonly SettleOutcome[];
	readonly retry: readonly SettleOutcome[];
	readonly extend: readonly SettleOutcome[];
}

export interface BrowseCommand {
	readonly state?: MessageState;
	/** Answer messages behind this position; 0 starts. Lanes follow one another, priority 0 first. */
	readonly after: number;
	readonly limit: number;
}

export interface BrowseResult {
	readonly messages: readonly BrowsedMessage[];
	/** The position to go on after, or null at the end. */
	readonly next: number | null;
}

export interface RedriveCommand {
	/** Target queue, or null: each message to the queue it came from. */
	readonly to: string | null;
	/** Only these, or null for everything that is visible now. */
	readonly ids: readonly string[] | null;
	readonly ratePerSecond: number | null;
}

export interface RedriveResult {
	/** Messages that will move or have moved; for ids, those found and free. */
	readonly accepted: number;
	/** The ids that are not here, are leased, or have no origin to go to. */
	readonly rejected: readonly string[];
}

/** Messages on their way between objects, with the id they keep. */
export interface CarriedMessage extends Content {
	readonly id: string;
	/** Strictly increasing per source and target. */
	readonly courierPosition: number;
	readonly publishedAt: number;
	readonly priority?: number;
	readonly deadLetter?: DeadLetter;
}

export interface Delivery {
	/** Names (object, subscription, generation): the target keeps the last position it took per source. */
	readonly source: string;
	readonly messages: readonly CarriedMessage[];
}

/** `taken`: the last courier position of the source that is durable here, also when it is refused. */
export type DeliveryResult = { readonly taken: number; readonly refusal?: Refusal };

export type Histogram = readonly number[];

/** Upper bounds of the histograms' buckets in seconds; the last bucket is +Inf. */
export const LATENCY_BUCKETS_SECONDS = [
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400,
] as const;

export interface Totals {
	readonly published: number;
	readonly duplicates: number;
	readonly delivered: number;
	readonly acknowledged: number;
	readonly retried: number;
	readonly leasesExpired: number;
	readonly deadLettered: number;
	readonly expired: number;
	readonly removed: number;
	readonly redriven: number;
	readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
	/** Counts per bucket (not cumulative), then the sum in milliseconds. */
	readonly publishToDelivery: Histogram;
	readonly publishToDeliverySumMs: number;
	readonly deliveryToAck: Histogram;
	readonly deliveryToAckSumMs: number;
}

export interface Figures {
	readonly visible: number;
	readonly leased: number;
	readonly delayed: number;
	readonly bytes: number;
	/** When the oldest unfinished message was published, poison included; null when there is none. */
	readonly oldestPublishedAt: number | null;
	/** Messages that the courier still owes to other queues, and why it is late if it is. */
	readonly owed: number;
	readonly courierError: string | null;
	readonly courierNextAttemptAt: number | null;
	readonly redriving: number;
	readonly waiters: number;
	readonly databaseBytes: number;
	readonly totals: Totals;
}
