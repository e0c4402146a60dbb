import type { AccessAction, AccessKey, NewAccessKey } from '../catalog-protocol';
import type { Database } from '../database';
import { LIMITS, type Refusal, refuse } from '../protocol';

interface KeyRow {
	readonly id: string;
	readonly name: string;
	readonly actions: string;
	readonly patterns: string;
	readonly created_at: number;
}

function toKey(row: KeyRow): AccessKey {
	return {
		id: row.id,
		name: row.name,
		actions: JSON.parse(row.actions) as AccessAction[],
		patterns: JSON.parse(row.patterns) as string[],
		createdAt: row.created_at,
	};
}

function noSuchKey(id: string): Refusal {
	return refuse('key_not_found', `There is no access key with the id ${id}: it has been revoked or never was.`);
}

export function getKey(database: Database, id: string): Refusal | AccessKey {
	const row = database.first<KeyRow>('SELECT * FROM access_key WHERE id = ?', id);
	return row ? toKey(row) : noSuchKey(id);
}

/** Oldest first. There are at most `LIMITS.keys`, so there is no paging. */
export function listKeys(database: Database): AccessKey[] {
	return database.all<KeyRow>('SELECT * FROM access_key ORDER BY created_at, id').map(toKey);
}

/** Writes what a key may do. The same id again replaces it: a call that was cut off can be repeated. */
export function putKey(database: Database, key: NewAccessKey, now: number): Refusal | AccessKey {
	const known = database.first<KeyRow>('SELECT * FROM access_key WHERE id = ?', key.id);
	const count = database.first<{ count: number }>('SELECT count(*) AS count FROM access_key')?.count ?? 0;
	if (!known && count >= LIMITS.keys) {
		return refuse('too_many_keys', `There are ${LIMITS.keys} access keys at most: revoke some that are not needed.`);
	}
	const { id, name, actions, patterns } = key;
	database.run(
		`INSERT INTO access_key (id, name, actions, patterns, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, actions = excluded.actions, patterns = excluded.patterns`,
		id,
		name,
		JSON.stringify(actions),
		JSON.stringify(patterns),
		now,
	);
	return { id, name, actions, patterns, createdAt: known?.created_at ?? now };
}

export function deleteKey(database: Database, id: string): Refusal | null {
	if (!database.first('SELECT id FROM access_key WHERE id = ?', id)) return noSuchKey(id);
	database.run('DELETE FROM access_key WHERE id = ?', id);
	return null;
}
