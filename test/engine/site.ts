import { Database, migrate } from '../../durable-objects/database';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import { partitionMigrations } from '../../migrations/partition';

export type Engine = PartitionEngine;
/** The real engine, or a mutant of it. */
export type EngineClass = typeof PartitionEngine;

/**
 * An engine over the database of a Durable Object, held as the shell holds it: one transaction a commit, and
 * memory thrown away with a transaction that throws. To be used inside `runInDurableObject` of that object only.
 */
export class Site {
	readonly database: Database;
	engine: Engine;

	constructor(
		private readonly storage: DurableObjectStorage,
		readonly tag: string,
		private readonly Engine: EngineClass = PartitionEngine,
	) {
		this.database = new Database(storage.sql);
		storage.transactionSync(() => {
			dropEverything(this.database);
			migrate(this.database, partitionMigrations);
		});
		this.engine = this.build();
	}

	/** A second engine on the same rows. */
	build(): Engine {
		return this.storage.transactionSync(() => new this.Engine(this.database, this.tag));
	}

	/** What a crash, an eviction or a deploy does. */
	restart(): void {
		this.engine = this.build();
	}

	transaction<Result>(body: (engine: Engine) => Result): Result {
		try {
			return this.storage.transactionSync(() => body(this.engine));
		} catch (error) {
			this.restart();
			throw error;
		}
	}
}

function dropEverything(database: Database): void {
	const tables = database.all<{ name: string }>(
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
	);
	for (const { name } of tables) database.run(`DROP TABLE "${name}"`);
}
