// What crosses RPC between the edge and the objects, and between objects.

import type { Annotations } from './annotations';
import type { BrowsedMessage, CarriedMessage, MessageState, NewMessage } from './messages';
import type { Refusal, RefusalCode } from './refusals';
import type { Address } from './topics';

export * from './annotations';
export * from './figures';
export { LIMITS } from './limits';
export * from './messages';
export * from './packed';
export * from './packed-received';
export * from './packed-settle';
export * from './refusals';
export * from './text';
export * from './topics';

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
	/** Not told to its partitions: see `told`. */
	readonly annotations?: Annotations;
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

// ---- commands of a partition ----

export interface ReceiveCommand {
	readonly max: number;
	/** Absent: the queue's. */
	readonly visibilityTimeoutMs?: number;
	/** Who asks, as "stale" will name it. */
	readonly consumer: string;
	/**
	 * Names this receive, so that it can be asked again when its answer was lost: the same messages at the same attempts,
	 * each lease beginning anew, while all of them are still held by it and `LIMITS.receiveAttemptMs` have not passed.
	 * Otherwise, and where the queue delivers at most once, it is a receive like any other.
	 */
	readonly attemptId?: string;
	/**
	 * Fill the answer from one key before another, as far as `LIMITS.passedMessages` and `LIMITS.passedKeys` reach. Otherwise
	 * it is filled in publish order, whatever the keys.
	 */
	readonly keyFirst?: true;
	/** Answer what `attemptId` repeats here, or nothing: hand out nothing new. For who must ask several partitions. */
	readonly onlyRepeat?: true;
}

/** A receipt without its seal: the edge signs and checks it, the partition only ever sees this. */
export interface Lease {
	readonly position: number;
	readonly attempt: number;
}

/** A receipt and how strict its holder is. */
export interface Settlement extends Lease {
	/** Settle only while the lease runs: afterwards nothing changes, and the outcome is `expired`. Absent: as long as nobody newer holds it. */
	readonly onlyLeased?: true;
}

/** Messages one after the other, at the same attempt: an outcome for each of them. */
export interface Acknowledgement extends Settlement {
	/** Absent: one. Only one each where there are handovers. */
	readonly count?: number;
}

export interface SettleCommand {
	readonly ack: readonly Acknowledgement[];
	readonly retry: readonly (Settlement & { readonly delayMs?: number; readonly reason?: string })[];
	/** `totalMs`: the most that its holder may have the message for, since the receive; beyond it, the outcome is `too_long`. Absent: no bound. */
	readonly extend: readonly (Settlement & { readonly visibilityTimeoutMs: number; readonly totalMs?: number })[];
	/** What is published by acknowledging; absent: nothing. */
	readonly handovers?: readonly Handover[];
}

/**
 * Acknowledgements and what they publish, as one step: if one of them may not be acknowledged, none is, and nothing is
 * published. Handovers of one command share no acknowledgement.
 */
export interface Handover {
	/** Indexes into the command's `ack`. */
	readonly acks: readonly number[];
	readonly publish: readonly { readonly to: Address; readonly messages: readonly NewMessage[] }[];
}

export type SettleOutcome =
	| { readonly outcome: 'acked' | 'buried' | 'unknown' }
	/**
	 * It could be acknowledged, but another receipt of its handover could not, or one in front of it in its key is with
	 * somebody else by now: it is held as before, and nothing is published.
	 */
	| { readonly outcome: 'kept' }
	/** Of `onlyLeased`: nobody newer holds it, but its lease is over, or it was given back. */
	| { readonly outcome: 'expired' }
	/** Of an extend beyond its `totalMs`: the lease runs on as it was. */
	| { readonly outcome: 'too_long' }
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
	/** Names it among the queue's redrives: made by the edge, the same for every partition. */
	readonly id: string;
	/** Target queue, or null: each message to the queue it came from. */
	readonly to: string | null;
	/** Only these, or null for everything that is visible now. */
	readonly ids: readonly string[] | null;
	readonly ratePerSecond: number | null;
}

export interface RedriveResult {
	readonly id: string;
	/** Messages that will move or have moved; for ids, those found and free. */
	readonly accepted: number;
	/** The ids that are not here, are leased, or have no origin to go to. */
	readonly rejected: readonly string[];
}

/** A redrive of everything that was visible, as its partition remembers it: the newest `LIMITS.redrivesKept`. */
export interface RedriveRun {
	readonly id: string;
	readonly to: string | null;
	readonly ratePerSecond: number | null;
	readonly startedAt: number;
	/** Messages that were visible when it began. */
	readonly messages: number;
	/** Of these, those that have left, and have not come back. */
	readonly moved: number;
	readonly status: 'running' | 'completed' | 'cancelled' | 'failed';
	/** Why it failed: the code of the refusal that ended it. */
	readonly failure: RefusalCode | null;
}

export interface Delivery {
	/** Names the object, and its subscription where it is a topic's: the target keeps the last position it took per source. */
	readonly source: string;
	/** Positions of a newer generation begin anew; of an older one nothing is taken any more. */
	readonly generation: number;
	readonly messages: readonly CarriedMessage[];
}

/** What a courier carries at a time: messages for one target, in order. */
export interface Parcel {
	readonly source: string;
	readonly generation: number;
	readonly target: Address;
	readonly messages: readonly CarriedMessage[];
}

/** `taken`: the last courier position of the source that is durable here, also when it is refused. */
export type DeliveryResult = { readonly taken: number; readonly refusal?: Refusal };
