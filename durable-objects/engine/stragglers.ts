import type { Database } from '../database';
import type { Failure } from '../protocol';
import type { Flight, Memory } from './memory';
import { type Head, LANE_SPAN, type LogRecord, laneOf } from './message';

export interface Straggler extends LogRecord {
	readonly leased: boolean;
	readonly visibleAt: number;
	readonly attempts: number;
	readonly handedOutAt: number;
	readonly firstHandedOutAt: number;
	readonly consumer: string;
	readonly failures: readonly Failure[];
}

interface StragglerFields {
	readonly position: number;
	readonly leased: number;
	readonly visible_at: number;
	readonly attempts: number;
	readonly handed_out_at: number;
	readonly first_handed_out_at: number | null;
	readonly consumer: string;
	readonly written_at: number;
	readonly retained_from: number;
}

interface StragglerRow extends StragglerFields {
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
		firstHandedOutAt: firstOf(row),
		consumer: row.consumer,
		writtenAt: row.written_at,
		retainedFrom: row.retained_from,
		failures: JSON.parse(row.failures) as Failure[],
		head: JSON.parse(row.head) as Head,
		body: row.body,
	};
}

/** A row from before this was noted has its last time only. */
function firstOf(row: StragglerFields): number {
	return row.first_handed_out_at ?? row.handed_out_at;
}

export function insertStraggler(database: Database, entry: Straggler): void {
	database.run(
		`INSERT INTO straggler (position, keyed, leased, lane, visible_at, attempts, handed_out_at, first_handed_out_at,
			consumer, written_at, retained_from, failures, head, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		entry.position,
		entry.head.key === undefined ? 0 : 1,
		entry.leased ? 1 : 0,
		laneOf(entry.position),
		entry.visibleAt,
		entry.attempts,
		entry.handedOutAt,
		entry.firstHandedOutAt,
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
	to: Pick<
		Straggler,
		'leased' | 'visibleAt' | 'attempts' | 'handedOutAt' | 'firstHandedOutAt' | 'consumer' | 'failures'
	>,
): void {
	database.run(
		`UPDATE straggler SET leased = ?, visible_at = ?, attempts = ?, handed_out_at = ?, first_handed_out_at = ?,
			consumer = ?, failures = ? WHERE position = ?`,
		to.leased ? 1 : 0,
		to.visibleAt,
		to.attempts,
		to.handedOutAt,
		to.firstHandedOutAt,
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

const DUE_STRAGGLERS = `SELECT position FROM straggler
	WHERE keyed = 0 AND leased = 0 AND lane = ? AND visible_at <= ? ORDER BY visible_at, position LIMIT ?`;

/** Positions of waiting messages without a key whose instant has come, the longest due first. Their bodies are read one by one. */
export function dueStragglers(database: Database, lane: number, now: number, limit: number): number[] {
	return database.all<{ position: number }>(DUE_STRAGGLERS, lane, now, limit).map(({ position }) => position);
}

const NEXT_STRAGGLER = `SELECT visible_at FROM straggler
	WHERE keyed = 0 AND leased = 0 AND lane = ? ORDER BY visible_at LIMIT 1`;

export function nextStragglerAt(database: Database, lane: number): number | undefined {
	return database.first<{ visible_at: number }>(NEXT_STRAGGLER, lane)?.visible_at;
}

/** Positions of any stragglers behind one, in order: what browsing walks along. */
export function positionsAfter(database: Database, position: number, limit: number): number[] {
	return database
		.all<{ position: number }>(
			'SELECT position FROM straggler WHERE position > ? ORDER BY position LIMIT ?',
			position,
			limit,
		)
		.map((row) => row.position);
}

/** What memory and the sweep need of a straggler: never its body, since there may be gigabytes of them. */
export interface StragglerHead extends StragglerFields {
	readonly size: number;
	readonly key: string | null;
	readonly id: string | null;
	readonly expires_at: number | null;
}

const HEAD = `SELECT position, leased, visible_at, attempts, handed_out_at, first_handed_out_at, consumer,
	written_at, retained_from, head ->> 'size' AS size, head ->> 'key' AS key, head ->> 'id' AS id,
	head ->> 'expiresAt' AS expires_at FROM straggler`;

export function stragglerHeadsAfter(database: Database, position: number, limit: number): StragglerHead[] {
	return database.all<StragglerHead>(`${HEAD} WHERE position > ? ORDER BY position LIMIT ?`, position, limit);
}

/** Those that memory holds: the keyed ones, and the leased ones. */
export function loadStragglers(database: Database, adopt: (flight: Flight) => void): void {
	const held = [
		...database.all<StragglerHead>(`${HEAD} WHERE keyed = 1`),
		...database.all<StragglerHead>(`${HEAD} WHERE keyed = 0 AND leased = 1`),
	];
	for (const row of held) {
		adopt({
			position: row.position,
			size: row.size,
			key: row.key ?? undefined,
			aliasId: row.id ?? undefined,
			attempt: row.attempts,
			until: row.visible_at,
			leased: row.leased === 1,
			handedOutAt: row.handed_out_at,
			firstHandedOutAt: firstOf(row),
			consumer: row.consumer,
			lease: undefined,
			segment: undefined,
			by: undefined,
			receiveAttempt: undefined,
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
