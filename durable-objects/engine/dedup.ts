import type { Database } from '../database';
import { LIMITS } from '../protocol';
import { isDue } from './rules';

/** What a memory knows of the ids that were accepted, and where their sweep stands. */
export interface DedupMemory {
	hasDedup: boolean;
	readonly sweep: { dedupAfter: string };
}

interface Window {
	readonly dedupWindowMs: number;
}

/** A dedupId that was accepted at this instant still counts. */
export function isInDedupWindow(acceptedAt: number, settings: Window, now: number): boolean {
	return !isDue(acceptedAt + settings.dedupWindowMs, now);
}

/** The position of the message that took this dedupId, while its window lasts. */
export function acceptedBefore(database: Database, settings: Window, dedupId: string, now: number): number | undefined {
	const row = database.first<{ accepted_at: number; position: number }>(
		'SELECT accepted_at, position FROM dedup WHERE dedup_id = ?',
		dedupId,
	);
	return row !== undefined && isInDedupWindow(row.accepted_at, settings, now) ? row.position : undefined;
}

export function rememberDedup(
	database: Database,
	memory: Pick<DedupMemory, 'hasDedup'>,
	dedupId: string,
	position: number,
	now: number,
): void {
	memory.hasDedup = true;
	database.run(
		`INSERT INTO dedup (dedup_id, accepted_at, position) VALUES (?, ?, ?)
		ON CONFLICT (dedup_id) DO UPDATE SET accepted_at = excluded.accepted_at, position = excluded.position`,
		dedupId,
		now,
		position,
	);
}

/** Forgets ids whose window has passed, so many rows at a time; an empty `dedupAfter` means that all were looked at. */
export function sweepDedup(database: Database, memory: DedupMemory, settings: Window, now: number): void {
	if (!memory.hasDedup) return;
	const rows = database.all<{ dedup_id: string; accepted_at: number }>(
		'SELECT dedup_id, accepted_at FROM dedup WHERE dedup_id > ? ORDER BY dedup_id LIMIT ?',
		memory.sweep.dedupAfter,
		LIMITS.sweptRows,
	);
	for (const row of rows) {
		if (!isInDedupWindow(row.accepted_at, settings, now))
			database.run('DELETE FROM dedup WHERE dedup_id = ?', row.dedup_id);
	}
	memory.sweep.dedupAfter = rows.length < LIMITS.sweptRows ? '' : (rows.at(-1)?.dedup_id ?? '');
	memory.hasDedup = anyDedup(database);
}

/** All of them, as if none had been accepted. */
export function forgetDedup(database: Database, memory: DedupMemory): void {
	database.run('DELETE FROM dedup');
	memory.hasDedup = false;
	memory.sweep.dedupAfter = '';
}

export function anyDedup(database: Database): boolean {
	return database.first('SELECT 1 FROM dedup LIMIT 1') !== undefined;
}
