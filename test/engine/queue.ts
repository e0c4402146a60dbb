import type { Queue, QueueSettings } from '../../durable-objects/protocol';

const second = 1_000;

/** The documented defaults, but for the jitter: scripts and models name exact instants. */
export const DEFAULTS: QueueSettings = {
	partitions: 1,
	visibilityTimeoutMs: 30 * second,
	retentionMs: 4 * 86_400 * second,
	delayMs: 0,
	maxReceives: 5,
	deadLetter: null,
	onPoison: 'dead-letter',
	delivery: 'at-least-once',
	dedupWindowMs: 300 * second,
	backoff: { initialMs: second, factor: 2, maxMs: 300 * second, jitter: 0 },
	maxBacklog: null,
	maxBacklogBytes: null,
	location: null,
};

/** A queue as the catalog would send it with a call: the defaults, its own dead-letter queue, and what differs. */
export function queueOf(name: string, settings: Partial<QueueSettings>, now: number): Queue {
	return {
		name,
		generation: 1,
		layout: 1,
		version: 1,
		paused: false,
		createdAt: now,
		updatedAt: now,
		settings: { ...DEFAULTS, deadLetter: `${name}-dlq`, ...settings },
	};
}

/** The same queue after a change: its version tells partitions which one is newer. */
export function changed(
	queue: Queue,
	change: { paused?: boolean; settings?: Partial<QueueSettings> },
	now: number,
): Queue {
	return {
		...queue,
		version: queue.version + 1,
		updatedAt: now,
		paused: change.paused ?? queue.paused,
		settings: { ...queue.settings, ...change.settings },
	};
}
