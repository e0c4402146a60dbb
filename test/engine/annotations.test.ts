import { expect, test } from 'vitest';
import { type Command, DEFERRED } from '../../durable-objects/engine/commands';
import { annotationBytes, LIMITS, type NewMessage, type ReceivedMessage } from '../../durable-objects/protocol';
import { atDesk, type Desk, numbered, publishing, receiving, text } from './bounds';
import { World } from './world';

const epoch = Date.UTC(2030, 0, 1);
const annotations = { 'a name': 'ä "value"', b: '' };
const annotated = text('body', { annotations, attributes: { a: 'other' }, size: 64 });

type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'queue'> : never) : never;

async function ask<Result>(world: World, name: string, asked: Ask): Promise<Result> {
	const { queue } = world.partition(name);
	const [result] = await world.commit(name, [{ queue, ...asked } as Command]);
	await world.settle();
	return result as Result;
}

function receive(world: World, name: string): Promise<ReceivedMessage[]> {
	return ask(world, name, { kind: 'receive', command: { max: 10, consumer: 'w', visibilityTimeoutMs: 1_000 } });
}

/** Fails it until it is a dead letter: handed back, and by the end of its lease, with a restart before each. */
async function bury(world: World, name: string): Promise<ReceivedMessage[]> {
	const seen: ReceivedMessage[] = [];
	for (let attempt = 1; attempt <= world.partition(name).queue.settings.maxReceives; attempt++) {
		await world.restart();
		const messages = await receive(world, name);
		seen.push(...messages);
		const retry = attempt % 2 === 0 ? [] : messages.map((message) => ({ ...message, delayMs: 500 }));
		await ask(world, name, { kind: 'settle', command: { ack: [], retry, extend: [] } });
		await world.advance(world.now + 1_000);
	}
	return seen;
}

const ways: readonly { readonly title: string; readonly message: NewMessage }[] = [
	{ title: 'a message', message: annotated },
	{ title: 'a delayed message', message: { ...annotated, delayMs: 1_000 } },
	{ title: 'a delayed message with a key', message: { ...annotated, key: 'k', delayMs: 1_000 } },
	{
		title: 'a message with everything',
		message: { ...annotated, encoding: 'base64', dedupId: 'd', ttlMs: 86_400_000 },
	},
];

test.each(ways)('$title keeps its annotations from retry to expiry, as a dead letter and back', async ({ message }) => {
	const world = new World(epoch);
	await ask(world, 'a', { kind: 'publish', messages: [message] });
	expect(await ask(world, 'a', { kind: 'browse', command: { after: 0, limit: 10 } })).toMatchObject({
		messages: [{ annotations }],
	});
	await world.advance(epoch + 1_000);
	expect((await bury(world, 'a')).map((one) => one.annotations)).toEqual(Array(5).fill(annotations));
	await world.restart();
	await ask(world, 'a-dlq', { kind: 'redrive', command: { id: 'r', to: null, ids: null, ratePerSecond: null } });
	expect(await receive(world, 'a')).toMatchObject([{ annotations, attributes: { a: 'other' }, attempt: 1 }]);
});

test('what a redrive cannot deliver comes back with its annotations', async () => {
	const world = new World(epoch);
	await ask(world, 'a', { kind: 'publish', messages: [annotated] });
	await bury(world, 'a');
	world.missing.add('gone');
	await ask(world, 'a-dlq', { kind: 'redrive', command: { id: 'r', to: 'gone', ids: null, ratePerSecond: null } });
	expect(await receive(world, 'a-dlq')).toMatchObject([{ annotations, deadLetter: { queue: 'a' } }]);
});

test('copies have the annotations of what was published, and the mark of their subscription, to the end', async () => {
	const world = new World(epoch);
	await world.subscribe('news', { name: 'marked', queue: 'a', mark: 'm 1' });
	await world.subscribe('news', { name: 'plain', queue: 'b' });
	const { topic } = world.topic('news');
	await world.commitTopic('news', [{ kind: 'publish', topic, messages: [annotated] }]);
	await world.settle();
	expect(await receive(world, 'b')).toMatchObject([{ annotations }]);

	const copies = await bury(world, 'a');
	const copyOf = { topic: 'news', id: 'topic/news-1', mark: 'm 1' };
	expect(copies.map((copy) => [copy.annotations, copy.copyOf])).toEqual(Array(5).fill([annotations, copyOf]));
	expect(await receive(world, 'a-dlq')).toMatchObject([{ annotations, copyOf }]);
	await world.advance(world.now + 1_000);
	await ask(world, 'a-dlq', { kind: 'redrive', command: { id: 'r', to: null, ids: null, ratePerSecond: null } });
	expect(await receive(world, 'a')).toMatchObject([{ annotations, copyOf }]);
});

test('another mark counts for messages from then on; replays have the mark of now', async () => {
	const world = new World(epoch);
	const publish = (body: string) => {
		const { topic } = world.topic('news');
		return world.commitTopic('news', [{ kind: 'publish', topic, messages: [text(body)] }]);
	};
	await world.subscribe('news', { name: 's', queue: 'a' });
	await publish('first');
	await world.subscribe('news', { name: 's', queue: 'a', mark: 'm' });
	await publish('second');
	await world.restart();
	await world.subscribe('news', { name: 's', queue: 'a', mark: 'n' });
	await publish('third');
	await world.settle();
	const marks = async () => (await receive(world, 'a')).map(({ body, copyOf }) => [body, copyOf?.mark]);
	expect(await marks()).toEqual([
		['first', undefined],
		['second', 'm'],
		['third', 'n'],
	]);
	await world.seek('news', 's', { from: 'sequence', sequence: 2 });
	await world.settle();
	expect(await marks()).toEqual([
		['second', 'n'],
		['third', 'n'],
	]);
});

test('a handover publishes annotations, to a queue and to a topic', async () => {
	const world = new World(epoch);
	await world.subscribe('news', { name: 's', queue: 'c' });
	await ask(world, 'a', { kind: 'publish', messages: [text('input')] });
	const ack = await receive(world, 'a');
	const publish = ['b', 'topic/news'].map((to) => ({ to, messages: [annotated] }));
	const command = { ack, retry: [], extend: [], handovers: [{ acks: [0], publish }] };
	await ask(world, 'a', { kind: 'settle', command });
	for (const name of ['b', 'c']) expect(await receive(world, name)).toMatchObject([{ annotations }]);
});

function head(desk: Desk): string {
	return desk.first<{ heads: string }>('SELECT heads FROM segment')?.heads ?? '';
}

test('what has no annotations stores none, nor answers any', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('plain'))]);
		expect(head(desk)).toBe('[5]');
		expect(JSON.stringify(desk.receive(1))).not.toContain('annotations');
	}));

test('annotations count in what one receive and one commit hand out', () =>
	atDesk({}, (desk) => {
		const large = { a: 'x'.repeat(LIMITS.messageAnnotationBytes - 100) };
		const message = text('', { annotations: large, size: annotationBytes(large) });
		const [most, all] = [LIMITS.receiveBytes, LIMITS.commitUnits].map((bound) => Math.ceil(bound / message.size));
		desk.commit([publishing(...numbered(LIMITS.batchMessages, () => message))]);
		const { results } = desk.commit(numbered(3, () => receiving(LIMITS.batchMessages)));
		const [first, second, third] = results as ReceivedMessage[][];
		expect(first).toHaveLength(most as number);
		expect(second).toHaveLength((all as number) - (most as number));
		expect(third).toBe(DEFERRED);
	}));

/** Bytes of the longest row of a table, as SQLite stores it. */
function longestRow(desk: Desk, table: string, ...columns: readonly string[]): number {
	const bytes = columns.map((column) => `length(CAST(${column} AS BLOB))`).join(' + ');
	return desk.first<{ bytes: number | null }>(`SELECT max(${bytes}) AS bytes FROM ${table}`)?.bytes ?? 0;
}

test('the largest message there can be fits a row, wherever it stands', () =>
	atDesk({ maxReceives: 2 }, (desk) => {
		const attributes = { a: '\u0001'.repeat(LIMITS.attributeBytes - 1) };
		const units = Math.floor((LIMITS.messageAnnotationBytes - '{"a":""}'.length) / 6);
		const large = { a: '\u0001'.repeat(units) };
		expect(new TextEncoder().encode(JSON.stringify(large)).byteLength).toBeGreaterThan(
			LIMITS.messageAnnotationBytes - 6,
		);
		const decoded = LIMITS.messageBytes - LIMITS.attributeBytes - annotationBytes(large);
		const body = 'A'.repeat(4 * Math.ceil(decoded / 3));
		const key = '\u0001'.repeat(LIMITS.keyLength);
		const dedupId = '\u0001'.repeat(LIMITS.dedupIdLength);
		const message: NewMessage = {
			...{ body, encoding: 'base64', attributes, annotations: large, key, dedupId },
			size: LIMITS.messageBytes,
		};
		desk.commit([publishing(message)]);
		expect(longestRow(desk, 'segment', 'heads', 'bodies')).toBeGreaterThan(1_900_000);
		const reason = '\u0001'.repeat(LIMITS.reasonLength);
		for (let attempt = 1; attempt <= 2; attempt++) {
			const retry = desk.receive(1).map((one) => ({ ...one, delayMs: 0, reason }));
			expect(retry).toHaveLength(1);
			desk.commit([{ kind: 'settle', command: { ack: [], retry, extend: [] } }]);
			if (attempt === 1) expect(longestRow(desk, 'straggler', 'head', 'body', 'failures')).toBeGreaterThan(1_900_000);
		}
		expect(longestRow(desk, 'outbox', 'heads', 'bodies')).toBeLessThan(2_000_000);
		expect(desk.site.engine.parcelFor('orders-dlq').parcel?.messages).toMatchObject([{ annotations: large, body }]);
	}));
