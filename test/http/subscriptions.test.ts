import { describe, expect, it } from 'vitest';
import { DeleteAnswer } from '../../src/schemas/control';
import { SubscriptionAnswer, SubscriptionListAnswer } from '../../src/schemas/subscriptions';
import {
	ask,
	caughtUp,
	getSubscription,
	good,
	newName,
	newQueue,
	newTopic,
	publishTo,
	receive,
	receiveAll,
	refused,
	subscribe,
	until,
} from './client';

describe('PUT', () => {
	it('subscribes: 201 the first time; the same again is 200 and changes nothing', async () => {
		const topic = await newTopic();
		const queue = await newQueue();
		const path = `/v1/topics/${topic}/subscriptions/billing`;
		const first = await ask('PUT', path, { json: { queue } });
		expect(first.status).toBe(201);
		expect(good(SubscriptionAnswer, first)).toEqual({
			name: 'billing',
			topic,
			queue,
			filter: null,
			scope: 'attributes',
			createdAt: expect.any(String),
			updatedAt: expect.any(String),
		});
		for (const json of [{ queue }, { queue, from: 'earliest' }, { queue, filter: null }]) {
			expect(await ask('PUT', path, { json })).toMatchObject({ status: 200, body: first.body });
		}
	});

	it('again with another queue or filter: for messages from then on', async () => {
		const topic = await newTopic();
		const before = await newQueue();
		const after = await newQueue();
		const path = `/v1/topics/${topic}/subscriptions/s`;
		await ask('PUT', path, { json: { queue: before } });
		await publishTo(topic, 'a');
		const changed = await ask('PUT', path, { json: { queue: after, filter: { kind: [{ exists: false }] } } });
		expect(changed).toMatchObject({ status: 200, body: { queue: after, filter: { kind: [{ exists: false }] } } });
		await publishTo(topic, 'b');
		expect(await receiveAll(after, 1)).toMatchObject([{ body: 'b' }]);
		expect(await receiveAll(before, 1)).toMatchObject([{ body: 'a' }]);
	});

	it('needs a topic and a queue that are there', async () => {
		const queue = await newQueue();
		const path = '/subscriptions/s';
		const noTopic = await refused('PUT', `/v1/topics/${newName()}${path}`, { json: { queue } });
		expect(noTopic).toMatchObject({ status: 404, code: 'topic_not_found' });
		const noQueue = await refused('PUT', `/v1/topics/${await newTopic()}${path}`, { json: { queue: newName() } });
		expect(noQueue).toMatchObject({ status: 404, code: 'queue_not_found' });
	});

	it.each([
		[{}, '/queue'],
		[{ queue: 'a b' }, '/queue'],
		[{ queue: 'q', colour: 'red' }, '/colour'],
		[{ queue: 'q', scope: 'head' }, '/scope'],
		[{ queue: 'q', scope: 'body' }, '/scope'],
		[{ queue: 'q', from: 'yesterday' }, '/from'],
		[{ queue: 'q', from: '2026-11-23' }, '/from'],
		[{ queue: 'q', from: '2999-01-01T00:00:00Z' }, '/from'],
		[{ queue: 'q', from: { sequence: 0 } }, '/from/sequence'],
		[{ queue: 'q', from: { sequence: 1.5 } }, '/from'],
		[{ queue: 'q', from: { sequence: 1, partition: 2 } }, '/from/partition'],
		[{ queue: 'q', from: null }, '/from'],
		[{ queue: 'q', filter: 'all' }, '/filter'],
		[{ queue: 'q', filter: [] }, '/filter'],
		[{ queue: 'q', filter: {} }, '/filter'],
		[{ queue: 'q', filter: { kind: 'a' } }, '/filter/kind'],
		[{ queue: 'q', filter: { kind: [] } }, '/filter/kind'],
		[{ queue: 'q', filter: { 'a/b~': ['x', { prefix: 1 }] } }, '/filter/a~1b~0/1/prefix'],
		[{ queue: 'q', filter: { kind: [{ like: 'a' }] } }, '/filter/kind/0/like'],
		[{ queue: 'q', filter: { kind: { nested: ['a'] } } }, '/filter/kind'],
		[{ queue: 'q', scope: 'body', filter: { kind: { nested: 'a' } } }, '/filter/kind/nested'],
		[JSON.parse('{"queue":"q","filter":{"__proto__":1}}'), '/filter/__proto__'],
	])('refuses %j and says where', async (json, pointer) => {
		const problem = await refused('PUT', `/v1/topics/${await newTopic()}/subscriptions/s`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#${pointer}` });
	});

	it('says everything that is wrong with a filter', async () => {
		const json = { queue: 'q', filter: { a: 'x', b: [{ numeric: ['>', 'x'] }] } };
		const { errors, detail } = await refused('PUT', `/v1/topics/${await newTopic()}/subscriptions/s`, { json });
		expect(errors).toMatchObject([{ pointer: '#/filter/a' }, { pointer: '#/filter/b/0/numeric/1' }]);
		expect(detail).toMatch(/^filter\.a must .*1 more/);
	});
});

it('GET shows figures, added up over the partitions, and why the courier is late', async () => {
	const topic = await newTopic({ partitions: 3 });
	const queue = await subscribe(topic, { queue: await newQueue({ maxBacklog: 2 }) });
	const idle = await getSubscription(topic, queue);
	expect(idle.figures).toEqual({ lag: 0, lagSeconds: 0, delivered: 0, filtered: 0, missed: 0, courier: null });
	for (let index = 0; index < 5; index++) await publishTo(topic, 'a', `?key=k${index}`);
	await until(async () => (await getSubscription(topic, queue)).figures.courier !== null);
	const { figures } = await getSubscription(topic, queue);
	expect(figures.lag).toBeGreaterThan(0);
	expect(figures.lagSeconds).toBeGreaterThanOrEqual(0);
	expect(figures.courier).toEqual({ error: expect.stringContaining(queue), nextAttemptAt: expect.any(String) });
});

it('DELETE ends it: what it has brought stays, and nothing more comes', async () => {
	const topic = await newTopic();
	const queue = await subscribe(topic);
	await publishTo(topic, 'a');
	await caughtUp(topic, queue);
	const path = `/v1/topics/${topic}/subscriptions/${queue}`;
	expect(good(SubscriptionAnswer, await ask('DELETE', path))).toMatchObject({ name: queue, topic, queue });
	await publishTo(topic, 'b');
	const other = await subscribe(topic, { from: 'earliest' });
	await receiveAll(other, 2);
	expect(await receive(queue)).toMatchObject([{ body: 'a' }]);
	for (const [method, below] of [
		['GET', ''],
		['DELETE', ''],
		['POST', '/seek'],
	] as const) {
		const problem = await refused(method, `${path}${below}`, below === '' ? {} : { json: { to: 'now' } });
		expect(problem).toMatchObject({ status: 404, code: 'subscription_not_found' });
	}
});

it('they are listed by name, a page at a time', async () => {
	const topic = await newTopic();
	const queue = await newQueue();
	const path = `/v1/topics/${topic}/subscriptions`;
	for (const name of ['c', 'a', 'b']) await ask('PUT', `${path}/${name}`, { json: { queue } });
	const first = good(SubscriptionListAnswer, await ask('GET', `${path}?limit=2`));
	expect(first).toMatchObject({ subscriptions: [{ name: 'a', topic, queue }, { name: 'b' }], next: 'b' });
	const second = good(SubscriptionListAnswer, await ask('GET', `${path}?limit=2&after=${first.next}`));
	expect(second).toMatchObject({ subscriptions: [{ name: 'c' }], next: null });
	expect(await refused('GET', `${path}?limit=0`)).toMatchObject({ status: 400 });
});

it('DELETE of a queue that they feed needs force, and says which it cut', async () => {
	const topic = await newTopic();
	const queue = await subscribe(topic);
	const problem = await refused('DELETE', `/v1/queues/${queue}`);
	expect(problem).toMatchObject({ status: 409, code: 'queue_in_use' });
	const deleted = await ask('DELETE', `/v1/queues/${queue}?force=true`);
	expect(good(DeleteAnswer, deleted)).toEqual({ cut: [], subscriptions: [{ topic, name: queue }] });
	expect(await refused('GET', `/v1/topics/${topic}/subscriptions/${queue}`)).toMatchObject({
		code: 'subscription_not_found',
	});
	await publishTo(topic, 'a');
});
