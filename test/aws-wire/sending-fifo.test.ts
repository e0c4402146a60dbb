import { describe, expect, test } from 'vitest';
import { ask, getQueue } from '../http/client';
import { failure, urlOf } from './client';
import { EVERYTHING, fifoQueue, md5, receiveMessages, sendText } from './messages';

describe('SendMessage to a FIFO queue', () => {
	const inGroup = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };

	test('answers a sequence number, and the first answer to a repeat', async () => {
		const queue = await fifoQueue();
		const first = await sendText(queue, 'x', inGroup);
		expect(first.SequenceNumber).toMatch(/^\d{20}$/);
		expect(await sendText(queue, 'y', inGroup)).toEqual({ ...first, MD5OfMessageBody: md5('y') });
		const second = await sendText(queue, 'x', { ...inGroup, MessageDeduplicationId: 'e' });
		expect(String(second.SequenceNumber) > String(first.SequenceNumber)).toBe(true);
		const [message] = await receiveMessages(queue, EVERYTHING);
		expect(message?.Attributes).toMatchObject({
			SequenceNumber: first.SequenceNumber,
			MessageGroupId: 'g',
			MessageDeduplicationId: 'd',
		});
	});

	test('deduplicates by group where the queue says so, also ids that are as long as they may be', async () => {
		const queue = await fifoQueue({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
		const long = 'd'.repeat(128);
		const send = async (group: string) =>
			(await sendText(queue, 'x', { MessageGroupId: group, MessageDeduplicationId: long })).MessageId;
		const [one, other] = ['a'.repeat(128), 'b'.repeat(128)];
		expect([await send(one), await send(other)]).toEqual([await send(one), await send(other)]);
		const received = await receiveMessages(queue, EVERYTHING);
		expect(received.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual([long, long]);
	});

	test('a native publish with the same id is a repeat as well', async () => {
		const queue = await fifoQueue();
		await sendText(queue, 'x', inGroup);
		const again = await ask('POST', `/v1/queues/${queue}/messages?key=g&dedupId=d`, { body: 'y' });
		expect(again.body).toMatchObject({ duplicate: true });
	});

	test.each([
		[
			'no group',
			{ MessageDeduplicationId: 'd' },
			'MissingParameter',
			'The request must contain the parameter MessageGroupId.',
		],
		[
			'no id where the content is none',
			{ MessageGroupId: 'g' },
			'InvalidParameterValue',
			'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
		],
		[
			'a delay',
			{ ...inGroup, DelaySeconds: 1 },
			'InvalidParameterValue',
			'Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
		],
		['an empty id', { ...inGroup, MessageDeduplicationId: '' }, 'InvalidParameterValue', /MessageDeduplicationId/],
	])('refuses %s', async (_, fields, code, message) => {
		const queue = await fifoQueue();
		const refused = await failure('SendMessage', { QueueUrl: urlOf(queue), MessageBody: 'x', ...fields });
		expect(refused).toMatchObject({ status: 400, code });
		expect(refused.message).toMatch(message);
	});

	test("takes a delay of 0, which means nothing: the queue's own counts", async () => {
		const queue = await fifoQueue({ DelaySeconds: '60' });
		await sendText(queue, 'x', { ...inGroup, DelaySeconds: 0 });
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, delayed: 1 });
	});
});
