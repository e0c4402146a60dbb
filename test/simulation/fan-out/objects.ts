import { Courier, type Sender } from '../../../durable-objects/courier';
import { outboxOf } from '../../../durable-objects/courier-sender';
import { Database, migrate } from '../../../durable-objects/database';
import type { Command } from '../../../durable-objects/engine/commands';
import { PartitionEngine } from '../../../durable-objects/engine/engine';
import type { OutboxParcel } from '../../../durable-objects/engine/outbox';
import type { TopicCommand } from '../../../durable-objects/engine/topic/commands';
import { TopicEngine } from '../../../durable-objects/engine/topic/engine';
import type { Reader, TopicMemory, TopicParcel } from '../../../durable-objects/engine/topic/memory';
import type { Parcel, Topic } from '../../../durable-objects/protocol';
import { partitionMigrations } from '../../../migrations/partition';
import { topicMigrations } from '../../../migrations/topic';
import type { Fault } from './script';
import { tablesOf } from './tables';

/** What a mutant replaces. */
export interface Classes {
	readonly Partition?: typeof PartitionEngine;
	readonly Topic?: typeof TopicEngine;
	readonly CourierClass?: typeof Courier;
}

/** What an object needs of the world around it. */
export interface Around {
	readonly storage: DurableObjectStorage;
	readonly classes: Classes;
	readonly now: number;
	readonly paceMs: number;
	/** How a courier reaches others. */
	waysOf(from: Simulated): Pick<Sender<never>, 'resolve' | 'deliver' | 'giveWay' | 'now'>;
	/** Waits for its turn, then commits: what the shell's funnel does. */
	run(on: Simulated, command: unknown): Promise<unknown>;
}

interface AnyEngine {
	snapshot(): unknown;
}

/** An object: rows, an engine over them, and a courier. A reset leaves the rows only. */
export abstract class Simulated<Engine extends AnyEngine = AnyEngine, P extends Parcel = Parcel, C = unknown> {
	readonly database: Database;
	engine: Engine;
	courier: Courier<P>;
	dueAt: number | null = null;
	/** Grows with every reset: what an earlier life has begun is over. */
	life = 0;
	/** What goes wrong with its next deliveries. */
	readonly faults: Fault[] = [];

	/** `tag`: short, and its own among all objects of a world. */
	constructor(
		readonly name: string,
		readonly tag: string,
		protected readonly around: Around,
	) {
		this.database = new Database(tablesOf(around.storage.sql, tag));
		around.storage.transactionSync(() => this.migrate());
		this.engine = this.build();
		this.courier = this.newCourier();
	}

	/** A second engine on the same rows. */
	build(): Engine {
		return this.around.storage.transactionSync(() => this.make());
	}

	/** One transaction; no command: only what is due. */
	commit(command?: C): unknown {
		const { results, dueAt } = this.around.storage.transactionSync(() => this.commitOn(command ? [command] : []));
		this.dueAt = dueAt;
		return results[0];
	}

	restart(): void {
		this.life++;
		this.engine = this.build();
		this.courier = this.newCourier();
	}

	/** What an alarm asks; undefined before the first call. */
	abstract get tick(): C | undefined;
	/** Lines that still have something to carry. */
	abstract owed(): Iterable<string>;

	protected abstract migrate(): void;
	protected abstract make(): Engine;
	protected abstract sender(): Sender<P>;
	protected abstract commitOn(commands: readonly C[]): {
		readonly results: readonly unknown[];
		readonly dueAt: number | null;
	};

	private newCourier(): Courier<P> {
		return new (this.around.classes.CourierClass ?? Courier)<P>(this.sender());
	}
}

export class SimulatedPartition extends Simulated<PartitionEngine, OutboxParcel, Command> {
	constructor(
		name: string,
		tag: string,
		around: Around,
		readonly queue: string,
		/** Of the queue: one that was deleted and made again is another. */
		readonly generation: number,
	) {
		super(name, tag, around);
	}

	get tick(): Command | undefined {
		const { queue } = this.engine;
		return queue && { kind: 'tick', queue };
	}

	owed(): Iterable<string> {
		return this.engine.owedTargets;
	}

	protected migrate(): void {
		migrate(this.database, partitionMigrations);
	}

	protected make(): PartitionEngine {
		return new (this.around.classes.Partition ?? PartitionEngine)(this.database, this.tag);
	}

	protected commitOn(commands: readonly Command[]) {
		return this.engine.commit(commands, [], this.around.now);
	}

	protected sender(): Sender<OutboxParcel> {
		const run = (command: Command) => this.around.run(this, command);
		return { ...this.around.waysOf(this), ...outboxOf(() => this.engine, run) };
	}
}

export class SimulatedTopic extends Simulated<TopicEngine, TopicParcel, TopicCommand> {
	get tick(): TopicCommand | undefined {
		const { topic } = this.engine;
		return topic && { kind: 'tick', topic };
	}

	owed(): Iterable<string> {
		return this.engine.owed();
	}

	/** Its subscriptions as memory has them, cursors and all, which rows may be behind. */
	readers(engine: TopicEngine = this.engine): ReadonlyMap<string, Reader> {
		return (engine as unknown as { readonly memory: TopicMemory }).memory.readers;
	}

	protected migrate(): void {
		migrate(this.database, topicMigrations);
	}

	protected make(): TopicEngine {
		return new (this.around.classes.Topic ?? TopicEngine)(this.database, this.tag);
	}

	protected commitOn(commands: readonly TopicCommand[]) {
		return this.engine.commit(commands, this.around.now);
	}

	protected sender(): Sender<TopicParcel> {
		const topic = () => this.engine.topic as Topic;
		const run = (command: TopicCommand) => this.around.run(this, command);
		return {
			...this.around.waysOf(this),
			owed: () => this.engine.owed(),
			parcelFor: (subscription) => this.engine.parcelFor(subscription),
			setRoute: async (parcel, route) => (await run({ kind: 'route', topic: topic(), parcel, route })) as boolean,
			setTaken: async (parcel, positions) => void (await run({ kind: 'passed', topic: topic(), parcel, positions })),
			giveBack: async (parcel) => (await run({ kind: 'skipTerm', topic: topic(), parcel })) as boolean,
			paceMs: () => this.around.paceMs,
		};
	}
}
