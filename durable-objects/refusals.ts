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
	/** It was to be made, and not to be changed. */
	| 'queue_exists'
	| 'queue_in_use'
	| 'invalid_dead_letter'
	| 'queue_not_empty'
	| 'too_many_queues'
	/** The partition belongs to an older layout or knows a newer version: read the settings again. */
	| 'settings_stale'
	| 'backlog_full'
	/** More is being published than an object can write. */
	| 'overloaded'
	| 'too_many_in_flight'
	| 'too_many_waiters'
	| 'message_not_found'
	| 'redrive_running'
	/** It is not known here, or is not under way any more. */
	| 'redrive_not_found'
	| 'redrive_without_origin'
	| 'courier_busy'
	| 'topic_not_found'
	| 'topic_exists'
	/** Subscriptions read it. */
	| 'topic_in_use'
	| 'topic_layout_fixed'
	| 'too_many_topics'
	| 'subscription_not_found'
	/** It was to be made, and not to be changed. */
	| 'subscription_exists'
	| 'too_many_subscriptions'
	/** Those of one topic, all together. */
	| 'filters_too_large'
	/** A sequence number names a place in one partition, and the topic has several. */
	| 'ambiguous_sequence'
	/** Of a queue, topic or subscription; or its mark is too long. */
	| 'annotations_too_large'
	| 'key_not_found'
	| 'too_many_keys';

export function isRefusal(value: unknown): value is Refusal {
	return typeof value === 'object' && value !== null && 'refused' in value;
}

/** Of everything that is visible there is one redrive at a time. */
export function redriveRunning(): Refusal {
	const detail = 'A redrive of this queue is under way; wait until it has ended, or cancel it.';
	return refuse('redrive_running', detail, 5_000);
}

export function refuse(refused: RefusalCode, detail: string, retryAfterMs?: number): Refusal {
	return retryAfterMs === undefined ? { refused, detail } : { refused, detail, retryAfterMs };
}
