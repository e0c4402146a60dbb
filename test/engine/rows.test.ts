import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { Database, migrate, type Sql, type SqlBinding } from '../../durable-objects/database';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { Lease, ReceiveCommand, ReceivedMessage } from '../../durable-objects/protocol';
import { partitionMigrations } from '../../migrations/partition';
import { queueOf } from './queue';
import { listed } from './site';

const epoch = Date.UTC(2030, 0, 1);
const stepMs = 5;

/** Counts at the storage itself, so that no statement is forgotten: what Cloudflare would bill. */
class CountingSql implements Sql {
	rowsWritten = 0;

	constructor(private readonly sql: Sql) {}

	get databaseSize(): number {
		return this.sql.databaseSize;
	}

	exec(query: string, ...bindings: SqlBinding[]) {
		const cursor = this.sql.exec(query, ...bindings);
		const rows = cursor.toArray();
		this.rowsWritten += cursor.rowsWritten;
		return { toArray: () => rows, rowsWritten: cursor.rowsWritten };
	}
}

/** An engine without its shell: no alarm is counted. One is set per queue and minute, not per message. */
class Bench {
	finished = 0;
	private readonly queue = queueOf('bench', {}, epoch);
	private readonly database: Database;
	private readonly engine: PartitionEngine;
	private now = epoch;

	constructor(
		private readonly storage: DurableObjectStorage,
		private readonly sql: CountingSql,
	) {
		this.database = new Database(sql);
		storage.transactionSync(() => migrate(this.database, partitionMigrations));
		this.engine = new PartitionEngine(this.database, 'bench');
	}

	/** Each list of messages is one request; all of them share one commit. */
	publish(requests: readonly (readonly { key?: string }[])[]): void {
		const { queue } = this;
		this.commit(
			requests.map((messages) => ({
				kind: 'publish',
				queue,
				messages: messages.map((message) => ({ ...message, body: 'x'.repeat(256), size: 256 })),
			})),
		);
	}

	/** So many receives of so many messages, in one commit: what each got. */
	receive(receives: number, max: number, options: Partial<ReceiveCommand> = {}): ReceivedMessage[][] {
		const { queue } = this;
		const command = { kind: 'receive', queue, command: { max, consumer: 'bench', ...options } } as const;
		const results = this.commit(Array.from({ length: receives }, () => command));
		return results.map((result) => listed('bench', result)) as ReceivedMessage[][];
	}

	/** Each list of leases is one request; all of them share one commit. */
	acknowledge(requests: readonly (readonly Lease[])[]): void {
		const { queue } = this;
		this.commit(requests.map((ack) => ({ kind: 'settle', queue, command: { ack, retry: [], extend: [] } })));
		for (const leases of requests) this.finished += leases.length;
	}

	/** Rows written per message that was finished while `play` ran; what is written once per queue comes before. */
	perMessage(play: () => void): number {
		this.publish([[{ key: 'first' }]]);
		this.acknowledge(this.receive(1, 1));
		const rowsBefore = this.sql.rowsWritten;
		this.finished = 0;
		play();
		expect(this.database.rowsWritten).toBe(this.sql.rowsWritten);
		return (this.sql.rowsWritten - rowsBefore) / this.finished;
	}

	private commit(commands: Parameters<PartitionEngine['commit']>[0]): readonly unknown[] {
		this.now += stepMs;
		return this.storage.transactionSync(() => this.engine.commit(commands, [], this.now)).results;
	}
}

function rowsOf(what: string, atMost: number, play: (bench: Bench) => void): void {
	test(`${what}: at most ${atMost} rows a message`, async () => {
		const rows = await runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, { storage }) => {
			const bench = new Bench(storage, new CountingSql(storage.sql));
			return bench.perMessage(() => play(bench));
		});
		expect(rows).toBeGreaterThan(0);
		expect(rows).toBeLessThanOrEqual(atMost);
	});
}

const cycles = 200;
const batch = (size: number, key?: () => string) =>
	Array.from({ length: size }, () => (key === undefined ? {} : { key: key() }));

function alone(size: number): (bench: Bench) => void {
	return (bench) => {
		for (let cycle = 0; cycle < cycles; cycle++) {
			bench.publish([batch(size)]);
			bench.acknowledge(bench.receive(1, size));
		}
	};
}

rowsOf('batch 1, alone', 4, alone(1));
rowsOf('batch 10', 0.6, alone(10));
rowsOf('batch 100', 0.06, alone(100));

// What a group commit makes of 32 clients: the first goes alone, the others while that is being made durable.
rowsOf('batch 1, 32 clients at a time', 1, (bench) => {
	for (let cycle = 0; cycle < cycles; cycle++) {
		bench.publish([batch(1)]);
		bench.publish(Array.from({ length: 31 }, () => batch(1)));
		const [first = [], ...others] = [...bench.receive(1, 1), ...bench.receive(31, 1)];
		bench.acknowledge([first]);
		bench.acknowledge(others);
	}
});

/** The same numbers in every run. */
function keysAtRandom(keys: number): () => string {
	let seed = 1;
	return () => {
		seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
		return `key-${(seed >>> 8) % keys}`;
	};
}

/** Four consumers by turns, each acknowledges after the three others have received. */
rowsOf('batch 10 of 10,000 keys at random', 1, (bench) => {
	const key = keysAtRandom(10_000);
	const held: ReceivedMessage[][] = [];
	for (let cycle = 0; cycle < cycles; cycle++) {
		bench.publish([batch(10, key)]);
		held.push(...bench.receive(1, 10));
		if (held.length === 4) bench.acknowledge(held.splice(0, 1));
	}
	for (const messages of held) bench.acknowledge([messages]);
});

/** Two consumers of one key by turns: while one holds its head, the other gets nothing. */
rowsOf('batch 10 of one hot key, two consumers', 2, (bench) => {
	for (let cycle = 0; cycle < cycles; cycle++) {
		bench.publish([batch(10, () => 'hot')]);
		const [mine = []] = bench.receive(1, 10);
		const [others = []] = bench.receive(1, 10);
		bench.publish([batch(10, () => 'hot')]);
		bench.acknowledge([mine]);
		if (others.length > 0) bench.acknowledge([others]);
		bench.acknowledge(bench.receive(1, 10));
	}
});

/** The same with a key per second message that nobody blocks: the hot key must not cost the others a row each. */
rowsOf('batch 10, half of it one hot key, two consumers', 2, (bench) => {
	let count = 0;
	const key = () => (count++ % 2 === 0 ? 'hot' : `key-${count}`);
	const held: ReceivedMessage[][] = [];
	for (let cycle = 0; cycle < cycles; cycle++) {
		bench.publish([batch(10, key)]);
		held.push(...bench.receive(1, 10).filter((messages) => messages.length > 0));
		if (held.length === 2) bench.acknowledge(held.splice(0, 1));
	}
	for (const messages of held) bench.acknowledge([messages]);
});

/** Filled key by key, by two consumers in turn: a key that is passed over costs a row for a while. */
function keyByKey(keys: number, max: number): (bench: Bench) => void {
	return (bench) => {
		const key = keysAtRandom(keys);
		const held: ReceivedMessage[][] = [];
		for (let cycle = 0; cycle < cycles; cycle++) {
			bench.publish([batch(10, key)]);
			for (let received = 0; received < 10; received += max) {
				held.push(...bench.receive(1, max, { keyFirst: true }));
				if (held.length === 2) bench.acknowledge(held.splice(0, 1));
			}
		}
		for (const messages of held) bench.acknowledge([messages]);
	};
}

rowsOf('batch 10 of 10,000 keys at random, key by key', 1, keyByKey(10_000, 10));
rowsOf('the same, received by 5', 2, keyByKey(10_000, 5));
rowsOf('batch 10 of 5 keys at random, key by key by 5', 2, keyByKey(5, 5));
