import { describe, expect, it } from 'vitest';
import { SubscriptionAnswer } from '../../src/schemas/subscriptions';
import {
	ask,
	caughtUp,
	getSubscription,
	good,
	newQueue,
	newTopic,
	publishTo,
	receive,
	receiveAll,
	refused,
	subscribe,
	until,
} from './client';

describe('from', () => {
	it.each([
		['now', ['c']],
		['earliest', ['a', 'b', 'c']],
	])('%s', async (from, bodies) => {
		const topic = await newTopic();
		for (const body of ['a', 'b']) await publishTo(topic, body);
		const queue = await subscribe(topic, { from });
		await publishTo(topic, 'c');
		expect((await receiveAll(queue, bodies.length)).map(({ body }) => body)).toEqual(bodies);
		await caughtUp(topic, queue);
		expect(await receive(queue)).toEqual([]);
	});

	it('a sequence number, in a topic of one partition', async () => {
		const topic = await newTopic();
		await publishTo(topic, 'a');
		const { sequence } = await publishTo(topic, 'b');
		const queue = await subscribe(topic, { from: { sequence } });
		expect(await receiveAll(queue, 1)).toMatchObject([{ body: 'b' }]);
	});

	it('a sequence number is ambiguous in a topic of several partitions', async () => {
		const topic = await newTopic({ partitions: 2 });
		const json = { queue: await newQueue(), from: { sequence: 1 } };
		const problem = await refused('PUT', `/v1/topics/${topic}/subscriptions/s`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'ambiguous_sequence' });
		const queue = await subscribe(topic);
		const seek = `/v1/topics/${topic}/subscriptions/${queue}/seek`;
		expect(await refused('POST', seek, { json: { to: { sequence: 1 } } })).toMatchObject({
			code: 'ambiguous_sequence',
		});
	});

	it('an instant, with its offset', async () => {
		const topic = await newTopic({ partitions: 2 });
		for (const key of ['a', 'b']) await publishTo(topic, key, `?key=${key}`);
		const queue = await subscribe(topic, { from: '2020-01-01T01:00:00+02:00' });
		expect((await receiveAll(queue, 2)).map(({ body }) => body).sort()).toEqual(['a', 'b']);
	});
});

describe('a filter', () => {
	it('on attributes', async () => {
		const topic = await newTopic();
		const queue = await subscribe(topic, { filter: { kind: ['order', { prefix: 'bill-' }] } });
		for (const kind of ['order', 'chat', 'bill-2']) {
			const headers = { 'x-sluice-attribute-kind': kind };
			await ask('POST', `/v1/topics/${topic}/messages`, { headers, body: kind });
		}
		expect((await receiveAll(queue, 2)).map(({ body }) => body)).toEqual(['order', 'bill-2']);
		await until(async () => (await getSubscription(topic, queue)).figures.filtered === 1);
		expect(await getSubscription(topic, queue)).toMatchObject({ scope: 'attributes', figures: { delivered: 2 } });
	});

	it('on the body', async () => {
		const topic = await newTopic();
		const filter = { order: { total: [{ numeric: ['>=', 100] }] } };
		const queue = await subscribe(topic, { filter, scope: 'body' });
		for (const total of [99, 100]) await publishTo(topic, JSON.stringify({ order: { total } }));
		await publishTo(topic, 'no JSON');
		expect(await receiveAll(queue, 1)).toMatchObject([{ body: '{"order":{"total":100}}' }]);
		await caughtUp(topic, queue);
		expect(await getSubscription(topic, queue)).toMatchObject({ filter, scope: 'body', figures: { filtered: 2 } });
	});
});

it('copies name their topic and their source; what a publisher says of these does not count', async () => {
	const topic = await newTopic();
	const queues = [await subscribe(topic), await subscribe(topic)];
	const headers = {
		'x-sluice-attribute-sluice-topic': 'forged',
		'x-sluice-attribute-sluice-source-id': 'forged',
		'x-sluice-attribute-colour': 'red',
	};
	const { body } = await ask('POST', `/v1/topics/${topic}/messages`, { headers, body: 'a' });
	const { id } = body as { id: string };
	for (const queue of queues) {
		const [copy] = await receiveAll(queue, 1);
		expect(copy?.attributes).toEqual({ colour: 'red', 'sluice-topic': topic, 'sluice-source-id': id });
		const looked = await ask('GET', `/v1/queues/${queue}/messages/${copy?.id}`);
		expect(looked.body).toMatchObject({ attributes: { 'sluice-source-id': id } });
	}
});

describe('seek', () => {
	it('replays: new messages with the same source, which say that they are replays', async () => {
		const topic = await newTopic();
		const queue = await subscribe(topic);
		for (const body of ['a', 'b']) await publishTo(topic, body);
		const first = await receiveAll(queue, 2);
		await caughtUp(topic, queue);
		const path = `/v1/topics/${topic}/subscriptions/${queue}/seek`;
		const moved = await ask('POST', path, { json: { to: 'earliest' } });
		expect(good(SubscriptionAnswer, moved)).toMatchObject({ name: queue, topic, queue });
		await publishTo(topic, 'c');
		const second = await receiveAll(queue, 3);
		expect(second.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
		const sources = first.map(({ attributes }) => attributes['sluice-source-id']);
		expect(second.map(({ attributes }) => attributes['sluice-source-id'])).toMatchObject({ ...sources });
		expect(second.map(({ attributes }) => attributes['sluice-replay'])).toEqual(['true', 'true', undefined]);
		expect(second.map(({ id }) => id)).not.toContain(first[0]?.id);
	});

	it.each([
		[{}, '/to'],
		[{ to: 'there' }, '/to'],
		[{ to: '2999-01-01T00:00:00Z' }, '/to'],
		[{ from: 'earliest' }, '/to'],
	])('refuses %j', async (json, pointer) => {
		const topic = await newTopic();
		const queue = await subscribe(topic);
		const problem = await refused('POST', `/v1/topics/${topic}/subscriptions/${queue}/seek`, { json });
		expect(problem).toMatchObject({ status: 400, pointer: `#${pointer}` });
	});
});
