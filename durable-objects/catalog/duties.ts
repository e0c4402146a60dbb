import type { Database } from '../database';
import type { Queue, QueueSettings } from '../protocol';

/** One layout of one queue: a set of partition objects. */
export type LayoutKey = Pick<Queue, 'name' | 'generation' | 'layout'>;

/**
 * What the catalog owes to every partition of a layout, written before the first call is made. The calls are
 * idempotent, so a duty that was interrupted is simply done again, by the alarm. Its life (see progress.ts):
 *
 *   configure ─► done
 *   seal ─┬─ all sealed ─► destroy (the layout before; later) ─► done
 *         └─ refused or failed ─► unseal ─► done
 *   destroy ─► done
 */
export type Duty = {
	/** As the partitions are told it. */
	readonly queue: Queue;
	readonly attempts: number;
	readonly dueAt: number;
} & (
	| { readonly kind: 'configure' | 'unseal' | 'destroy' }
	/** `wanted`: the settings of the next layout. */
	| { readonly kind: 'seal'; readonly wanted: QueueSettings }
);

/** The call that writes a duty also does it; the alarm looks after this long, should that call have been cut off. */
export const dutyGraceMs = 10_000;

const initialBackoffMs = 1_000;
const maxBackoffMs = 300_000;

interface DutyRow {
	readonly kind: Duty['kind'];
	readonly queue: string;
	readonly wanted: string | null;
	readonly attempts: number;
	readonly due_at: number;
}

function toDuty(row: DutyRow): Duty {
	const queue = JSON.parse(row.queue) as Queue;
	const common = { queue, attempts: row.attempts, dueAt: row.due_at };
	if (row.kind !== 'seal') return { ...common, kind: row.kind };
	return { ...common, kind: 'seal', wanted: JSON.parse(row.wanted ?? 'null') as QueueSettings };
}

export function findDuty(database: Database, key: LayoutKey): Duty | undefined {
	const row = database.first<DutyRow>(
		'SELECT kind, queue, wanted, attempts, due_at FROM duty WHERE name = ? AND generation = ? AND layout = ?',
		key.name,
		key.generation,
		key.layout,
	);
	return row && toDuty(row);
}

/** Takes the place of what was owed to the same layout before. */
export function writeDuty(database: Database, duty: Duty): void {
	const { queue } = duty;
	database.run(
		`INSERT INTO duty (name, generation, layout, kind, queue, wanted, attempts, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (name, generation, layout) DO UPDATE SET kind = excluded.kind, queue = excluded.queue,
			wanted = excluded.wanted, attempts = excluded.attempts, due_at = excluded.due_at`,
		queue.name,
		queue.generation,
		queue.layout,
		duty.kind,
		JSON.stringify(queue),
		duty.kind === 'seal' ? JSON.stringify(duty.wanted) : null,
		duty.attempts,
		duty.dueAt,
	);
}

export function dropDuty(database: Database, key: LayoutKey): void {
	database.run(
		'DELETE FROM duty WHERE name = ? AND generation = ? AND layout = ?',
		key.name,
		key.generation,
		key.layout,
	);
}

/** Tries again later: after 1 s, then twice as long each time, up to 5 minutes. It is never given up. */
export function putOffDuty(database: Database, duty: Duty, now: number): void {
	const backoffMs = Math.min(initialBackoffMs * 2 ** Math.min(duty.attempts, 30), maxBackoffMs);
	writeDuty(database, { ...duty, attempts: duty.attempts + 1, dueAt: now + backoffMs });
}

/** The same step of the same duty, however often it was tried. */
export function sameDuty(one: Duty, other: Duty): boolean {
	return one.kind === other.kind && one.queue.version === other.queue.version;
}

export function nextDutyAt(database: Database): number | null {
	return database.first<{ due_at: number | null }>('SELECT min(due_at) AS due_at FROM duty')?.due_at ?? null;
}

export function dutiesDue(database: Database, now: number, limit: number): LayoutKey[] {
	const query = 'SELECT name, generation, layout FROM duty WHERE due_at <= ? ORDER BY due_at LIMIT ?';
	return database.all<LayoutKey>(query, now, limit);
}

/** Names of queues that are on the way to a layout whose dead letters go to `deadLetter`. */
export function sealingTowards(database: Database, deadLetter: string): string[] {
	const query = `SELECT name FROM duty WHERE wanted ->> 'deadLetter' = ? ORDER BY name`;
	return database.all<{ name: string }>(query, deadLetter).map((row) => row.name);
}
