import { describe, expect, it } from 'vitest';
import { ReceivedMinimally } from '../../src/schemas/consuming';
import { ask, good, newQueue, newTopic, publish, publishBatch, receive, receiveOne, settled } from './client';

async function batch(path: string, messages: readonly object[]) {
	const { status, body } = await ask('POST', `${path}/messages/batch`, { json: { messages, minimal: true } });
	expect(status).toBe(200);
	return body;
}

async function receiveMinimally(queue: string, options: object = {}) {
	const json = { max: 100, minimal: true, ...options };
	return good(ReceivedMinimally, await ask('POST', `/v1/queues/${queue}/receive`, { json }));
}

describe('a batch, answered minimally', () => {
	it.each([1, 3])(
		'is the number of its messages, and of the repeated among them (%i partitions)',
		async (partitions) => {
			const queue = await newQueue({ partitions });
			const messages = Array.from({ length: 10 }, (_, index) => ({ body: `m${index}`, dedupId: `${index % 8}` }));
			expect(await batch(`/v1/queues/${queue}`, messages)).toEqual({ accepted: 10, duplicates: 2 });
			expect(await batch(`/v1/queues/${queue}`, messages)).toEqual({ accepted: 10, duplicates: 10 });
			expect((await receive(queue, { max: 100 })).map(({ body }) => body).sort()).toEqual(
				Array.from({ length: 8 }, (_, index) => `m${index}`),
			);
		},
	);

	it('goes to a topic too', async () => {
		const topic = await newTopic();
		expect(await batch(`/v1/topics/${topic}`, [{ body: 'a' }, { body: 'b' }])).toEqual({ accepted: 2, duplicates: 0 });
	});

	it.each([1, 3])('names each message where one is refused (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions, maxBacklog: 1 });
		const messages = [{ body: 'a', key: 'k' }, ...Array.from({ length: 5 }, () => ({ body: 'b', key: 'k' }))];
		const answer = await batch(`/v1/queues/${queue}`, messages);
		const refused = { error: { code: 'backlog_full' } };
		expect(answer).toMatchObject({ results: [{ duplicate: false }, refused, refused, refused, refused, refused] });
	});
});

describe('a receive, answered minimally', () => {
	it('is id, body and receipt, and whatever is not as in most messages', async () => {
		const queue = await newQueue({ backoff: { initialSeconds: 0 } });
		await publishBatch(`/v1/queues/${queue}`, [
			{ body: 'plain' },
			{ body: 'of a key', key: 'k' },
			{ body: 'YQ==', encoding: 'base64', contentType: 'image/png', attributes: { a: 'b' }, ttlSeconds: 60 },
		]);
		const { messages, ack } = await receiveMinimally(queue);
		const receipts = messages.map(({ receipt }) => receipt);
		expect(ack).toBeUndefined();
		expect(messages).toEqual([
			{ id: expect.any(String), body: 'plain', receipt: expect.any(String) },
			{ id: expect.any(String), key: 'k', body: 'of a key', receipt: expect.any(String) },
			{
				id: expect.any(String),
				body: 'YQ==',
				encoding: 'base64',
				contentType: 'image/png',
				attributes: { a: 'b' },
				receipt: expect.any(String),
			},
		]);
		expect(await settled(queue, 'retry', [{ receipt: receipts[0], delaySeconds: 0, reason: 'r' }])).toMatchObject([
			{ outcome: 'retried' },
		]);
		const { messages: again } = await receiveMinimally(queue);
		expect(again).toMatchObject([{ id: messages[0]?.id, body: 'plain', attempt: 2, failures: [{ reason: 'r' }] }]);
	});

	it('tells the priority, and has no receipt where nothing can be settled', async () => {
		const queue = await newQueue({ delivery: 'at-most-once' });
		await publishBatch(`/v1/queues/${queue}`, [{ body: 'urgent', priority: 3 }]);
		expect((await receiveMinimally(queue)).messages).toEqual([
			{ id: expect.any(String), body: 'urgent', priority: 3, receipt: null },
		]);
	});

	it.each([1, 3])('tells of acknowledgements only those that failed (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		await publishBatch(`/v1/queues/${queue}`, [{ body: 'a' }, { body: 'b' }]);
		const { messages } = await receiveMinimally(queue);
		const [a, b] = messages.map(({ receipt }) => receipt);
		expect((await receiveMinimally(queue, { ack: [a] })).ack).toEqual([]);
		expect((await receiveMinimally(queue, { ack: [a, b] })).ack).toEqual([{ receipt: a, outcome: 'unknown' }]);
		expect(await receiveMinimally(queue)).toEqual({ messages: [], receipts: [] });
	});
});

describe('an acknowledgement, answered minimally', () => {
	it('is nothing, or what failed', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		const ack = () => ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt], minimal: true } });
		expect(await ack()).toMatchObject({ status: 200, body: { results: [] } });
		expect(await ack()).toMatchObject({ status: 200, body: { results: [{ receipt, outcome: 'unknown' }] } });
	});
});
