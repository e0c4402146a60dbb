import { expect, it } from 'vitest';
import { ask, newName, newQueue, publish, receiveOne, refused, settled } from './client';

async function leased(settings: object = {}): Promise<{ queue: string; receipt: string }> {
	const queue = await newQueue(settings);
	await publish(queue, 'a');
	return { queue, receipt: (await receiveOne(queue)).receipt };
}

/** The receipt with another byte at this offset: position 0–7, attempt 8–11, partition 12–13, place 14, count 15, seal 16–23. */
function changed(receipt: string, offset: number): string {
	const bytes = Uint8Array.from(atob(receipt.replaceAll('-', '+').replaceAll('_', '/')), (unit) => unit.charCodeAt(0));
	bytes[offset] = (bytes[offset] ?? 0) ^ 1;
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_');
}

it.each<[string, (receipt: string) => string]>([
	['truncated', (receipt) => receipt.slice(0, -1)],
	['lengthened', (receipt) => `${receipt}A`],
	['without its seal', (receipt) => receipt.slice(0, 21)],
	['with another seal', (receipt) => changed(receipt, 23)],
	['of another partition', (receipt) => changed(receipt, 13)],
	['of another place in its run', (receipt) => changed(receipt, 14)],
	['of a longer run', (receipt) => changed(receipt, 15)],
	['of another position', (receipt) => changed(receipt, 7)],
	['of a later attempt', (receipt) => changed(receipt, 11)],
	['made up', () => 'A'.repeat(32)],
	['in other letters', (receipt) => receipt.toUpperCase()],
	['of another kind', () => 'receipt'],
])('a receipt %s is refused by number, and nothing is done', async (_, change) => {
	const { queue, receipt } = await leased();
	const wrong = change(receipt);
	const ack = await refused('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt, wrong] } });
	expect(ack).toMatchObject({ status: 400, code: 'invalid_receipt', pointer: '#/receipts/1' });
	expect(ack.detail).toContain('receipts[1]');
	const json = { ack: [receipt], retry: [{ receipt: wrong }] };
	const settle = await refused('POST', `/v1/queues/${queue}/settle`, { json });
	expect(settle).toMatchObject({ code: 'invalid_receipt', pointer: '#/retry/0/receipt' });
	expect(await settled(queue, 'ack', [receipt])).toMatchObject([{ outcome: 'acked' }]);
});

it('a receipt of another queue is refused', async () => {
	const { receipt } = await leased();
	const other = await leased();
	const problem = await refused('POST', `/v1/queues/${other.queue}/ack`, { json: { receipts: [receipt] } });
	expect(problem.code).toBe('invalid_receipt');
});

it('a receipt of a queue that was deleted and made again is refused', async () => {
	const { queue, receipt } = await leased();
	await ask('DELETE', `/v1/queues/${queue}`);
	await ask('PUT', `/v1/queues/${queue}`);
	expect((await refused('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt] } })).code).toBe(
		'invalid_receipt',
	);
});

it('receipts of every partition are good', async () => {
	const queue = await newQueue({ partitions: 64 });
	for (let index = 0; index < 8; index++) {
		await publish(queue, 'a', `?key=${newName()}`);
		const { receipt } = await receiveOne(queue);
		expect(await settled(queue, 'ack', [receipt])).toMatchObject([{ outcome: 'acked' }]);
	}
});
