import type { Database } from '../database';

export type StateName =
	| 'queue'
	| 'sealed'
	| 'destroyed'
	| 'tally'
	| 'totals'
	| 'redrive'
	| 'redrives'
	| `route/${string}`
	// Of a topic's object.
	| 'topic'
	| 'configured'
	| 'log';

/** Single values of a partition, as JSON. */
export function readState<Value>(database: Database, name: StateName): Value | undefined {
	const row = database.first<{ value: string }>('SELECT value FROM state WHERE name = ?', name);
	return row === undefined ? undefined : (JSON.parse(row.value) as Value);
}

export function writeState(database: Database, name: StateName, value: unknown): void {
	database.run(
		'INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
		name,
		JSON.stringify(value),
	);
}

export function deleteState(database: Database, name: StateName): void {
	database.run('DELETE FROM state WHERE name = ?', name);
}
