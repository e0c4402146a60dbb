import type { QueuePatch } from '../catalog-protocol';
import type { QueueSettings } from '../protocol';

const day = 86_400_000;

/** Dead letters are kept at least this long: somebody has to notice them first. */
const deadLetterRetentionMs = 14 * day;

/** The same settings are the same text: known fields only, in one order. The type makes it complete. */
export function settingsText(settings: QueueSettings): string {
	const { backoff } = settings;
	const ordered: QueueSettings = {
		partitions: settings.partitions,
		visibilityTimeoutMs: settings.visibilityTimeoutMs,
		retentionMs: settings.retentionMs,
		delayMs: settings.delayMs,
		maxReceives: settings.maxReceives,
		deadLetter: settings.deadLetter,
		onPoison: settings.onPoison,
		delivery: settings.delivery,
		dedupWindowMs: settings.dedupWindowMs,
		backoff: {
			initialMs: backoff.initialMs,
			factor: backoff.factor,
			maxMs: backoff.maxMs,
			jitter: backoff.jitter,
		},
		maxBacklog: settings.maxBacklog,
		maxBacklogBytes: settings.maxBacklogBytes,
		location: settings.location,
	};
	return JSON.stringify(ordered);
}

export function sameSettings(one: QueueSettings, other: QueueSettings): boolean {
	return settingsText(one) === settingsText(other);
}

/** Whether a change needs new partition objects: where keys live and where objects are cannot change in place. */
export function needsNewLayout(from: QueueSettings, to: QueueSettings): boolean {
	return from.partitions !== to.partitions || from.location !== to.location;
}

export function mergeSettings(settings: QueueSettings, patch: QueuePatch): QueueSettings {
	const { backoff, annotations: _, ...rest } = patch;
	return { ...settings, ...present(rest), backoff: { ...settings.backoff, ...present(backoff ?? {}) } };
}

function present<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}

/**
 * A dead-letter queue that nobody has made. It lives where its queue lives, loses nothing while the queue keeps
 * it, and has no dead-letter queue itself: what fails here stays here.
 */
export function deadLetterSettings(origin: QueueSettings): QueueSettings {
	return {
		partitions: 1,
		visibilityTimeoutMs: origin.visibilityTimeoutMs,
		retentionMs: Math.max(origin.retentionMs, deadLetterRetentionMs),
		delayMs: 0,
		maxReceives: origin.maxReceives,
		deadLetter: null,
		onPoison: 'dead-letter',
		delivery: 'at-least-once',
		dedupWindowMs: origin.dedupWindowMs,
		backoff: origin.backoff,
		maxBacklog: null,
		maxBacklogBytes: null,
		location: origin.location,
	};
}
