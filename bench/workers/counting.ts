import type { Env } from '../../durable-objects/env';
import { Partition } from '../../durable-objects/partition';
import { isRefusal, partitionObjectName } from '../../durable-objects/protocol';
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

const BILLED = /^\/bench\/billed\/([\w-]+)$/;

/** Sluice, and `GET /bench/billed/{queue}`: what the queue's first partition was billed. */
export default {
	async fetch(request, env, context) {
		const [, name] = BILLED.exec(new URL(request.url).pathname) ?? [];
		if (name === undefined) return sluice.fetch(request, env, context);
		const queue = await env.CATALOG.getByName('catalog').getQueue(name);
		if (isRefusal(queue)) return Response.json(queue, { status: 404 });
		const partitions = env.PARTITION as unknown as DurableObjectNamespace<CountingPartition>;
		return Response.json(await partitions.getByName(partitionObjectName(queue, 0)).billed());
	},
} satisfies ExportedHandler<Env>;
