import type { Sql } from '../../../durable-objects/database';

const NAMES =
	'alias|cursor|dedup|held|inbox|lease|outbox|receive_attempt|scheduled|segment|state|straggler|subscription|schema_version|straggler_due|scheduled_due';
const NAMED = new RegExp(`\\b(FROM|INTO|UPDATE|JOIN|TABLE|EXISTS|INDEX|ON)\\s+(${NAMES})\\b`, 'g');
const QUALIFIED = new RegExp(`\\b(${NAMES})\\.`, 'g');

/**
 * The database of one object within that of another, which holds several: each has tables of its own, told apart by
 * a prefix. A real object's database is open only to calls inside that object, and crossing from one to the other costs
 * more than all that is simulated.
 */
export function tablesOf(sql: Sql, prefix: string): Sql {
	const known = new Map<string, string>();
	return {
		get databaseSize() {
			return sql.databaseSize;
		},
		exec(query, ...bindings) {
			let own = known.get(query);
			if (own === undefined) {
				own = query.replace(NAMED, `$1 ${prefix}_$2`).replace(QUALIFIED, `${prefix}_$1.`);
				known.set(query, own);
			}
			return sql.exec(own, ...bindings);
		},
	};
}

/** Leaves the tables, which are made once, and what says so. */
export function emptyTables(sql: Sql): void {
	const tables = sql
		.exec(`SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_%' ESCAPE '\\'`)
		.toArray() as { name: string }[];
	for (const { name } of tables) {
		if (/^[pt]\d+_(?!schema_version$)/.test(name)) sql.exec(`DELETE FROM ${name}`).toArray();
	}
}
