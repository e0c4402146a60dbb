import type { Env } from '../../durable-objects/env';
import { Partition } from '../../durable-objects/partition';
import { isRefusal, partitionObjectName, topicObjectName } from '../../durable-objects/protocol';
import { TopicPartition } from '../../durable-objects/topic';
import sluice from '../../src/index';
import type { Billed } from './billed';

export { Catalog } from '../../src/index';

/**
 * The real partition, counted from outside: at the storage that it is given, not in its own code, so that no
 * statement can be forgotten.
 */
export class CountingPartition extends Partition {
	private readonly bill: Bill;

	constructor(ctx: DurableObjectState, env: Env) {
		const bill = new Bill(ctx.storage);
		super(ctx, env);
		this.bill = bill;
	}

	billed(): Billed {
		return this.bill.total();
	}
}

/** The same of a topic. */
export class CountingTopic extends TopicPartition {
	private readonly bill: Bill;

	constructor(ctx: DurableObjectState, env: Env) {
		const bill = new Bill(ctx.storage);
		super(ctx, env);
		this.bill = bill;
	}

	billed(): Billed {
		return this.bill.total();
	}
}

class Bill {
	private rowsWritten = 0;
	private rowsRead = 0;
	private alarmsSet = 0;
	/** A cursor knows what it read when it has been drained: before the next statement. */
	private open: SqlStorageCursor<Record<string, SqlStorageValue>> | undefined;

	constructor(storage: DurableObjectStorage) {
		const exec = storage.sql.exec.bind(storage.sql);
		storage.sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]) => {
			this.close();
			const cursor = exec<T>(query, ...bindings);
			this.open = cursor;
			return cursor;
		};
		const setAlarm = storage.setAlarm.bind(storage);
		storage.setAlarm = (at, options) => {
			this.alarmsSet++;
			return setAlarm(at, options);
		};
	}

	total(): Billed {
		this.close();
		const { rowsWritten, rowsRead, alarmsSet } = this;
		return { rowsWritten: rowsWritten + alarmsSet, rowsRead, alarmsSet };
	}

	private close(): void {
		this.rowsWritten += this.open?.rowsWritten ?? 0;
		this.rowsRead += this.open?.rowsRead ?? 0;
		this.open = undefined;
	}
}

const BILLED = /^\/bench\/billed\/(queues|topics)\/([\w-]+)$/;

/** Sluice, and `GET /bench/billed/queues/{queue}` or `/topics/{topic}`: what its first partition was billed. */
export default {
	async fetch(request, env, context) {
		const [, kind, name] = BILLED.exec(new URL(request.url).pathname) ?? [];
		if (name === undefined) return sluice.fetch(request, env, context);
		const catalog = env.CATALOG.getByName('catalog');
		if (kind === 'topics') {
			const topic = await catalog.getTopic(name);
			if (isRefusal(topic)) return Response.json(topic, { status: 404 });
			const topics = env.TOPIC as unknown as DurableObjectNamespace<CountingTopic>;
			return Response.json(await topics.getByName(topicObjectName(topic, 0)).billed());
		}
		const queue = await catalog.getQueue(name);
		if (isRefusal(queue)) return Response.json(queue, { status: 404 });
		const partitions = env.PARTITION as unknown as DurableObjectNamespace<CountingPartition>;
		return Response.json(await partitions.getByName(partitionObjectName(queue, 0)).billed());
	},
} satisfies ExportedHandler<Env>;
