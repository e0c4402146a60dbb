import { describe, expect, it } from 'vitest';
import { ReceivedFully } from '../../src/schemas/consuming';
import { ask, getQueue, good, newQueue, publish, receive, receiveOne, refused, settled, until } from './client';

async function exchange(queue: string, ack: readonly (string | null)[], options: object = {}) {
	return good(ReceivedFully, await ask('POST', `/v1/queues/${queue}/receive`, { json: { ...options, ack } }));
}

describe('receive with acknowledgements', () => {
	it.each([1, 3])('acknowledges what it is given and hands out what is next (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		const bodies = Array.from({ length: 12 }, (_, index) => `message ${index}`);
		for (const body of bodies) await publish(queue, body);
		const seen: string[] = [];
		let held: (string | null)[] = [];
		do {
			const { messages, ack } = await exchange(queue, held, { max: 5 });
			expect(ack).toEqual(held.map((receipt) => ({ receipt, outcome: 'acked' })));
			seen.push(...messages.map(({ body }) => body));
			held = messages.map(({ receipt }) => receipt);
		} while (held.length > 0);
		expect(seen.sort()).toEqual(bodies.sort());
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0 });
	});

	it('hands out the next of a key that the acknowledgement frees, in the same step', async () => {
		const queue = await newQueue();
		await publish(queue, 'first', '?key=k');
		const { receipt } = await receiveOne(queue);
		await publish(queue, 'second', '?key=k');
		expect(await receive(queue)).toEqual([]);
		const { messages } = await exchange(queue, [receipt]);
		expect(messages).toMatchObject([{ body: 'second' }]);
	});

	it.each([1, 2])('acknowledges before it waits (%i partitions)', async (partitions) => {
		const queue = await newQueue({ partitions });
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		const waiting = exchange(queue, [receipt], { waitSeconds: 20 });
		await until(async () => {
			const { waiters, leased } = (await getQueue(queue)).figures;
			return waiters === partitions && leased === 0;
		});
		await publish(queue, 'b');
		expect(await waiting).toMatchObject({ messages: [{ body: 'b' }], ack: [{ outcome: 'acked' }] });
	});

	it('tells of a receipt that is not good any more, and receives all the same', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		await publish(queue, 'b');
		const { receipt } = await receiveOne(queue, { max: 1 });
		await settled(queue, 'ack', [receipt]);
		expect(await exchange(queue, [receipt])).toMatchObject({
			messages: [{ body: 'b' }],
			ack: [{ receipt, outcome: 'unknown' }],
		});
	});

	it('neither acknowledges nor receives where one receipt is not valid, or named twice', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		await publish(queue, 'b');
		const { receipt } = await receiveOne(queue, { max: 1 });
		const path = `/v1/queues/${queue}/receive`;
		const wrong = await refused('POST', path, { json: { ack: [receipt, 'A'.repeat(32)] } });
		expect(wrong).toMatchObject({ status: 400, code: 'invalid_receipt', pointer: '#/ack/1' });
		const twice = await refused('POST', path, { json: { ack: [receipt, receipt] } });
		expect(twice).toMatchObject({ status: 400, code: 'invalid_request', pointer: '#/ack/1' });
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 1, leased: 1 });
		expect(await settled(queue, 'ack', [receipt])).toMatchObject([{ outcome: 'acked' }]);
	});

	it('acknowledges in a queue that is paused, and hands out nothing', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		await publish(queue, 'b');
		const { receipt } = await receiveOne(queue, { max: 1 });
		await ask('POST', `/v1/queues/${queue}/pause`);
		expect(await exchange(queue, [receipt])).toMatchObject({ messages: [], ack: [{ outcome: 'acked' }] });
	});

	it('answers no outcomes where none were asked for, and none for none', async () => {
		const queue = await newQueue();
		expect((await ask('POST', `/v1/queues/${queue}/receive`, { json: {} })).body).toEqual({
			messages: [],
			receipts: [],
		});
		expect(await exchange(queue, [])).toEqual({ messages: [], receipts: [], ack: [] });
	});
});
