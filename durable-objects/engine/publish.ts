import type { Database } from '../database';
import {
	type AcceptedRun,
	type CopyOf,
	isPlainBatch,
	LIMITS,
	messagesIn,
	type NewMessage,
	type NewMessages,
	ownId,
	type PlainBatch,
	type PublishOutcome,
	type QueueSettings,
} from '../protocol';
import type { Appender } from './appender';
import { acceptedBefore, rememberDedup } from './dedup';
import { laneNumber } from './lanes';
import type { Memory } from './memory';
import { headOf, LANE_SPAN, plainBytes, sequenceOf } from './message';
import { Room } from './room';
import { insertStraggler, tallyWaiting } from './stragglers';

/** A message to be accepted: published here, or brought by a courier, which has fixed its instants where it set out. */
export interface Incoming extends NewMessage {
	readonly expiresAt?: number;
	readonly publishedAt?: number;
	readonly copyOf?: CopyOf;
}

/**
 * Accepts messages, each for itself: an outcome per message, in order; or one for all of a plain batch, where all are accepted.
 * Refused with `backlog_full`: the queue's `maxBacklog` or `maxBacklogBytes`, or the partition's own ceiling.
 */
export function publish(
	database: Database,
	memory: Memory,
	appender: Appender,
	settings: QueueSettings,
	messages: NewMessages,
	now: number,
): PublishOutcome[] | AcceptedRun {
	const room = new Room(memory, appender, settings);
	const run = isPlainBatch(messages) ? acceptTogether(memory, appender, room, settings, messages) : undefined;
	if (run !== undefined) return run;
	return messagesIn(messages).map((message) => accept(database, memory, appender, room, settings, message, now));
}

/** Accepts all of a batch, or none: undefined where each of its messages has to be looked at by itself. */
function acceptTogether(
	memory: Memory,
	appender: Appender,
	room: Room,
	{ delayMs }: QueueSettings,
	batch: PlainBatch,
): AcceptedRun | undefined {
	const count = batch.sizes.length;
	const bytes = batch.bodies.length;
	if (delayMs > 0) return undefined;
	if (plainBytes(count, bytes) > LIMITS.segmentBytes) return undefined;
	if (room.take(count, bytes) !== undefined) return undefined;
	memory.totals.published += count;
	return { first: appender.appendPlain(batch), count };
}

export function accept(
	database: Database,
	memory: Memory,
	appender: Appender,
	room: Room,
	settings: QueueSettings,
	message: Incoming,
	now: number,
): PublishOutcome {
	if (message.dedupId !== undefined) {
		const first = acceptedBefore(database, settings, message.dedupId, now);
		if (first !== undefined) {
			memory.totals.duplicates++;
			return { id: ownId(memory.tag, first), sequence: sequenceOf(first), duplicate: true };
		}
	}
	const refusal = room.take(1, message.size);
	if (refusal !== undefined) return refusal;
	const position = store(database, memory, appender, settings, message, now);
	if (message.dedupId !== undefined) rememberDedup(database, memory, message.dedupId, position, now);
	memory.totals.published++;
	return { id: ownId(memory.tag, position), sequence: sequenceOf(position), duplicate: false };
}

function store(
	database: Database,
	memory: Memory,
	appender: Appender,
	settings: QueueSettings,
	message: Incoming,
	now: number,
): number {
	const { key, body, publishedAt, copyOf } = message;
	const lane = message.priority ?? 0;
	const deliverAt = message.deliverAt ?? now + (message.delayMs ?? settings.delayMs);
	const expiresAt = message.ttlMs === undefined ? message.expiresAt : now + message.ttlMs;
	if (deliverAt <= now) {
		const isPlain = expiresAt === undefined && publishedAt === undefined;
		return appender.append(lane, isPlain ? headOf(message) : headOf(message, { expiresAt, publishedAt, copyOf }), body);
	}
	const head = headOf(message, { expiresAt, deliverAt, publishedAt, copyOf });
	if (key !== undefined) {
		// Order per key holds for delayed messages too: they keep their place in the log.
		const position = appender.append(lane, head, body);
		database.run('INSERT INTO scheduled (position, deliver_at) VALUES (?, ?)', position, deliverAt);
		memory.tally.scheduledMessages++;
		memory.scheduledDue.moved(deliverAt, 1);
		memory.tallyDirty = true;
		return position;
	}
	const position = lane * LANE_SPAN + memory.tally.nextSequence++;
	laneNumber(memory, lane);
	insertStraggler(database, {
		position,
		head,
		body,
		writtenAt: now,
		retainedFrom: deliverAt,
		leased: false,
		visibleAt: deliverAt,
		attempts: 0,
		handedOutAt: 0,
		firstHandedOutAt: 0,
		consumer: '',
		failures: [],
	});
	tallyWaiting(memory, 1, message.size, deliverAt);
	return position;
}
