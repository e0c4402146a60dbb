import type { Database } from '../database';
import type { Failure } from '../protocol';
import type { Flight, Memory } from './memory';
import { type Head, LANE_SPAN, type LogRecord, laneOf } from './message';

export interface Straggler extends LogRecord {
	readonly leased: boolean;
	readonly visibleAt: number;
	readonly attempts: number;
	readonly handedOutAt: number;
	readonly consumer: string;
	readonly failures: readonly Failure[];
}

interface StragglerRow {
	readonly position: number;
	readonly leased: number;
	readonly visible_at: number;
	readonly attempts: number;
	readonly handed_out_at: number;
	readonly consumer: string;
	readonly written_at: number;
	readonly retained_from: number;
	readonly failures: string;
	readonly head: string;
	readonly body: string;
}

function straggler(row: StragglerRow): Straggler {
	return {
		position: row.position,
		leased: row.leased === 1,
		visibleAt: row.visible_at,
		attempts: row.attempts,
		handedOutAt: row.handed_out_at,
		consumer: row.consumer,
		writtenAt: row.written_at,
		retainedFrom: row.retained_from,
		failures: JSON.parse(row.failures) as Failure[],
		head: JSON.parse(row.head) as Head,
		body: row.body,
	};
}

export function insertStraggler(database: Database, entry: Straggler): void {
	database.run(
		`INSERT INTO straggler (position, keyed, leased, lane, visible_at, attempts, handed_out_at, consumer,
			written_at, retained_from, failures, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		entry.position,
		entry.head.key === undefined ? 0 : 1,
		entry.leased ? 1 : 0,
		laneOf(entry.position),
		entry.visibleAt,
		entry.attempts,
		entry.handedOutAt,
		entry.consumer,
		entry.writtenAt,
		entry.retainedFrom,
		JSON.stringify(entry.failures),
		JSON.stringify(entry.head),
		entry.body,
	);
}

/** Lease, wait, or lease again: the record stays as it is. */
export function moveStraggler(
	database: Database,
	position: number,
	to: Pick<Straggler, 'leased' | 'visibleAt' | 'attempts' | 'handedOutAt' | 'consumer' | 'failures'>,
): void {
	database.run(
		`UPDATE straggler SET leased = ?, visible_at = ?, attempts = ?, handed_out_at = ?, consumer = ?, failures = ?
		WHERE position = ?`,
		to.leased ? 1 : 0,
		to.visibleAt,
		to.attempts,
		to.handedOutAt,
		to.consumer,
		JSON.stringify(to.failures),
		position,
	);
}

export function deleteStraggler(database: Database, position: number): void {
	database.run('DELETE FROM straggler WHERE position = ?', position);
}

export function stragglerAt(database: Database, position: number): Straggler | undefined {
	const row = database.first<StragglerRow>('SELECT * FROM straggler WHERE position = ?', position);
	return row === undefined ? undefined : straggler(row);
}

export const DUE_STRAGGLERS = `SELECT * FROM straggler
	WHERE keyed = 0 AND leased = 0 AND lane = ? AND visible_at <= ? ORDER BY visible_at, position LIMIT ?`;

/** Waiting messages without a key whose instant has come, the longest due first. */
export function dueStragglers(database: Database, lane: number, now: number, limit: number): Straggler[] {
	return database.all<StragglerRow>(DUE_STRAGGLERS, lane, now, limit).map(straggler);
}

export const NEXT_STRAGGLER = `SELECT visible_at FROM straggler
	WHERE keyed = 0 AND leased = 0 AND lane = ? ORDER BY visible_at LIMIT 1`;

export function nextStragglerAt(database: Database, lane: number): number | undefined {
	return database.first<{ visible_at: number }>(NEXT_STRAGGLER, lane)?.visible_at;
}

/** Any stragglers behind a position, in order: what browsing and sweeping walk along. */
export function stragglersAfter(database: Database, position: number, limit: number): Straggler[] {
	return database
		.all<StragglerRow>('SELECT * FROM straggler WHERE position > ? ORDER BY position LIMIT ?', position, limit)
		.map(straggler);
}

/** Those that memory holds: the keyed ones, and the leased ones. */
export function loadStragglers(database: Database, adopt: (flight: Flight) => void): void {
	const held = [
		...database.all<StragglerRow>('SELECT * FROM straggler WHERE keyed = 1'),
		...database.all<StragglerRow>('SELECT * FROM straggler WHERE keyed = 0 AND leased = 1'),
	];
	for (const row of held) {
		const entry = straggler(row);
		adopt({
			position: entry.position,
			size: entry.head.size,
			key: entry.head.key,
			aliasId: entry.head.id,
			attempt: entry.attempts,
			until: entry.visibleAt,
			leased: entry.leased,
			handedOutAt: entry.handedOutAt,
			consumer: entry.consumer,
			publishedAt: entry.head.publishedAt ?? entry.writtenAt,
			lease: undefined,
			segment: undefined,
			by: undefined,
		});
	}
}

export function oldestStraggler(database: Database, lane: number): { written_at: number } | undefined {
	return database.first<{ written_at: number }>(
		'SELECT written_at FROM straggler WHERE position >= ? AND position < ? ORDER BY position LIMIT 1',
		lane * LANE_SPAN,
		(lane + 1) * LANE_SPAN,
	);
}

/** Counts a waiting message without a key in or out: memory does not hold them, so the tally is written. */
export function tallyWaiting(memory: Memory, sign: 1 | -1, size: number, visibleAt: number): void {
	memory.tally.waitingMessages += sign;
	memory.tally.waitingBytes += sign * size;
	memory.waitingDue.moved(visibleAt, sign);
	memory.tallyDirty = true;
}
