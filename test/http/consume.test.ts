import { describe, expect, it } from 'vitest';
import { SettleAnswer } from '../../src/schemas/consuming';
import { ask, getQueue, good, newQueue, publish, receive, receiveOne, refused, settled, until } from './client';

describe('receive', () => {
	it('takes no body as the defaults', async () => {
		const queue = await newQueue();
		for (let index = 0; index < 12; index++) await publish(queue, String(index));
		const answer = await ask('POST', `/v1/queues/${queue}/receive`);
		expect(answer).toMatchObject({ status: 200, body: { messages: { length: 10 } } });
	});

	it("holds for the visibility timeout asked for, else the queue's", async () => {
		const queue = await newQueue({ visibilityTimeoutSeconds: 100 });
		await publish(queue, 'a');
		await publish(queue, 'b');
		const now = Date.now();
		const [first] = await receive(queue, { max: 1 });
		const [second] = await receive(queue, { max: 1, visibilityTimeoutSeconds: 1_000 });
		expect(Date.parse(first?.leaseExpiresAt ?? '') - now).toBeLessThan(110_000);
		expect(Date.parse(second?.leaseExpiresAt ?? '') - now).toBeGreaterThan(990_000);
	});

	it('fills the answer from one key before another where it is asked to, with one partition and with several', async () => {
		for (const partitions of [1, 3]) {
			const queue = await newQueue({ partitions });
			const letters = ['a', 'b', 'c', 'a', 'b', 'c', 'a'];
			const messages = letters.map((key, index) => ({ body: `${key}${index}`, key }));
			await ask('POST', `/v1/queues/${queue}/messages/batch`, { json: { messages } });
			const keys = (await receive(queue, { max: 7, keyFirst: true })).map(({ key }) => key);
			expect(keys).toHaveLength(7);
			expect(keys.filter((key, index) => index === 0 || keys[index - 1] !== key)).toHaveLength(3);
		}
	});

	it('at most once: no receipt, no lease, and the message is gone', async () => {
		const queue = await newQueue({ delivery: 'at-most-once' });
		await publish(queue, 'a');
		expect(await receive(queue)).toMatchObject([{ body: 'a', receipt: null, leaseExpiresAt: null }]);
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0 });
	});

	it.each([
		[{ max: 0 }, 'max'],
		[{ max: 101 }, 'max'],
		[{ max: 1.5 }, 'max'],
		[{ max: '1' }, 'max'],
		[{ waitSeconds: 30.001 }, 'waitSeconds'],
		[{ waitSeconds: -1 }, 'waitSeconds'],
		[{ visibilityTimeoutSeconds: 0 }, 'visibilityTimeoutSeconds'],
		[{ visibilityTimeoutSeconds: 43_201 }, 'visibilityTimeoutSeconds'],
		[{ consumer: '' }, 'consumer'],
		[{ attemptId: '' }, 'attemptId'],
		[{ attemptId: 'a'.repeat(129) }, 'attemptId'],
		[{ onlyRepeat: true }, 'onlyRepeat'],
		[{ consumer: 'c'.repeat(81) }, 'consumer'],
		[{ wait: 1 }, 'wait'],
	])('refuses %j', async (json, field) => {
		const queue = await newQueue();
		const problem = await refused('POST', `/v1/queues/${queue}/receive`, { json });
		expect(problem).toMatchObject({ status: 400, pointer: `#/${field}` });
	});

	it.each([1, 4])('waits for a message (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		const waiting = receive(queue, { waitSeconds: 20 });
		await until(async () => (await getQueue(queue)).figures.waiters === partitions);
		await publish(queue, 'a');
		expect(await waiting).toMatchObject([{ body: 'a' }]);
		await until(async () => (await getQueue(queue)).figures.waiters === 0);
	});

	it.each([1, 3])('answers empty when the wait is over (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		expect(await receive(queue, { waitSeconds: 0.05 })).toEqual([]);
	});

	it('fills a batch from several partitions', async () => {
		const queue = await newQueue({ partitions: 4 });
		for (let index = 0; index < 40; index++) await publish(queue, String(index), `?key=k${index}`);
		expect(await receive(queue, { max: 40 })).toHaveLength(40);
	});

	it.each([1, 2])('a client that has gone swallows no message (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		const client = new AbortController();
		const waiting = ask('POST', `/v1/queues/${queue}/receive`, { json: { waitSeconds: 20 }, signal: client.signal });
		await until(async () => (await getQueue(queue)).figures.waiters === partitions);
		client.abort();
		await waiting.catch(() => undefined);
		await until(async () => (await getQueue(queue)).figures.waiters === 0);
		await publish(queue, 'a');
		expect(await receiveOne(queue)).toMatchObject({ body: 'a', attempt: 1 });
	});

	it('a wait on a queue that is deleted ends with queue_not_found', async () => {
		for (const partitions of [1, 2]) {
			const queue = await newQueue({ partitions });
			const waiting = ask('POST', `/v1/queues/${queue}/receive`, { json: { waitSeconds: 0.3 } });
			await until(async () => (await getQueue(queue)).figures.waiters === partitions);
			await ask('DELETE', `/v1/queues/${queue}`);
			expect([200, 404]).toContain((await waiting).status);
		}
	});
});

describe('settle', () => {
	it('does all three verbs in one request, list by list, in order', async () => {
		const queue = await newQueue({ partitions: 3 });
		for (let index = 0; index < 6; index++) await publish(queue, String(index), `?key=k${index}`);
		const receipts = (await receive(queue)).map(({ receipt }) => receipt);
		const [a, b, c, d, e, f] = receipts;
		const answer = await ask('POST', `/v1/queues/${queue}/settle`, {
			json: {
				ack: [a, b, c],
				retry: [{ receipt: d, delaySeconds: 60, reason: 'busy' }],
				extend: [{ receipt: e, visibilityTimeoutSeconds: 600 }, { receipt: f }],
			},
		});
		expect(good(SettleAnswer, answer)).toEqual({
			ack: [a, b, c].map((receipt) => ({ receipt, outcome: 'acked' })),
			retry: [{ receipt: d, outcome: 'retried', visibleAt: expect.any(String) }],
			extend: [e, f].map((receipt) => ({ receipt, outcome: 'extended', leaseExpiresAt: expect.any(String) })),
		});
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 2, delayed: 1 });
	});

	it('ack, retry and extend do one verb each', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		expect(await settled(queue, 'extend', [{ receipt, visibilityTimeoutSeconds: 60 }])).toMatchObject([
			{ outcome: 'extended' },
		]);
		expect(await settled(queue, 'retry', [{ receipt, delaySeconds: 0, reason: 'first try' }])).toMatchObject([
			{ outcome: 'retried' },
		]);
		const again = await receiveOne(queue);
		expect(again).toMatchObject({ attempt: 2, failures: [{ attempt: 1, reason: 'first try' }] });
		expect(await settled(queue, 'ack', [again.receipt])).toEqual([{ receipt: again.receipt, outcome: 'acked' }]);
		expect(await settled(queue, 'ack', [again.receipt])).toEqual([{ receipt: again.receipt, outcome: 'unknown' }]);
	});

	it('stale says who got it when, by name of the consumer', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		await settled(queue, 'retry', [{ receipt, delaySeconds: 0 }]);
		await receive(queue, { consumer: 'worker-7' });
		expect(await settled(queue, 'ack', [receipt])).toEqual([
			{ receipt, outcome: 'stale', attempt: 2, handedOutAt: expect.any(String), consumer: 'worker-7' },
		]);
	});

	it('a retry beyond maxReceives buries', async () => {
		const queue = await newQueue({ maxReceives: 1 });
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		expect(await settled(queue, 'retry', [{ receipt, reason: 'broken' }])).toEqual([{ receipt, outcome: 'buried' }]);
	});

	it.each([
		[{}, ''],
		[{ ack: [1] }, '/ack/0'],
		[{ ack: 'x' }, '/ack'],
		[{ ack: [''] }, '/ack/0'],
		[{ retry: ['x'] }, '/retry/0'],
		[{ retry: [{}] }, '/retry/0/receipt'],
		[{ retry: [{ receipt: 'x', delaySeconds: -1 }] }, '/retry/0/delaySeconds'],
		[{ retry: [{ receipt: 'x', reason: 'r'.repeat(1_025) }] }, '/retry/0/reason'],
		[{ extend: [{ receipt: 'x', visibilityTimeoutSeconds: 0 }] }, '/extend/0/visibilityTimeoutSeconds'],
		[{ extend: [{ receipt: 'x', seconds: 1 }] }, '/extend/0/seconds'],
		[{ publish: [] }, '/publish'],
		[
			{
				ack: Array.from({ length: 60 }, (_, i) => `a${i}`),
				retry: Array.from({ length: 41 }, (_, i) => ({ receipt: `b${i}` })),
			},
			'',
		],
	])('refuses %j', async (json, pointer) => {
		const queue = await newQueue();
		const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#${pointer}` });
	});

	it('refuses a retry that is delayed beyond the retention, and does nothing', async () => {
		const queue = await newQueue({ retentionSeconds: 60 });
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		const json = { retry: [{ receipt, delaySeconds: 61 }] };
		const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: '#/retry/0/delaySeconds' });
		expect(await settled(queue, 'ack', [receipt])).toMatchObject([{ outcome: 'acked' }]);
	});

	it('refuses a receipt that is named twice, and does nothing', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		const json = { ack: [receipt], extend: [{ receipt }] };
		const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
		expect(problem).toMatchObject({ status: 400, pointer: '#/extend/0/receipt' });
		expect(await settled(queue, 'ack', [receipt])).toMatchObject([{ outcome: 'acked' }]);
	});
});
