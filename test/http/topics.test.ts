import { describe, expect, it } from 'vitest';
import { TopicAnswer, TopicDeleteAnswer, TopicListAnswer } from '../../src/schemas/topics';
import {
	ask,
	getTopic,
	good,
	newName,
	newQueue,
	newTopic,
	publishBatch,
	publishTo,
	receive,
	receiveAll,
	refused,
	subscribe,
} from './client';

const DEFAULTS = { partitions: 1, retentionSeconds: 86_400, dedupWindowSeconds: 300, location: null };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Another value than the default for each setting, and values that it refuses. */
const SETTINGS: readonly { field: keyof typeof DEFAULTS; other: unknown; wrong: readonly unknown[] }[] = [
	{ field: 'partitions', other: 3, wrong: [0, 65, 1.5, '3', null] },
	{ field: 'retentionSeconds', other: 31_536_000, wrong: [59, 31_536_001, '60'] },
	{ field: 'dedupWindowSeconds', other: 0, wrong: [-1, 2_592_001] },
	{ field: 'location', other: 'weur', wrong: ['mars', ''] },
];

describe('PUT creates', () => {
	it('with documented defaults, 201 the first time and 200 the second', async () => {
		const name = newName();
		const first = await ask('PUT', `/v1/topics/${name}`);
		expect(first.status).toBe(201);
		expect(good(TopicAnswer, first)).toMatchObject({ name, settings: DEFAULTS });
		const second = await ask('PUT', `/v1/topics/${name}`, { json: {} });
		expect(second).toMatchObject({ status: 200, body: first.body });
	});

	it('a topic beside a queue of the same name', async () => {
		const name = await newQueue();
		expect((await ask('PUT', `/v1/topics/${name}`)).status).toBe(201);
		await publishTo(name, 'a');
		expect(await receive(name)).toEqual([]);
	});

	it.each(SETTINGS)('with the setting $field', async ({ field, other, wrong }) => {
		const name = await newTopic({ [field]: other });
		expect((await getTopic(name)).settings).toEqual({ ...DEFAULTS, [field]: other });
		for (const value of wrong) {
			const problem = await refused('PUT', `/v1/topics/${newName()}`, { json: { [field]: value } });
			expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#/${field}` });
		}
	});

	it('nothing with a setting that only queues have', async () => {
		const problem = await refused('PUT', `/v1/topics/${newName()}`, { json: { maxReceives: 1 } });
		expect(problem).toMatchObject({ status: 400, pointer: '#/maxReceives' });
	});
});

describe('PUT changes', () => {
	it('how long messages and dedupIds are kept; what it leaves out gets its default', async () => {
		const name = await newTopic({ retentionSeconds: 60 });
		const { version } = await getTopic(name);
		await ask('PUT', `/v1/topics/${name}`, { json: { dedupWindowSeconds: 10 } });
		const changed = await getTopic(name);
		expect(changed.settings).toEqual({ ...DEFAULTS, dedupWindowSeconds: 10 });
		expect(changed.version).toBeGreaterThan(version);
	});

	it.each([{ partitions: 2 }, { location: 'weur' }])('never %j', async (json) => {
		const name = await newTopic();
		const problem = await refused('PUT', `/v1/topics/${name}`, { json });
		expect(problem).toMatchObject({ status: 409, code: 'topic_layout_fixed' });
	});
});

it('GET shows live figures, added up over the partitions', async () => {
	const topic = await newTopic({ partitions: 4 });
	expect((await getTopic(topic)).figures).toMatchObject({
		messages: 0,
		oldestAgeSeconds: null,
		subscriptions: 0,
		lag: 0,
	});
	await subscribe(topic);
	for (let index = 0; index < 8; index++) await publishTo(topic, 'abc', `?key=key-${index}`);
	for (let again = 0; again < 2; again++) await publishTo(topic, 'abc', '?dedupId=1');
	const { figures } = await getTopic(topic);
	expect(figures).toMatchObject({ messages: 9, bytes: 27, published: 9, duplicates: 1, subscriptions: 1 });
	expect(figures.oldestAgeSeconds).toBeGreaterThanOrEqual(0);
	expect(figures.databaseBytes).toBeGreaterThan(0);
});

describe('DELETE', () => {
	it('removes the topic and its messages; one made again under its name starts empty', async () => {
		const topic = await newTopic();
		await publishTo(topic, 'old');
		expect(good(TopicDeleteAnswer, await ask('DELETE', `/v1/topics/${topic}`))).toEqual({ cut: [] });
		for (const [method, path] of [
			['GET', ''],
			['DELETE', ''],
			['POST', '/messages'],
			['GET', '/subscriptions'],
			['GET', '/subscriptions/s'],
			['DELETE', '/subscriptions/s'],
		] as const) {
			expect(await refused(method, `/v1/topics/${topic}${path}`)).toMatchObject({
				status: 404,
				code: 'topic_not_found',
			});
		}
		await ask('PUT', `/v1/topics/${topic}`);
		expect((await getTopic(topic)).figures).toMatchObject({ messages: 0, published: 0 });
	});

	it('of one with subscriptions needs force, and says what it cut', async () => {
		const topic = await newTopic();
		const queues = [await subscribe(topic), await subscribe(topic)].sort();
		expect(await refused('DELETE', `/v1/topics/${topic}`)).toMatchObject({ status: 409, code: 'topic_in_use' });
		expect(await refused('DELETE', `/v1/topics/${topic}?force=yes`)).toMatchObject({ status: 400 });
		const answer = await ask('DELETE', `/v1/topics/${topic}?force=true`);
		expect(good(TopicDeleteAnswer, answer)).toEqual({ cut: queues });
		expect((await ask('DELETE', `/v1/queues/${queues[0]}`)).status).toBe(200);
	});
});

it('GET /v1/topics lists by name, a page at a time', async () => {
	const prefix = newName();
	const names = ['a', 'b', 'c', 'd', 'e'].map((suffix) => `${prefix}-${suffix}`);
	for (const name of names) await ask('PUT', `/v1/topics/${name}`);
	const listed: string[] = [];
	let after: string | null = prefix;
	while (after !== null && listed.length < names.length) {
		const page: { topics: { name: string }[]; next: string | null } = good(
			TopicListAnswer,
			await ask('GET', `/v1/topics?limit=2&after=${after}`),
		);
		expect(page.topics.length).toBeLessThanOrEqual(2);
		listed.push(...page.topics.map(({ name }) => name));
		after = page.next;
	}
	expect(listed.slice(0, names.length)).toEqual(names);
	for (const query of ['limit=0', 'limit=1001', 'after=a%20b', 'before=x']) {
		expect(await refused('GET', `/v1/topics?${query}`)).toMatchObject({ status: 400, code: 'invalid_request' });
	}
});

describe('publishing', () => {
	it('keeps body, content type, attributes, key and traceparent on their way to the queue', async () => {
		const topic = await newTopic();
		const queue = await subscribe(topic);
		const answer = await ask('POST', `/v1/topics/${topic}/messages?key=customer%2042&ttlSeconds=60`, {
			headers: { 'content-type': 'image/png', 'x-sluice-attribute-source': 'web', traceparent: TRACEPARENT },
			body: new Uint8Array([0, 255, 1]),
		});
		expect(answer).toMatchObject({ status: 201, body: { duplicate: false } });
		expect(await receiveAll(queue, 1)).toMatchObject([
			{
				key: 'customer 42',
				body: 'AP8B',
				encoding: 'base64',
				contentType: 'image/png',
				attributes: { source: 'web' },
				traceparent: TRACEPARENT,
				expiresAt: expect.any(String),
				attempt: 1,
			},
		]);
	});

	it('keeps the priority', async () => {
		const topic = await newTopic();
		const queue = await subscribe(topic);
		await publishTo(topic, 'a', '?priority=9');
		expect(await receiveAll(queue, 1)).toMatchObject([{ body: 'a', priority: 9 }]);
	});

	it('accepts a dedupId once: 200 with the first id', async () => {
		const topic = await newTopic({ partitions: 4 });
		const first = await publishTo(topic, 'a', '?dedupId=order-1');
		const again = await ask('POST', `/v1/topics/${topic}/messages?dedupId=order-1`, { body: 'b' });
		expect(again).toMatchObject({ status: 200, body: { ...first, duplicate: true } });
	});

	it('a batch answers each message, across partitions, in order', async () => {
		const topic = await newTopic({ partitions: 8 });
		const queue = await subscribe(topic, { queue: await newQueue({ partitions: 3 }) });
		const messages = Array.from({ length: 100 }, (_, index) => ({ body: `m${index}`, key: `k${index % 20}` }));
		const results = await publishBatch(`/v1/topics/${topic}`, messages);
		const received = await receiveAll(queue, 100);
		const sources = new Map(received.map(({ body, attributes }) => [body, attributes['sluice-source-id']]));
		expect(results).toMatchObject(messages.map(({ body }) => ({ id: sources.get(body), duplicate: false })));
		for (let key = 0; key < 20; key++) {
			const bodies = received.filter((message) => message.key === `k${key}`).map(({ body }) => body);
			expect(bodies).toEqual([0, 20, 40, 60, 80].map((index) => `m${key + index}`));
		}
	});

	it('a batch with one bad message is refused whole and says which', async () => {
		const topic = await newTopic();
		const json = { messages: [{ body: 'good' }, { body: 'a', key: '' }] };
		const problem = await refused('POST', `/v1/topics/${topic}/messages/batch`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: '#/messages/1/key' });
		expect((await getTopic(topic)).figures.messages).toBe(0);
	});

	it.each(['delaySeconds=5', 'delaySeconds=0', 'deliverAt=2020-01-01T00:00:00Z'])(
		'refuses ?%s: a topic holds nothing back',
		async (query) => {
			const topic = await newTopic();
			const problem = await refused('POST', `/v1/topics/${topic}/messages?${query}`, { body: 'a' });
			const [parameter = '', value = ''] = query.split('=');
			expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ parameter }] });
			expect(problem.detail).toMatch(/topic, which holds no message back: .*queue .*delaySeconds/);
			const option = { [parameter]: parameter === 'delaySeconds' ? Number(value) : value };
			const json = { messages: [{ body: 'a' }, { body: 'b', ...option }] };
			const batch = await refused('POST', `/v1/topics/${topic}/messages/batch`, { json });
			expect(batch).toMatchObject({ status: 400, pointer: `#/messages/1/${parameter}`, detail: expect.any(String) });
			expect((await getTopic(topic)).figures.messages).toBe(0);
		},
	);

	it('is bounded like that to a queue', async () => {
		const topic = await newTopic();
		const problem = await refused('POST', `/v1/topics/${topic}/messages`, { body: new Uint8Array(1_048_577) });
		expect(problem).toMatchObject({ status: 413, code: 'body_too_large' });
		const json = { messages: Array(101).fill({ body: '' }) };
		expect(await refused('POST', `/v1/topics/${topic}/messages/batch`, { json })).toMatchObject({
			status: 400,
			pointer: '#/messages',
		});
	});

	it('to no topic is 404', async () => {
		for (const path of ['/messages', '/messages/batch']) {
			const problem = await refused('POST', `/v1/topics/${newName()}${path}`, { body: '{"messages":[{"body":"a"}]}' });
			expect(problem).toMatchObject({ status: 404, code: 'topic_not_found' });
		}
	});
});
