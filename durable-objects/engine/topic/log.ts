import type { Database } from '../../database';
import { LIMITS, type TopicSettings } from '../../protocol';
import { lastSegment, oldestSegments } from '../lane-ends';
import { laneNumber } from '../lanes';
import { isDue } from '../rules';
import { deleteSegment } from '../segments';
import { readState, writeState } from '../state';
import type { TopicMemory } from './memory';

/** A topic has one lane; a message's priority waits for its queue. */
export const LANE = 0;

/** Where the log goes on when retention has taken all of it. */
interface LogEnd {
	readonly nextSequence: number;
	readonly messagesThrough: number;
	readonly bytesThrough: number;
	readonly writtenAt: number;
}

export function loadLog(database: Database, memory: TopicMemory): void {
	const last = lastSegment(database, LANE);
	const end = readState<LogEnd>(database, 'log');
	const lane = laneNumber(memory, LANE);
	memory.tally.nextSequence = last === undefined ? (end?.nextSequence ?? 1) : last.base + last.span;
	memory.lastWrittenAt = last?.written_at ?? end?.writtenAt ?? 0;
	lane.end = memory.tally.nextSequence;
	lane.appendedMessages = last?.messages_through ?? end?.messagesThrough ?? 0;
	lane.appendedBytes = last?.bytes_through ?? end?.bytesThrough ?? 0;
	lane.passedBytes = lane.appendedBytes;
}

/** The first message that the log still has; where it has none, the next one that comes. */
export function firstSequence(database: Database, memory: TopicMemory): number {
	return oldestSegments(database, LANE, 1)[0]?.base ?? memory.tally.nextSequence;
}

/** The first message published after an instant: halving works, since the log's instants never run backwards. */
export function firstAfter(database: Database, memory: TopicMemory, at: number): number {
	let low = firstSequence(database, memory);
	let high = memory.tally.nextSequence;
	while (low < high) {
		const segment = edgeAt(database, Math.floor((low + high) / 2));
		if (segment === undefined) return high;
		if (segment.written_at > at) high = segment.base;
		else low = segment.base + segment.span;
	}
	return low;
}

interface Edge {
	readonly base: number;
	readonly span: number;
	readonly written_at: number;
}

/** The segment that holds a sequence number, without what it holds. */
export function edgeAt(database: Database, sequence: number): Edge | undefined {
	return database.first<Edge>(
		'SELECT base, span, written_at FROM segment WHERE base <= ? ORDER BY base DESC LIMIT 1',
		sequence,
	);
}

/**
 * Drops segments whose retention is over, whoever has not read them: that is counted when it comes to them. Answers whether
 * a bound cut it short.
 */
export function sweepLog(database: Database, memory: TopicMemory, settings: TopicSettings, now: number): boolean {
	const oldest = oldestSegments(database, LANE, LIMITS.sweptRows);
	let gone = 0;
	let bytes = 0;
	for (const segment of oldest) {
		if (bytes > LIMITS.sweptBytes || !isDue(segment.retained_from + settings.retentionMs, now)) break;
		deleteSegment(database, memory.cache, segment.base);
		bytes += segment.bytes;
		gone++;
	}
	if (gone > 0) {
		const lane = laneNumber(memory, LANE);
		const end: LogEnd = {
			nextSequence: memory.tally.nextSequence,
			messagesThrough: lane.appendedMessages,
			bytesThrough: lane.appendedBytes,
			writtenAt: memory.lastWrittenAt,
		};
		writeState(database, 'log', end);
	}
	return bytes > LIMITS.sweptBytes || gone === LIMITS.sweptRows;
}
