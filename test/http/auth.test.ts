import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../durable-objects/limits';
import { KeyAnswer, KeysAnswer, ListAnswer } from '../../src/schemas/control';
import { TopicListAnswer } from '../../src/schemas/topics';
import {
	ask,
	good,
	newKey,
	newName,
	newQueue,
	newTopic,
	problemIn,
	publish,
	ROOT_KEY,
	receiveOne,
	refused,
} from './client';

afterEach(() => {
	vi.useRealTimers();
});

describe('a request', () => {
	it('to /healthz needs no key', async () => {
		expect(await ask('GET', '/healthz', { key: null })).toMatchObject({ status: 200, body: { status: 'ok' } });
	});

	it.each([
		['no header', {}],
		['another scheme', { authorization: `Basic ${ROOT_KEY}` }],
		['no key in it', { authorization: 'Bearer ' }],
		['a wrong key', { authorization: 'Bearer wrong' }],
		['a wrong key as long as the right one', { authorization: `Bearer ${'x'.repeat(ROOT_KEY.length)}` }],
		['a key cut short', { authorization: `Bearer ${ROOT_KEY.slice(0, -1)}` }],
		['an access key made up', { authorization: `Bearer slk_0123456789abcdef_${'A'.repeat(43)}` }],
		['a piece of one', { authorization: 'Bearer slk_' }],
	])('with %s is 401, wherever it goes', async (_, headers: Record<string, string>) => {
		for (const [method, path] of [
			['GET', '/v1/queues'],
			['POST', '/v1/queues/a/messages'],
			['POST', '/v1/topics/a/messages'],
			['GET', '/openapi.json'],
			['GET', '/nothing'],
			['PUT', '/metrics'],
		] as const) {
			const problem = await refused(method, path, { key: null, headers });
			expect(problem).toMatchObject({ status: 401, code: 'unauthenticated' });
			expect(problem.headers.get('www-authenticate')).toBe('Bearer realm="sluice"');
		}
	});

	it('with no key does not learn whether a queue is there', async () => {
		const queue = await newQueue();
		expect(await refused('GET', `/v1/queues/${queue}`, { key: null })).toEqual(
			await refused('GET', `/v1/queues/${newName()}`, { key: null }),
		);
	});
});

describe('a scoped key', () => {
	const ROUTES = [
		['publish', 'POST', '/messages'],
		['publish', 'POST', '/messages/batch'],
		['consume', 'POST', '/receive'],
		['consume', 'POST', '/settle'],
		['consume', 'POST', '/ack'],
		['consume', 'POST', '/retry'],
		['consume', 'POST', '/extend'],
		['manage', 'PUT', ''],
		['manage', 'PATCH', ''],
		['manage', 'GET', ''],
		['manage', 'DELETE', ''],
		['manage', 'GET', '/messages'],
		['manage', 'GET', '/messages/x'],
		['manage', 'DELETE', '/messages/x'],
		['manage', 'POST', '/redrive'],
		['manage', 'GET', '/redrives'],
		['manage', 'DELETE', '/redrives/x'],
		['manage', 'POST', '/purge'],
		['manage', 'POST', '/pause'],
		['manage', 'POST', '/resume'],
	] as const;

	const TOPIC_ROUTES = [
		['publish', 'POST', '/messages'],
		['publish', 'POST', '/messages/batch'],
		['manage', 'PUT', ''],
		['manage', 'GET', ''],
		['manage', 'DELETE', ''],
		['manage', 'GET', '/subscriptions'],
		['manage', 'PUT', '/subscriptions/s'],
		['manage', 'GET', '/subscriptions/s'],
		['manage', 'DELETE', '/subscriptions/s'],
		['manage', 'POST', '/subscriptions/s/seek'],
	] as const;

	it.each(ROUTES)('for %s alone opens %s …%s', async (action, method, path) => {
		const queue = await newQueue();
		for (const granted of ['publish', 'consume', 'manage'] as const) {
			const { key } = await newKey([granted], [`${queue}*`]);
			const answer = await ask(method, `/v1/queues/${queue}${path}`, { key });
			if (granted === action) expect([401, 403]).not.toContain(answer.status);
			else {
				const problem = problemIn(answer);
				expect(problem).toMatchObject({ status: 403, code: 'forbidden' });
				expect(problem.detail).toContain(`"${action}"`);
			}
		}
	});

	it.each(TOPIC_ROUTES)('for %s alone opens topics at %s …%s', async (action, method, path) => {
		const topic = await newTopic();
		for (const granted of ['publish', 'consume', 'manage'] as const) {
			const { key } = await newKey([granted], [`${topic}*`]);
			const answer = await ask(method, `/v1/topics/${topic}${path}`, { key });
			if (granted === action) expect([401, 403]).not.toContain(answer.status);
			else expect(problemIn(answer)).toMatchObject({ status: 403, detail: expect.stringContaining(`"${action}"`) });
		}
		const { key } = await newKey([action], [`${topic}-*`]);
		expect(await refused(method, `/v1/topics/${topic}${path}`, { key })).toMatchObject({ code: 'forbidden' });
	});

	it('subscribes only queues that its patterns match', async () => {
		const topic = await newTopic();
		const mine = await newQueue();
		const other = await newQueue();
		const { key } = await newKey(['manage'], [topic, mine]);
		const path = `/v1/topics/${topic}/subscriptions/s`;
		const problem = await refused('PUT', path, { key, json: { queue: other } });
		expect(problem).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining(other) });
		expect((await ask('PUT', path, { key, json: { queue: mine } })).status).toBe(201);
	});

	it('opens only the queues that its patterns match', async () => {
		const queue = await newQueue();
		const patterns = [`${queue.slice(0, 3)}*${queue.slice(-3)}`, 'other-*-x'];
		const { key } = await newKey(['publish'], patterns);
		expect((await ask('POST', `/v1/queues/${queue}/messages`, { key, body: 'a' })).status).toBe(201);
		const problem = await refused('POST', `/v1/queues/${queue}-2/messages`, { key, body: 'a' });
		expect(problem).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining(`${queue}-2`) });
	});

	it('names the consumer of its receives', async () => {
		const queue = await newQueue();
		const { key } = await newKey(['consume'], ['*']);
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		await ask('POST', `/v1/queues/${queue}/retry`, { key, json: { receipts: [{ receipt, delaySeconds: 0 }] } });
		await ask('POST', `/v1/queues/${queue}/receive`, { key });
		const stale = await ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt] } });
		expect(stale.body).toMatchObject({ results: [{ outcome: 'stale', consumer: 'tester' }] });
	});

	it('lists and measures its own queues only', async () => {
		const mine = await newQueue();
		const other = await newQueue();
		const topics = [`${mine}-t`, `${other}-t`];
		for (const topic of topics) await ask('PUT', `/v1/topics/${topic}`);
		const { key } = await newKey(['manage'], [`${mine}*`]);
		const listed = good(TopicListAnswer, await ask('GET', '/v1/topics?limit=1', { key }));
		expect(listed).toMatchObject({ topics: [{ name: topics[0] }] });
		const { queues } = good(ListAnswer, await ask('GET', '/v1/queues?limit=1000', { key }));
		expect(queues.map(({ name }) => name)).toEqual([mine, `${mine}-dlq`]);
		const metrics = (await ask('GET', '/metrics', { key })).body;
		expect(metrics).toContain(`queue="${mine}"`);
		expect(metrics).toContain(`topic="${mine}-t"`);
		expect(metrics).not.toContain(other);
	});

	it('cannot reach another queue by deadLetter or redrive', async () => {
		const mine = await newQueue();
		const other = await newQueue();
		const { key } = await newKey(['manage'], [`${mine}*`]);
		for (const [method, path, json] of [
			['PUT', '', { deadLetter: other }],
			['PATCH', '', { deadLetter: other }],
			['POST', '/redrive', { to: other }],
		] as const) {
			const problem = await refused(method, `/v1/queues/${mine}${path}`, { key, json });
			expect(problem).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining(other) });
		}
	});

	it('makes, lists and deletes no keys', async () => {
		const { id, key } = await newKey(['publish', 'consume', 'manage'], ['*']);
		const json = { name: 'a', actions: ['publish'], patterns: ['*'] };
		for (const [method, path] of [
			['POST', '/v1/keys'],
			['GET', '/v1/keys'],
			['DELETE', `/v1/keys/${id}`],
		] as const) {
			const problem = await refused(method, path, { key, ...(method === 'POST' ? { json } : {}) });
			expect(problem).toMatchObject({ status: 403, code: 'forbidden' });
		}
	});
});

describe('keys', () => {
	it('are shown once, listed without their secret, and deleted', async () => {
		const { key, accessKeyId, secretAccessKey, ...made } = await newKey(['publish', 'publish'], ['orders-*']);
		expect([accessKeyId, key]).toEqual([`slk_${made.id}`, `${accessKeyId}_${secretAccessKey}`]);
		expect(made).toMatchObject({ name: 'tester', actions: ['publish'], patterns: ['orders-*'] });
		const listed = await ask('GET', '/v1/keys');
		expect(good(KeysAnswer, listed).keys).toContainEqual(made);
		expect(JSON.stringify(listed.body)).not.toContain(secretAccessKey);
		expect(good(KeyAnswer, await ask('DELETE', `/v1/keys/${made.id}`))).toEqual(made);
		expect(await refused('DELETE', `/v1/keys/${made.id}`)).toMatchObject({ status: 404, code: 'key_not_found' });
	});

	it('that are deleted are refused: here at once', async () => {
		const { id, key } = await newKey(['manage'], ['*']);
		expect((await ask('GET', '/v1/queues', { key })).status).toBe(200);
		await ask('DELETE', `/v1/keys/${id}`);
		expect(await refused('GET', '/v1/queues', { key })).toMatchObject({ status: 401, code: 'unauthenticated' });
	});

	it('that are deleted are refused: in other isolates when their cache ends', async () => {
		vi.useFakeTimers({ toFake: ['Date'] });
		const { id, key } = await newKey(['manage'], ['*']);
		expect((await ask('GET', '/v1/queues', { key })).status).toBe(200);
		await env.CATALOG.getByName('catalog').deleteKey(id);
		vi.setSystemTime(Date.now() + LIMITS.cacheMs);
		expect((await refused('GET', '/v1/queues', { key })).status).toBe(401);
	});

	it.each([
		[{ name: 'a b', actions: ['publish'], patterns: ['*'] }, '/name'],
		[{ actions: ['publish'], patterns: ['*'] }, '/name'],
		[{ name: 'a', actions: ['read'], patterns: ['*'] }, '/actions/0'],
		[{ name: 'a', actions: [], patterns: ['*'] }, '/actions'],
		[{ name: 'a', actions: ['publish'], patterns: [] }, '/patterns'],
		[{ name: 'a', actions: ['publish'], patterns: ['a b'] }, '/patterns/0'],
		[{ name: 'a', actions: ['publish'], patterns: Array(21).fill('*') }, '/patterns'],
		[{ name: 'a', actions: ['publish'], patterns: ['*'], admin: true }, '/admin'],
	])('are not made from %j', async (json, pointer) => {
		expect(await refused('POST', '/v1/keys', { json })).toMatchObject({ status: 400, pointer: `#${pointer}` });
	});
});
