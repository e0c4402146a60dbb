import type { QueueSettings } from '../protocol';
import type { LogRecord } from './message';

/** An instant has come at that very millisecond: expiries, delays and windows all end with `>=`. */
export function isDue(at: number, now: number): boolean {
	return at <= now;
}

/** Its own time to live or the queue's retention is over: it is not handed out any more. */
export function isExpired(
	record: { readonly head: Pick<LogRecord['head'], 'expiresAt'>; readonly retainedFrom: number },
	settings: QueueSettings,
	now: number,
): boolean {
	return (
		(record.head.expiresAt !== undefined && isDue(record.head.expiresAt, now)) ||
		isDue(record.retainedFrom + settings.retentionMs, now)
	);
}

/** Until when a message of the log waits for itself: its delay, unless its time to live is over before. */
export function waitsUntil(head: LogRecord['head']): number {
	return Math.min(head.deliverAt ?? 0, head.expiresAt ?? Number.POSITIVE_INFINITY);
}

/** After this attempt fails, the message is buried. */
export function isLastAttempt(settings: QueueSettings, attempt: number, key: string | undefined): boolean {
	if (settings.deadLetter === null) return false;
	if (key !== undefined && settings.onPoison === 'block') return false;
	return attempt >= settings.maxReceives;
}

/**
 * The delay before attempt `attempt + 1`, in ms: exponential, less up to `jitter` of itself. The spread is a hash
 * of position and attempt: no randomness, so that a simulation repeats, and no two neighbours come back together.
 */
export function backoffMs(settings: QueueSettings, position: number, attempt: number): number {
	const { initialMs, factor, maxMs, jitter } = settings.backoff;
	const full = Math.min(maxMs, initialMs * factor ** Math.min(attempt - 1, 1_000));
	let hash = Math.imul((position % 0x100000000) ^ Math.imul(attempt, 0x9e3779b1), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	const share = ((hash ^ (hash >>> 16)) >>> 0) / 0x100000000;
	return Math.round(full * (1 - jitter * share));
}

/** A partition's share of a bound that is set for the whole queue. */
export function shareOf(bound: number | null, partitions: number): number {
	return bound === null ? Number.POSITIVE_INFINITY : Math.ceil(bound / partitions);
}
