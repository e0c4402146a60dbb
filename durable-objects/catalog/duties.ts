import type { Database } from '../database';
import { isTopic, type Queue, type Target, type Topic, told, topicAddress } from '../protocol';
import { annotationsOf, annotationsText } from './annotations';
import type { QueueContent } from './rows';

/** One layout of one queue, or a topic: a set of partition objects. */
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
export type Duty = QueueDuty | TopicDuty;

interface Tries {
	readonly attempts: number;
	readonly dueAt: number;
}

export type QueueDuty = Tries & {
	/** As the partitions are told it. */
	readonly queue: Queue;
} & (
		| { readonly kind: 'configure' | 'unseal' | 'destroy' }
		/** `wanted`: what the queue has with the next layout. */
		| { readonly kind: 'seal'; readonly wanted: QueueContent }
	);

/** With `configure` come the subscriptions, as they are when the calls are made: all that the topic has. */
export type TopicDuty = Tries & { readonly kind: 'configure' | 'destroy'; readonly topic: Topic };

/** The call that writes a duty also does it; the alarm looks after this long, should that call have been cut off. */
export const dutyGraceMs = 10_000;

const initialBackoffMs = 1_000;
const maxBackoffMs = 300_000;

interface DutyRow {
	readonly kind: Duty['kind'];
	/** A queue or a topic: the column is as old as duties, of which the first were queues' only. */
	readonly queue: string;
	readonly wanted: string | null;
	readonly annotations: string | null;
	readonly attempts: number;
	readonly due_at: number;
}

function toDuty(row: DutyRow): Duty {
	const target = JSON.parse(row.queue) as Target;
	const tries: Tries = { attempts: row.attempts, dueAt: row.due_at };
	if (isTopic(target)) return { ...tries, kind: row.kind as TopicDuty['kind'], topic: target };
	if (row.kind !== 'seal') return { ...tries, kind: row.kind, queue: target };
	const settings = JSON.parse(row.wanted ?? 'null') as QueueContent['settings'];
	return { ...tries, kind: 'seal', queue: target, wanted: { settings, ...annotationsOf(row.annotations) } };
}

/** A topic has one layout for life. Its address tells it from a queue of the same name. */
export function topicKey(topic: Topic): LayoutKey {
	return { name: topicAddress(topic.name), generation: topic.generation, layout: 1 };
}

export function dutyTarget(duty: Duty): Target {
	return 'topic' in duty ? duty.topic : duty.queue;
}

export function dutyKey(duty: Duty): LayoutKey {
	return 'topic' in duty ? topicKey(duty.topic) : duty.queue;
}

export function findDuty(database: Database, key: LayoutKey): Duty | undefined {
	const row = database.first<DutyRow>(
		'SELECT kind, queue, wanted, annotations, attempts, due_at FROM duty WHERE name = ? AND generation = ? AND layout = ?',
		key.name,
		key.generation,
		key.layout,
	);
	return row && toDuty(row);
}

/** Takes the place of what was owed to the same layout before. What it is of is kept as its objects are told it. */
export function writeDuty(database: Database, duty: Duty): void {
	const key = dutyKey(duty);
	database.run(
		`INSERT INTO duty (name, generation, layout, kind, queue, wanted, annotations, attempts, due_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (name, generation, layout) DO UPDATE SET kind = excluded.kind, queue = excluded.queue,
			wanted = excluded.wanted, annotations = excluded.annotations, attempts = excluded.attempts, due_at = excluded.due_at`,
		key.name,
		key.generation,
		key.layout,
		duty.kind,
		JSON.stringify(told(dutyTarget(duty))),
		duty.kind === 'seal' ? JSON.stringify(duty.wanted.settings) : null,
		duty.kind === 'seal' ? annotationsText(duty.wanted.annotations) : null,
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
	return one.kind === other.kind && dutyTarget(one).version === dutyTarget(other).version;
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
