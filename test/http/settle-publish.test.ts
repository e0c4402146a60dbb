import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { partitionOfKey } from '../../durable-objects/protocol';
import { SettleAnswer } from '../../src/schemas/consuming';
import {
	ask,
	getQueue,
	good,
	leased,
	newQueue,
	newTopic,
	publish,
	receive,
	receiveAll,
	receiveOne,
	settled,
	subscribe,
} from './client';

type Settled = z.output<typeof SettleAnswer>;

async function settle(queue: string, json: object): Promise<Settled> {
	return good(SettleAnswer, await ask('POST', `/v1/queues/${queue}/settle`, { json }));
}

/** Hands the message out anew, so that its receipt from before is stale. */
async function outdate(queue: string, receipt: string | undefined): Promise<string> {
	await settled(queue, 'retry', [{ receipt, delaySeconds: 0 }]);
	return (await receiveOne(queue)).receipt;
}

/** Different keys that live in these partitions of a queue of two. */
function keysIn(...partitions: number[]): string[] {
	const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
	return partitions.map((partition) => {
		const index = keys.findIndex((key) => partitionOfKey(key, 2) === partition);
		return keys.splice(index, 1)[0] as string;
	});
}

function outcomes(list: Settled['ack']): string[] {
	return list.map(({ outcome }) => outcome);
}

describe('settle {ack, publish}', () => {
	it('hands over to queues and topics, with every option, and says how many', async () => {
		const { queue, receipts } = await leased(['a']);
		const next = await newQueue({ partitions: 3 });
		const topic = await newTopic();
		const subscribed = await subscribe(topic);
		const attributes = { colour: 'red' };
		const answer = await settle(queue, {
			ack: receipts,
			publish: [
				{
					queue: next,
					messages: [
						{ body: 'b', key: 'k', attributes },
						{ body: 'Yw==', encoding: 'base64', key: 'k' },
					],
				},
				{ topic, messages: [{ body: 'd' }] },
			],
		});
		expect(answer).toEqual({
			ack: [{ receipt: receipts[0], outcome: 'acked' }],
			retry: [],
			extend: [],
			published: 3,
		});
		expect(await receiveAll(next, 2)).toMatchObject([
			{ body: 'b', key: 'k', attributes, attempt: 1 },
			{ body: 'Yw==', encoding: 'base64', key: 'k', attributes: {} },
		]);
		expect(await receiveAll(subscribed, 1)).toMatchObject([{ body: 'd', attributes: { 'sluice-topic': topic } }]);
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0 });
	});

	it('keeps delay, time to live, priority, dedupId and the traceparent of the request', async () => {
		const { queue, receipts } = await leased(['a']);
		const next = await newQueue();
		await publish(next, 'first', '?dedupId=1');
		const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
		const messages = [
			{ body: 'later', delaySeconds: 60 },
			{ body: 'again', dedupId: '1' },
			{ body: 'urgent', ttlSeconds: 60, priority: 9 },
		];
		const json = { ack: receipts, publish: [{ queue: next, messages }] };
		await ask('POST', `/v1/queues/${queue}/settle`, { headers: { traceparent }, json });
		const received = await receiveAll(next, 2);
		expect(received.find(({ body }) => body === 'urgent')).toMatchObject({
			priority: 9,
			traceparent,
			expiresAt: expect.any(String),
		});
		expect(received.map(({ body }) => body).sort()).toEqual(['first', 'urgent']);
		expect((await getQueue(next)).figures).toMatchObject({ delayed: 1, leased: 2, visible: 0 });
	});

	it('again publishes nothing twice', async () => {
		const { queue, receipts } = await leased(['a']);
		const next = await newQueue();
		const json = { ack: receipts, publish: [{ queue: next, messages: [{ body: 'b' }] }] };
		expect(await settle(queue, json)).toMatchObject({ ack: [{ outcome: 'acked' }], published: 1 });
		expect(await settle(queue, json)).toMatchObject({ ack: [{ outcome: 'unknown' }], published: 0 });
		await receiveAll(next, 1);
		await publish(next, 'last');
		expect(await receive(next)).toMatchObject([{ body: 'last' }]);
	});

	it('with one stale receipt publishes nothing, and keeps the others', async () => {
		const { queue, receipts } = await leased(['a', 'b']);
		const newer = await outdate(queue, receipts[0]);
		const next = await newQueue();
		const publishing = [{ queue: next, messages: [{ body: 'c' }] }];
		const answer = await settle(queue, { ack: receipts, publish: publishing });
		expect(outcomes(answer.ack)).toEqual(['stale', 'kept']);
		expect(answer.published).toBe(0);
		const again = await settle(queue, { ack: [newer, receipts[1]], publish: publishing });
		expect(again).toMatchObject({ ack: [{ outcome: 'acked' }, { outcome: 'acked' }], published: 1 });
		expect(await receiveAll(next, 1)).toMatchObject([{ body: 'c' }]);
	});

	it('with a receipt per entry: each hands over alone', async () => {
		const { queue, receipts } = await leased(['a', 'b', 'c'], { partitions: 2 });
		await outdate(queue, receipts[0]);
		const next = await newQueue();
		const answer = await settle(queue, {
			ack: receipts,
			publish: [
				{ receipt: receipts[0], queue: next, messages: [{ body: 'from a' }] },
				{ receipt: receipts[1], queue: next, messages: [{ body: 'from b' }] },
				{ receipt: receipts[1], queue: next, messages: [{ body: 'and more' }] },
			],
		});
		expect(outcomes(answer.ack)).toEqual(['stale', 'acked', 'acked']);
		expect(answer.published).toBe(2);
		expect((await receiveAll(next, 2)).map(({ body }) => body)).toEqual(['from b', 'and more']);
	});

	it('does the retries and extends beside it', async () => {
		const { queue, receipts } = await leased(['a', 'b', 'c']);
		const [a, b, c] = receipts;
		const answer = await settle(queue, {
			ack: [a],
			retry: [{ receipt: b, delaySeconds: 60 }],
			extend: [{ receipt: c }],
			publish: [{ queue: await newQueue(), messages: [{ body: 'd' }] }],
		});
		expect(answer).toMatchObject({
			ack: [{ outcome: 'acked' }],
			retry: [{ outcome: 'retried' }],
			extend: [{ outcome: 'extended' }],
			published: 1,
		});
	});
});

describe('over several partitions', () => {
	it('those of the first one publish, then the others are acknowledged', async () => {
		const { queue, receipts } = await leased(keysIn(0, 1), { partitions: 2 });
		const next = await newQueue();
		const json = { ack: receipts, publish: [{ queue: next, messages: [{ body: 'both' }] }] };
		const answer = await settle(queue, json);
		expect(outcomes(answer.ack)).toEqual(['acked', 'acked']);
		expect(answer.published).toBe(1);
		expect(await receiveAll(next, 1)).toMatchObject([{ body: 'both' }]);
		await publish(next, 'last');
		expect(await receive(next)).toMatchObject([{ body: 'last' }]);
	});

	it('if they cannot be, the others are kept; retries and extends are done', async () => {
		const { queue, receipts } = await leased(keysIn(0, 1, 1), { partitions: 2 });
		const [stale, kept, extended] = receipts;
		await outdate(queue, stale);
		const publishing = [{ queue: await newQueue(), messages: [{ body: 'c' }] }];
		const json = { ack: [stale, kept], extend: [{ receipt: extended }], publish: publishing };
		const answer = await settle(queue, json);
		expect(outcomes(answer.ack)).toEqual(['stale', 'kept']);
		expect(outcomes(answer.extend)).toEqual(['extended']);
		expect(answer.published).toBe(0);
		expect(await settled(queue, 'ack', [kept])).toMatchObject([{ outcome: 'acked' }]);
	});
});
