import type { Database } from '../database';
import { LIMITS, type NewMessage, type PublishOutcome, type QueueSettings } from '../protocol';
import { laneNumber } from './lanes';
import type { Memory } from './memory';
import { type Head, headOf, LANE_SPAN, ownId, sequenceOf, storedBytes } from './message';
import { Room } from './room';
import { isInDedupWindow } from './rules';
import { insertSegment } from './segments';
import { insertStraggler, tallyWaiting } from './stragglers';

/** Messages of one commit on their way into the log: those that belong together become one segment. */
export class Appender {
	private runs: {
		lane: number;
		base: number;
		heads: Head[];
		bodies: string[];
		bytes: number;
		stored: number;
		retainedFrom: number;
	}[] = [];
	messages = 0;
	bytes = 0;

	constructor(
		readonly database: Database,
		private readonly memory: Memory,
		private readonly now: number,
	) {}

	/** Gives the message the next sequence number and answers its position. It is in the log after `flush`. */
	append(laneNumber: number, head: Head, body: string): number {
		const position = laneNumber * LANE_SPAN + this.memory.tally.nextSequence++;
		const stored = storedBytes(body, head);
		const retainedFrom = Math.max(this.now, head.deliverAt ?? 0);
		const run = this.runs.at(-1);
		if (run !== undefined && run.base + run.heads.length === position && run.stored + stored <= LIMITS.segmentBytes) {
			run.heads.push(head);
			run.bodies.push(body);
			run.bytes += head.size;
			run.stored += stored;
			run.retainedFrom = Math.max(run.retainedFrom, retainedFrom);
		} else
			this.runs.push({
				lane: laneNumber,
				base: position,
				heads: [head],
				bodies: [body],
				bytes: head.size,
				stored,
				retainedFrom,
			});
		this.messages++;
		this.bytes += head.size;
		return position;
	}

	/** Writes one row per run of messages of one lane. */
	flush(): void {
		for (const run of this.runs) {
			const lane = laneNumber(this.memory, run.lane);
			lane.end = run.base + run.heads.length;
			lane.appendedMessages += run.heads.length;
			lane.appendedBytes += run.bytes;
			insertSegment(this.database, this.memory.cache, {
				base: run.base,
				heads: run.heads,
				bodies: run.bodies,
				bytes: run.bytes,
				messagesThrough: lane.appendedMessages,
				bytesThrough: lane.appendedBytes,
				writtenAt: this.now,
				retainedFrom: run.retainedFrom,
			});
		}
		this.runs = [];
		this.messages = 0;
		this.bytes = 0;
	}
}

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
