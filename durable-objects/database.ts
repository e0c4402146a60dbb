/** The part of the runtime's `SqlStorage` that Sluice uses: what the engine sees of the platform. */
export interface Sql {
	readonly databaseSize: number;
	exec(query: string, ...bindings: SqlBinding[]): { toArray(): unknown[]; readonly rowsWritten: number };
}

export type SqlBinding = string | number | null;

/**
 * Rows in, rows out, and a count of what is paid for. Statements are constant strings: the runtime caches
 * prepared statements by their text.
 */
export class Database {
	/** Rows written through this object, as Cloudflare bills them. */
	rowsWritten = 0;

	constructor(private readonly sql: Sql) {}

	/** Bytes of the whole database, indexes and all. */
	get size(): number {
		return this.sql.databaseSize;
	}

	all<Row>(query: string, ...bindings: SqlBinding[]): Row[] {
		return this.sql.exec(query, ...bindings).toArray() as Row[];
	}

	first<Row>(query: string, ...bindings: SqlBinding[]): Row | undefined {
		return this.all<Row>(query, ...bindings)[0];
	}

	run(query: string, ...bindings: SqlBinding[]): void {
		const cursor = this.sql.exec(query, ...bindings);
		cursor.toArray();
		this.rowsWritten += cursor.rowsWritten;
	}
}

export interface Migration {
	readonly number: number;
	readonly sql: string;
}

/**
 * Brings a database to the newest schema, or throws where it is newer than this code: running old code on it
 * could lose what only the new code knows. The caller holds a transaction.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
	database.run('CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL) STRICT');
	const current = database.first<{ number: number }>('SELECT number FROM schema_version')?.number ?? 0;
	const newest = migrations.at(-1)?.number ?? 0;
	if (current > newest) {
		throw new Error(`the database has schema ${current}, this code knows ${newest}: deploy the newer code again`);
	}
	if (current === newest) return;
	for (const migration of migrations) {
		if (migration.number > current) database.run(migration.sql);
	}
	if (current === 0) database.run('INSERT INTO schema_version (number) VALUES (?)', newest);
	else database.run('UPDATE schema_version SET number = ?', newest);
}
