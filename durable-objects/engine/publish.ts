import type { Database } from '../database';
import type { NewMessage, PublishOutcome, QueueSettings } from '../protocol';
import type { Appender } from './appender';
import { laneNumber } from './lanes';
import type { Memory } from './memory';
import { headOf, LANE_SPAN, ownId, sequenceOf } from './message';
import { Room } from './room';
import { isInDedupWindow } from './rules';
import { insertStraggler, tallyWaiting } from './stragglers';

/**
 * Accepts messages, each for itself: an outcome per message, in order.
 * Refused with `backlog_full`: the queue's `maxBacklog` or `maxBacklogBytes`, or the partition's own ceiling.
 */
export function publish(
	database: Database,
	memory: Memory,
	appender: Appender,
	settings: QueueSettings,
	messages: readonly NewMessage[],
	now: number,
): PublishOutcome[] {
	const room = new Room(memory, appender, settings);
	return messages.map((message) => publishOne(database, memory, appender, room, settings, message, now));
}

function publishOne(
	database: Database,
	memory: Memory,
	appender: Appender,
	room: Room,
	settings: QueueSettings,
	message: NewMessage,
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
	if (message.dedupId !== undefined) {
		memory.hasDedup = true;
		database.run(
			`INSERT INTO dedup (dedup_id, accepted_at, position) VALUES (?, ?, ?)
			ON CONFLICT (dedup_id) DO UPDATE SET accepted_at = excluded.accepted_at, position = excluded.position`,
			message.dedupId,
			now,
			position,
		);
	}
	memory.totals.published++;
	return { id: ownId(memory.tag, position), sequence: sequenceOf(position), duplicate: false };
}

/** The position of the message that took this dedupId, while its window lasts. */
function acceptedBefore(database: Database, settings: QueueSettings, dedupId: string, now: number): number | undefined {
	const row = database.first<{ accepted_at: number; position: number }>(
		'SELECT accepted_at, position FROM dedup WHERE dedup_id = ?',
		dedupId,
	);
	return row !== undefined && isInDedupWindow(row.accepted_at, settings, now) ? row.position : undefined;
}

function store(
	database: Database,
	memory: Memory,
	appender: Appender,
	settings: QueueSettings,
	message: NewMessage,
	now: number,
): number {
	const lane = message.priority ?? 0;
	const deliverAt = message.deliverAt ?? now + (message.delayMs ?? settings.delayMs);
	const expiresAt = message.ttlMs === undefined ? undefined : now + message.ttlMs;
	if (deliverAt <= now) return appender.append(lane, headOf(message, { expiresAt }), message.body);
	const head = headOf(message, { expiresAt, deliverAt });
	if (message.key !== undefined) {
		// Order per key holds for delayed messages too: they keep their place in the log.
		const position = appender.append(lane, head, message.body);
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
		body: message.body,
		writtenAt: now,
		retainedFrom: deliverAt,
		leased: false,
		visibleAt: deliverAt,
		attempts: 0,
		handedOutAt: 0,
		consumer: '',
		failures: [],
	});
	tallyWaiting(memory, 1, message.size, deliverAt);
	return position;
}
