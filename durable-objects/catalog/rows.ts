import type { Database } from '../database';
import type { Annotations, Queue, QueueSettings } from '../protocol';
import { annotationsOf, annotationsText } from './annotations';
import { settingsText } from './settings';

interface QueueRow {
	readonly name: string;
	readonly generation: number;
	readonly layout: number;
	readonly version: number;
	readonly paused: number;
	readonly created_at: number;
	readonly updated_at: number;
	readonly settings: string;
	readonly annotations: string | null;
}

/** What a put gives a queue. */
export type QueueContent = Pick<Queue, 'settings' | 'annotations'>;

function toQueue(row: QueueRow): Queue {
	return {
		name: row.name,
		generation: row.generation,
		layout: row.layout,
		version: row.version,
		paused: row.paused === 1,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		settings: JSON.parse(row.settings) as QueueSettings,
		...annotationsOf(row.annotations),
	};
}

export function findQueue(database: Database, name: string): Queue | undefined {
	const row = database.first<QueueRow>('SELECT * FROM queue WHERE name = ?', name);
	return row && toQueue(row);
}

export function queuesAfter(database: Database, after: string, limit: number): Queue[] {
	const query = 'SELECT * FROM queue WHERE name > ? ORDER BY name LIMIT ?';
	return database.all<QueueRow>(query, after, limit).map(toQueue);
}

/** Names of all of them. */
export function namesWithDeadLetter(database: Database, name: string): string[] {
	const query = `SELECT name FROM queue WHERE settings ->> 'deadLetter' = ? ORDER BY name`;
	return database.all<{ name: string }>(query, name).map((row) => row.name);
}

export function queuesWithDeadLetter(database: Database, name: string, after: string, limit: number): Queue[] {
	const query = `SELECT * FROM queue WHERE settings ->> 'deadLetter' = ? AND name > ? ORDER BY name LIMIT ?`;
	return database.all<QueueRow>(query, name, after, limit).map(toQueue);
}

/** Reads every name, on creation only: cheaper than a counter that every change would have to write. */
export function countQueues(database: Database): number {
	return database.first<{ count: number }>('SELECT count(*) AS count FROM queue')?.count ?? 0;
}

export function insertQueue(
	database: Database,
	name: string,
	{ settings, annotations }: QueueContent,
	now: number,
): Queue {
	const retired = database.first<{ generation: number }>('SELECT generation FROM retired WHERE name = ?', name);
	const queue: Queue = {
		name,
		generation: (retired?.generation ?? 0) + 1,
		layout: 1,
		version: 1,
		paused: false,
		createdAt: now,
		updatedAt: now,
		settings,
		...annotationsOf(annotationsText(annotations)),
	};
	database.run(
		`INSERT INTO queue (name, generation, layout, version, paused, created_at, updated_at, settings, annotations)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		name,
		queue.generation,
		queue.layout,
		queue.version,
		0,
		now,
		now,
		settingsText(settings),
		annotationsText(annotations),
	);
	return queue;
}

/** Writes a change of a queue as its next version, which it answers. */
export function reviseQueue(database: Database, queue: Queue): Queue {
	return updateQueue(database, { ...queue, version: queue.version + 1 });
}

/**
 * Writes a change that no partition is told. Its version stays: that says which settings a partition knows, and each would
 * write them anew for a larger one.
 */
export function annotateQueue(database: Database, queue: Queue, annotations: Annotations, now: number): Queue {
	return updateQueue(database, { ...queue, annotations, updatedAt: now });
}

function updateQueue(database: Database, { annotations: given, ...queue }: Queue): Queue {
	const annotations = annotationsText(given);
	database.run(
		`UPDATE queue SET layout = ?, version = ?, paused = ?, updated_at = ?, settings = ?, annotations = ? WHERE name = ?`,
		queue.layout,
		queue.version,
		queue.paused ? 1 : 0,
		queue.updatedAt,
		settingsText(queue.settings),
		annotations,
		queue.name,
	);
	return { ...queue, ...annotationsOf(annotations) };
}

export function retireQueue(database: Database, queue: Queue): void {
	database.run('DELETE FROM queue WHERE name = ?', queue.name);
	database.run(
		`INSERT INTO retired (name, generation) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET generation = excluded.generation`,
		queue.name,
		queue.generation,
	);
}
