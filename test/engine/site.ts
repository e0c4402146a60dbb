import { Database, type Migration, migrate } from '../../durable-objects/database';
import type { Commit } from '../../durable-objects/engine/commands';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import { TopicEngine } from '../../durable-objects/engine/topic/engine';
import {
	isAcceptedRun,
	isRun,
	messagesOf,
	outcomesOf,
	type Received,
	type ReceivedMessage,
} from '../../durable-objects/protocol';
import { partitionMigrations } from '../../migrations/partition';
import { topicMigrations } from '../../migrations/topic';

export type Engine = PartitionEngine;
/** The real engine, or a mutant of it. */
export type EngineClass = typeof PartitionEngine;
export type TopicEngineClass = typeof TopicEngine;

/**
 * An engine over the database of a Durable Object, held as the shell holds it: one transaction a commit, and
 * memory thrown away with a transaction that throws. To be used inside `runInDurableObject` of that object only.
 */
class Holder<Held> {
	readonly database: Database;
	engine: Held;

	constructor(
		private readonly storage: DurableObjectStorage,
		readonly tag: string,
		private readonly Engine: new (database: Database, tag: string) => Held,
		migrations: readonly Migration[],
	) {
		this.database = new Database(storage.sql);
		storage.transactionSync(() => {
			dropEverything(this.database);
			migrate(this.database, migrations);
		});
		this.engine = this.build();
	}

	/** A second engine on the same rows. */
	build(): Held {
		return this.storage.transactionSync(() => new this.Engine(this.database, this.tag));
	}

	/** What a crash, an eviction or a deploy does. */
	restart(): void {
		this.engine = this.build();
	}

	transaction<Result>(body: (engine: Held) => Result): Result {
		try {
			return this.storage.transactionSync(() => body(this.engine));
		} catch (error) {
			this.restart();
			throw error;
		}
	}
}

/** A partition's engine that answers a publish and a receive message by message: runs are taken apart, as on the way to a client. */
function listing(Engine: EngineClass): EngineClass {
	return class extends Engine {
		constructor(
			database: Database,
			private readonly ownTag: string,
		) {
			super(database, ownTag);
		}

		override commit(...asked: Parameters<PartitionEngine['commit']>): Commit {
			const commit = super.commit(...asked);
			const one = (result: unknown) => listed(this.ownTag, result);
			return { ...commit, results: commit.results.map(one), served: commit.served.map(one) as Received[] };
		}
	};
}

/** What those who wait got of a site's engine. */
export function servedIn({ served }: Commit): ReceivedMessage[][] {
	return served as ReceivedMessage[][];
}

/** What was accepted or received, message by message; any other result as it is. `tag`: of the object. */
export function listed(tag: string, result: unknown): unknown {
	if (isAcceptedRun(result)) return outcomesOf(tag, result);
	if (!Array.isArray(result)) return result;
	return result.flatMap((part) =>
		typeof part === 'object' && part !== null && isRun(part) ? messagesOf(tag, part) : [part],
	);
}

/** Of a partition. */
export class Site extends Holder<PartitionEngine> {
	constructor(storage: DurableObjectStorage, tag: string, Engine: EngineClass = PartitionEngine) {
		super(storage, tag, listing(Engine), partitionMigrations);
	}
}

/** Of a topic. */
export class TopicSite extends Holder<TopicEngine> {
	constructor(storage: DurableObjectStorage, tag: string, Engine: TopicEngineClass = TopicEngine) {
		super(storage, tag, Engine, topicMigrations);
	}
}

function dropEverything(database: Database): void {
	const tables = database.all<{ name: string }>(
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
	);
	for (const { name } of tables) database.run(`DROP TABLE "${name}"`);
}
