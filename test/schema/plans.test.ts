import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { Database, migrate, type Sql, type SqlBinding } from '../../durable-objects/database';
import type { Command } from '../../durable-objects/engine/commands';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { NewMessage, ReceivedMessage } from '../../durable-objects/protocol';
import { partitionMigrations } from '../../migrations/partition';
import { queueOf } from '../engine/queue';

/** Remembers the text of every statement that is executed. */
class Recorder implements Sql {
	readonly statements = new Set<string>();

	constructor(private readonly sql: Sql) {}

	get databaseSize(): number {
		return this.sql.databaseSize;
	}

	exec(query: string, ...bindings: SqlBinding[]) {
		this.statements.add(query);
		return this.sql.exec(query, ...bindings);
	}
}

const message = (body: string, rest: Partial<NewMessage> = {}): NewMessage => ({ body, size: body.length, ...rest });

/** A little of everything that traffic does; control operations and figures are left out. */
function traffic(engine: PartitionEngine): void {
	const queue = queueOf('orders', { maxReceives: 2 }, 0);
	const run = (now: number, ...commands: Command[]) => engine.commit(commands, [], now).results;
	const receive = (now: number, max: number) =>
		run(now, { kind: 'receive', queue, command: { max, consumer: 'c' } })[0] as ReceivedMessage[];
	const messages = [
		message('a', { dedupId: 'a' }),
		message('b', { delayMs: 500 }),
		...['k', 'k', 'l', 'k'].map((key) => message(key, { key })),
		message('later', { key: 'm', delayMs: 500 }),
		message('urgent', { priority: 9 }),
	];
	run(1_000, { kind: 'publish', queue, messages });
	const first = receive(1_000, 3);
	receive(1_000, 10);
	const [acked, retried, extended] = first as [ReceivedMessage, ReceivedMessage, ReceivedMessage];
	const extend = [{ ...extended, visibilityTimeoutMs: 1_000 }];
	run(1_001, { kind: 'settle', queue, command: { ack: [acked], retry: [retried], extend } });
	for (let now = 40_000; now < 400_000; now += 40_000) receive(now, 10);
	run(400_000, { kind: 'tick', queue });
}

it('the statements of traffic use their keys: no scan of a log, no sort', async () => {
	const plans = await runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, state) => {
		const recorder = new Recorder(state.storage.sql);
		const database = new Database(recorder);
		migrate(database, partitionMigrations);
		const engine = new PartitionEngine(database, 'tag');
		recorder.statements.clear();
		traffic(engine);
		return [...recorder.statements].sort().map((statement) => {
			const bindings = new Array<null>(statement.split('?').length - 1).fill(null);
			const plan = state.storage.sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${statement}`, ...bindings).toArray();
			return `${statement.replaceAll(/\s+/g, ' ')}\n${plan.map((step) => `\t${step.detail}\n`).join('')}`;
		});
	});
	await expect(plans.join('\n')).toMatchFileSnapshot('./plans.golden.txt');
	// Asking for any one row at all reads one row.
	const others = plans.filter((plan) => !plan.startsWith('SELECT 1 FROM dedup LIMIT 1'));
	expect(others.filter((plan) => /\t(SCAN (?!CONSTANT|json)|USE TEMP B-TREE)/.test(plan))).toEqual([]);
});
