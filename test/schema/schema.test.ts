import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { Database, type Migration, migrate } from '../../durable-objects/database';
import { catalogMigrations } from '../../migrations/catalog';
import { partitionMigrations } from '../../migrations/partition';
import { topicMigrations } from '../../migrations/topic';

function onFreshDatabase<Result>(run: (database: Database) => Result): Promise<Result> {
	return runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, state) =>
		run(new Database(state.storage.sql)),
	);
}

/** Every table and index as the database itself tells them, by name. */
function schemaOf(database: Database): string {
	return database
		.all<{ sql: string }>(
			`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY type DESC, name`,
		)
		.map((row) => `${row.sql};\n`)
		.join('\n');
}

const classes: readonly (readonly [string, readonly Migration[]])[] = [
	['partition', partitionMigrations],
	['topic', topicMigrations],
	['catalog', catalogMigrations],
];

describe.each(classes)('the schema of a %s', (name, migrations) => {
	it('is the golden one', async () => {
		const schema = await onFreshDatabase((database) => {
			migrate(database, migrations);
			return schemaOf(database);
		});
		await expect(schema).toMatchFileSnapshot(`./${name}.golden.sql`);
	});

	it('numbers its migrations without a gap', () => {
		expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1));
	});

	it('is reached from every earlier version', async () => {
		const golden = await onFreshDatabase((database) => {
			migrate(database, migrations);
			return schemaOf(database);
		});
		for (let version = 0; version <= migrations.length; version++) {
			const upgraded = await onFreshDatabase((database) => {
				migrate(database, migrations.slice(0, version));
				migrate(database, migrations);
				migrate(database, migrations);
				return schemaOf(database);
			});
			expect(upgraded).toBe(golden);
		}
	});

	it('is refused when it is newer than the code', async () => {
		const newer: Migration = { number: migrations.length + 1, sql: 'CREATE TABLE from_the_future (x INTEGER) STRICT' };
		await onFreshDatabase((database) => {
			migrate(database, [...migrations, newer]);
			expect(() => migrate(database, migrations)).toThrow(/deploy the newer code again/);
		});
	});
});
