import { describe, expect, it } from 'vitest';
import { ReceivedFully } from '../../src/schemas/consuming';
import { ask, getQueue, good, newQueue, publishBatch, receive, refused, settled } from './client';

async function leasedBatch(bodies: readonly (string | object)[], settings: object = {}) {
	const queue = await newQueue(settings);
	await publishBatch(
		`/v1/queues/${queue}`,
		bodies.map((body) => (typeof body === 'string' ? { body } : body)),
	);
	const answer = await ask('POST', `/v1/queues/${queue}/receive`, { json: { max: 100 } });
	return { queue, ...good(ReceivedFully, answer) };
}

const acked = (receipt: string | null | undefined) => ({ receipt, outcome: 'acked' });

describe('receipts that stand for several messages', () => {
	it('acknowledge all of an answer, in as few texts as it goes', async () => {
		const { queue, messages, receipts } = await leasedBatch(['a', 'b', 'c', 'd']);
		expect(messages).toHaveLength(4);
		expect(receipts).toHaveLength(1);
		expect(messages.map(({ receipt }) => receipt)).not.toContain(receipts[0]);
		expect(await settled(queue, 'ack', receipts)).toEqual(receipts.map(acked));
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0 });
		expect(await settled(queue, 'ack', receipts)).toEqual(
			messages.map(({ receipt }) => ({ receipt, outcome: 'unknown' })),
		);
	});

	it('tell of each message by its own receipt where not all can be acknowledged', async () => {
		const { queue, messages, receipts } = await leasedBatch(['a', 'b', 'c']);
		const [a, b, c] = messages.map(({ receipt }) => receipt);
		await settled(queue, 'ack', [b]);
		const json = { ack: receipts, minimal: true };
		const path = `/v1/queues/${queue}/receive`;
		expect((await ask('POST', path, { json: { ack: [] } })).body).toEqual({ messages: [], receipts: [], ack: [] });
		expect((await ask('POST', path, { json })).body).toMatchObject({ ack: [{ receipt: b, outcome: 'unknown' }] });
		expect(await settled(queue, 'ack', [a, c])).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
	});

	it.each([1, 3])('are of every kind of message, and of every partition (%i partitions)', async (partitions) => {
		const keyed = ['x', 'y', 'x', 'z'].map((key, index) => ({ body: `${index}`, key }));
		const { queue, messages, receipts } = await leasedBatch(['a', ...keyed, 'b', 'c'], { partitions });
		expect(receipts.length).toBeLessThan(messages.length);
		const { body } = await ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts, minimal: true } });
		expect(body).toEqual({ results: [] });
		const { messages: rest, receipts: others } = good(
			ReceivedFully,
			await ask('POST', `/v1/queues/${queue}/receive`, { json: { max: 100, ack: [] } }),
		);
		expect([...messages, ...rest].map(({ body }) => body).sort()).toEqual(['0', '1', '2', '3', 'a', 'b', 'c']);
		expect((await receive(queue, { max: 1, ack: others })).length).toBe(0);
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0 });
	});

	it('are the receipts of single messages where each stands alone', async () => {
		const { messages, receipts } = await leasedBatch([{ body: 'a', priority: 1 }, 'b']);
		expect(receipts).toEqual(messages.map(({ receipt }) => receipt));
		expect((await leasedBatch(['a', 'b'], { delivery: 'at-most-once' })).receipts).toEqual([]);
	});

	it('are for acknowledging only, and name nothing twice', async () => {
		const { queue, messages, receipts } = await leasedBatch(['a', 'b']);
		const [receipt] = receipts;
		for (const verb of ['retry', 'extend']) {
			const problem = await refused('POST', `/v1/queues/${queue}/${verb}`, { json: { receipts: [{ receipt }] } });
			expect(problem).toMatchObject({ code: 'invalid_receipt', pointer: '#/receipts/0/receipt' });
			expect(problem.detail).toContain('several');
		}
		const twice = await refused('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt, receipt] } });
		expect(twice).toMatchObject({ code: 'invalid_request', pointer: '#/receipts/1' });
		expect((await getQueue(queue)).figures).toMatchObject({ leased: 2 });
		// So is one of it besides, whatever is asked for it.
		const one = messages[1]?.receipt;
		for (const json of [
			{ ack: [receipt, one] },
			{ ack: [one, receipt] },
			{ ack: [receipt], retry: [{ receipt: one }] },
		]) {
			const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
			expect(problem).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('twice') });
		}
		expect((await getQueue(queue)).figures).toMatchObject({ leased: 2 });
	});

	it('publish what all of them together publish, but not what one publishes', async () => {
		const { queue, receipts } = await leasedBatch(['a', 'b']);
		const target = await newQueue();
		const path = `/v1/queues/${queue}/settle`;
		const [receipt] = receipts;
		const successors = { queue: target, messages: [{ body: 'next' }] };
		const own = await refused('POST', path, { json: { ack: receipts, publish: [{ ...successors, receipt }] } });
		expect(own).toMatchObject({ code: 'invalid_receipt', pointer: '#/ack/0' });
		const { body } = await ask('POST', path, { json: { ack: receipts, publish: [successors] } });
		expect(body).toMatchObject({
			ack: [{ outcome: 'acked' }, { outcome: 'acked' }],
			retry: [],
			extend: [],
			published: 1,
		});
		expect(await receive(target, { waitSeconds: 5 })).toMatchObject([{ body: 'next' }]);
	});

	it('stand beside receipts that are given back or extended', async () => {
		const { queue, messages, receipts } = await leasedBatch(['a', 'b', { body: 'c', priority: 2 }]);
		const [c] = messages.map(({ receipt }) => receipt);
		const json = { ack: receipts.slice(1), retry: [{ receipt: c, delaySeconds: 60 }], onlyLeased: true };
		const { body } = await ask('POST', `/v1/queues/${queue}/settle`, { json });
		expect(body).toMatchObject({
			ack: [{ outcome: 'acked' }, { outcome: 'acked' }],
			retry: [{ receipt: c, outcome: 'retried' }],
		});
	});
});
