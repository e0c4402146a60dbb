import { describe, expect, it } from 'vitest';
import {
	ask,
	caughtUp,
	getQueue,
	leased,
	newKey,
	newName,
	newQueue,
	newTopic,
	receiveAll,
	refused,
	settled,
	subscribe,
} from './client';

describe('settle {ack, publish} is refused, and does nothing,', () => {
	const one = [{ body: 'x' }];

	it.each<[object | ((receipts: string[]) => object), string]>([
		[{ publish: [] }, '/publish'],
		[{ publish: [{ messages: one }] }, '/publish/0'],
		[{ publish: [{ queue: 'q', topic: 't', messages: one }] }, '/publish/0'],
		[{ publish: [{ queue: 'a b', messages: one }] }, '/publish/0/queue'],
		[{ publish: [{ topic: 'a b', messages: one }] }, '/publish/0/topic'],
		[{ publish: [{ queue: 'q' }] }, '/publish/0/messages'],
		[{ publish: [{ queue: 'q', messages: [] }] }, '/publish/0/messages'],
		[{ publish: [{ queue: 'q', messages: [{ body: 1 }] }] }, '/publish/0/messages/0/body'],
		[
			{ publish: [{ queue: 'q', messages: [...one, { body: 'a b', encoding: 'base64' }] }] },
			'/publish/0/messages/1/body',
		],
		[{ publish: [{ queue: 'q', messages: one, to: 'q' }] }, '/publish/0/to'],
		[{ publish: [{ queue: 'q', messages: Array(101).fill({ body: '' }) }] }, '/publish/0/messages'],
		[
			{
				publish: [
					{ queue: 'q', messages: Array(60).fill({ body: '' }) },
					{ topic: 't', messages: Array(41).fill({ body: '' }) },
				],
			},
			'/publish',
		],
		[{ ack: [], extend: [{ receipt: 'x' }], publish: [{ queue: 'q', messages: one }] }, '/publish'],
		[{ publish: [{ queue: 'q', messages: one, receipt: 'other' }] }, '/publish/0/receipt'],
		[
			([receipt]) => ({
				publish: [
					{ queue: 'q', messages: one, receipt },
					{ queue: 'q', messages: one },
				],
			}),
			'/publish/1/receipt',
		],
	])('what is not valid: %#', async (wrong, pointer) => {
		const { queue, receipts } = await leased(['a']);
		const json = { ack: receipts, ...(typeof wrong === 'function' ? wrong(receipts) : wrong) };
		const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#${pointer}` });
		expect(await settled(queue, 'ack', receipts)).toMatchObject([{ outcome: 'acked' }]);
	});

	it('a target that is not there', async () => {
		const { queue, receipts } = await leased(['a']);
		const next = await newQueue();
		for (const [target, code] of [
			[{ queue: newName() }, 'queue_not_found'],
			[{ topic: next }, 'topic_not_found'],
		] as const) {
			const publishing = [
				{ queue: next, messages: one },
				{ ...target, messages: one },
			];
			const problem = await refused('POST', `/v1/queues/${queue}/settle`, {
				json: { ack: receipts, publish: publishing },
			});
			expect(problem).toMatchObject({ status: 404, code });
		}
		expect(await settled(queue, 'ack', receipts)).toMatchObject([{ outcome: 'acked' }]);
		expect((await getQueue(next)).figures.visible).toBe(0);
	});

	it('a delay on a topic, or one beyond the retention of the target', async () => {
		const { queue, receipts } = await leased(['a']);
		const topic = await newTopic();
		const next = await newQueue({ retentionSeconds: 60 });
		for (const [entry, field] of [
			[{ topic, messages: [{ body: 'x', delaySeconds: 1 }] }, 'delaySeconds'],
			[{ topic, messages: [{ body: 'x', deliverAt: '2020-01-01T00:00:00Z' }] }, 'deliverAt'],
			[{ queue: next, messages: [{ body: 'x', delaySeconds: 61 }] }, 'delaySeconds'],
		] as const) {
			const json = { ack: receipts, publish: [{ queue, messages: one }, entry] };
			const problem = await refused('POST', `/v1/queues/${queue}/settle`, { json });
			expect(problem).toMatchObject({ status: 400, pointer: `#/publish/1/messages/0/${field}` });
		}
		expect(await settled(queue, 'ack', receipts)).toMatchObject([{ outcome: 'acked' }]);
	});

	it('messages that are too large, alone or together', async () => {
		const { queue, receipts } = await leased(['a']);
		const large = { body: 'x'.repeat(1_048_576) };
		const settling = (...lists: object[][]) => {
			const publishing = lists.map((messages) => ({ queue, messages }));
			return refused('POST', `/v1/queues/${queue}/settle`, { json: { ack: receipts, publish: publishing } });
		};
		expect(await settling([{ body: `${large.body}x` }])).toMatchObject({
			status: 413,
			code: 'message_too_large',
			pointer: '#/publish/0/messages/0',
		});
		expect(await settling([large, large, large], [large, large])).toMatchObject({ status: 413, pointer: '#/publish' });
	});

	it('a key that may not publish to every target, or not consume', async () => {
		const { queue, receipts } = await leased(['a']);
		const topic = await newTopic();
		const subscribed = await subscribe(topic);
		const json = { ack: receipts, publish: [{ topic, messages: one }] };
		for (const [actions, patterns, missing] of [
			[['consume'], ['*'], 'publish'],
			[['publish'], ['*'], 'consume'],
			[['consume', 'publish'], [queue], topic],
		] as const) {
			const { key } = await newKey([...actions], [...patterns]);
			const problem = await refused('POST', `/v1/queues/${queue}/settle`, { key, json });
			expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining(missing) });
		}
		const { key } = await newKey(['consume', 'publish'], [queue, topic]);
		expect((await ask('POST', `/v1/queues/${queue}/settle`, { key, json })).status).toBe(200);
		await receiveAll(subscribed, 1);
		await caughtUp(topic, subscribed);
	});
});
