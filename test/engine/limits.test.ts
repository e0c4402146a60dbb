import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { type Command, DEFERRED } from '../../durable-objects/engine/commands';
import {
	type CarriedMessage,
	type DeliveryResult,
	LIMITS,
	type NewMessage,
	type Queue,
	type QueueSettings,
	type ReceivedMessage,
	type Refusal,
} from '../../durable-objects/protocol';
import { queueOf } from './queue';
import { Site } from './site';

type Asked = Command extends infer One ? (One extends Command ? Omit<One, 'queue'> : never) : never;

/** A partition of one queue, on rows of its own. */
class Bench {
	queue: Queue;
	now = Date.UTC(2030, 0, 1);

	constructor(
		readonly site: Site,
		settings: Partial<QueueSettings>,
	) {
		this.queue = queueOf('orders', settings, this.now);
	}

	commit(...asked: Asked[]) {
		const commands = asked.map((command) => ({ ...command, queue: this.queue }) as Command);
		return this.site.transaction((engine) => engine.commit(commands, [], this.now));
	}

	publish(...messages: NewMessage[]): void {
		this.commit({ kind: 'publish', messages });
	}

	receive(max: number): ReceivedMessage[] {
		const [messages] = this.commit({ kind: 'receive', command: { max, consumer: 'test' } }).results;
		return messages as ReceivedMessage[];
	}

	count(sql: string): number {
		return this.site.database.first<{ n: number }>(sql)?.n ?? 0;
	}
}

function onBench(settings: Partial<QueueSettings>, run: (bench: Bench) => void): Promise<void> {
	return runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, state) =>
		run(new Bench(new Site(state.storage, 'tag'), settings)),
	);
}

const message = (body: string, rest: Partial<NewMessage> = {}): NewMessage => ({ body, size: body.length, ...rest });
const carried = (courierPosition: number, rest: Partial<CarriedMessage> = {}): CarriedMessage => ({
	...message('a'),
	id: `other-${courierPosition}`,
	publishedAt: 0,
	courierPosition,
	...rest,
});

it('one commit hands out no more bytes than memory can hold; the other receives wait for the next one', () =>
	onBench({}, (bench) => {
		const body = 'x'.repeat(1_000_000);
		for (let i = 0; i < 40; i++) bench.publish(message(body));
		const receive = { kind: 'receive', command: { max: 100, consumer: 'test' } } as const;
		const { results } = bench.commit(receive, receive, receive, receive);
		const served = results.filter((result) => result !== DEFERRED) as ReceivedMessage[][];
		const units = served.flat().reduce((sum, { body }) => sum + body.length, 0);
		expect(served.length).toBeGreaterThan(0);
		expect(results.length - served.length).toBeGreaterThan(0);
		expect(units).toBeLessThanOrEqual(LIMITS.commitUnits + body.length);
		let rest = served.flat().length;
		for (let messages = bench.receive(100); messages.length > 0; messages = bench.receive(100)) rest += messages.length;
		expect(rest).toBe(40);
	}));

it('a keyed message that is delayed, and that nobody has met yet, names the instant at which it wakes a waiter', () =>
	onBench({}, (bench) => {
		bench.publish(message('a', { key: 'k', delayMs: 5_000 }));
		expect(bench.commit().visibleAt).toBe(bench.now + 5_000);
		expect(bench.site.engine.available(bench.now + 4_999)).toBe(0);
		expect(bench.site.engine.available(bench.now + 5_000)).toBeGreaterThan(0);
	}));

it('a sweep that its bound cuts short goes on at once, until all that is over is gone', () =>
	onBench({ dedupWindowMs: 60_000 }, (bench) => {
		const ids = LIMITS.sweptRows + 500;
		for (let from = 0; from < ids; from += 100) {
			bench.publish(...Array.from({ length: 100 }, (_, i) => message('a', { dedupId: `${from + i}` })));
		}
		bench.commit({ kind: 'purge' });
		let ticks = 0;
		for (let { dueAt } = bench.commit(); dueAt !== null && ticks < 10; { dueAt } = bench.commit({ kind: 'tick' })) {
			bench.now = Math.max(bench.now, dueAt);
			ticks++;
		}
		expect(bench.count('SELECT count(*) AS n FROM dedup')).toBe(0);
		expect(ticks).toBeLessThan(10);
	}));

it('burials that no receive asked for are bounded per commit, and go on', () =>
	onBench({ maxReceives: 1, deadLetter: 'orders-dlq' }, (bench) => {
		for (let i = 0; i < 3; i++) {
			bench.publish(...Array.from({ length: 100 }, () => message('a')));
			bench.receive(100);
		}
		bench.now += 30_000;
		const owed = 'SELECT coalesce(sum(span), 0) AS n FROM outbox';
		const { dueAt } = bench.commit({ kind: 'tick' });
		expect(bench.count(owed)).toBe(LIMITS.buriedMessages);
		expect(dueAt).toBeLessThanOrEqual(bench.now);
		bench.commit({ kind: 'tick' });
		bench.commit({ kind: 'tick' });
		expect(bench.count(owed)).toBe(300);
	}));

it('a delivery is taken as far as there is room, and the rest when there is again', () =>
	onBench({ maxBacklog: 3 }, (bench) => {
		const delivery = { source: 'other', messages: [1, 2, 3, 4, 5].map((position) => carried(position)) };
		const deliver = () => bench.commit({ kind: 'deliver', delivery }).results[0] as DeliveryResult;
		expect(deliver()).toMatchObject({ taken: 3, refusal: { refused: 'backlog_full' } });
		expect(deliver()).toMatchObject({ taken: 3, refusal: { refused: 'backlog_full' } });
		const ack = bench.receive(10);
		expect(ack.map(({ id }) => id)).toEqual(['other-1', 'other-2', 'other-3']);
		bench.commit({ kind: 'settle', command: { ack, retry: [], extend: [] } });
		expect(deliver()).toEqual({ taken: 5 });
		expect(bench.receive(10).map(({ id }) => id)).toEqual(['other-4', 'other-5']);
	}));

it('what was redriven to a queue that is gone comes back as the dead letter it was', () =>
	onBench({}, (bench) => {
		const deadLetter = { queue: 'gone', sequence: 7, publishedAt: 0, buriedAt: 1, attempts: 5, failures: [] };
		bench.commit({ kind: 'deliver', delivery: { source: 'other', messages: [carried(1, { deadLetter })] } });
		bench.commit({ kind: 'redrive', command: { to: null, ids: null, ratePerSecond: null } });
		const { parcel } = bench.site.engine.parcelFor('gone');
		expect(parcel?.messages).toHaveLength(1);
		expect(bench.receive(10)).toEqual([]);
		if (parcel !== undefined) bench.commit({ kind: 'giveBack', parcel });
		expect(bench.receive(10)).toMatchObject([{ id: 'other-1', deadLetter }]);
		expect([...bench.site.engine.owedQueues]).toEqual([]);
	}));

it('rows stay below 2 MB, however much JSON makes of attributes', () =>
	onBench({}, (bench) => {
		const attributes = { control: '\u0001'.repeat(LIMITS.attributeBytes - 7) };
		const size = LIMITS.attributeBytes + 1;
		bench.publish(...Array.from({ length: 15 }, () => message('a', { attributes, size })));
		const widest = (table: string) =>
			bench.count(`SELECT max(length(CAST(heads AS BLOB)) + length(CAST(bodies AS BLOB))) AS n FROM ${table}`);
		expect(widest('segment')).toBeLessThan(2_000_000);
		bench.commit({ kind: 'redrive', command: { to: 'other', ids: null, ratePerSecond: null } });
		expect(bench.count('SELECT sum(span) AS n FROM outbox')).toBe(15);
		expect(widest('outbox')).toBeLessThan(2_000_000);
	}));

it('a seal that was sent before an unseal comes too late', () =>
	onBench({}, (bench) => {
		const before = bench.queue;
		bench.queue = { ...before, version: before.version + 1 };
		bench.commit({ kind: 'unseal' });
		bench.queue = before;
		expect(bench.commit({ kind: 'seal' }).results[0] as Refusal).toMatchObject({ refused: 'settings_stale' });
		bench.publish(message('a'));
		expect(bench.receive(1)).toHaveLength(1);
	}));

it('a sealed partition wants no alarm', () =>
	onBench({ dedupWindowMs: 1 }, (bench) => {
		bench.publish(message('a', { dedupId: 'a' }));
		bench.commit({ kind: 'purge' });
		bench.now += 1_000;
		expect(bench.commit({ kind: 'seal' }).results[0]).toBeNull();
		expect(bench.commit().dueAt).toBeNull();
	}));

it('who waits is served before who comes', () =>
	onBench({}, (bench) => {
		const receive = { kind: 'receive', queue: bench.queue, command: { max: 1, consumer: 'comes' } } as const;
		const publish = { kind: 'publish', queue: bench.queue, messages: [message('a')] } as const;
		const waits = [{ max: 1, consumer: 'waits' }];
		const commit = bench.site.transaction((engine) => engine.commit([publish, receive], waits, bench.now));
		expect(commit.served).toHaveLength(1);
		expect(commit.results[1]).toEqual([]);
	}));
