import { describe, expect, test } from 'vitest';
import { bodies, failure, newFifoQueue, newQueue, sns, sqs } from './clients.ts';
import { arrived, newFifoTopic, newTopic, publish, raw, subscribed } from './topics.ts';

const inGroup = (MessageGroupId: string, MessageDeduplicationId?: string) => ({
	MessageGroupId,
	...(MessageDeduplicationId !== undefined && { MessageDeduplicationId }),
});

describe('a FIFO topic', () => {
	test('brings the messages of a group in order, with their group', async () => {
		const { topic, queue } = await subscribed(raw, {
			topic: await newFifoTopic({ ContentBasedDeduplication: 'true' }),
			queue: await newFifoQueue({ ContentBasedDeduplication: 'true' }),
		});
		const numbers: string[] = [];
		for (const body of ['1', '2', '3']) {
			numbers.push((await publish(topic, body, inGroup('g'))).SequenceNumber ?? '');
		}
		expect(numbers).toEqual([...new Set(numbers)].sort());
		expect(numbers[0]).toMatch(/^\d{20}$/);
		const found: string[] = [];
		while (found.length < 3) {
			for (const message of await arrived(queue, 1)) {
				expect(message.Attributes?.MessageGroupId).toBe('g');
				found.push(message.Body ?? '');
				await sqs.deleteMessage({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle });
			}
		}
		expect(found).toEqual(['1', '2', '3']);
	});

	test('takes a repeat within five minutes once, by its id or by its content', async () => {
		const byId = await subscribed(raw, { topic: await newFifoTopic() });
		const first = await publish(byId.topic, 'a', inGroup('g', 'one'));
		const again = await publish(byId.topic, 'a', inGroup('g', 'one'));
		expect([again.MessageId, again.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
		await publish(byId.topic, 'b', inGroup('h', 'two'));
		expect(bodies(await arrived(byId.queue, 2)).toSorted()).toEqual(['a', 'b']);

		const topic = await newFifoTopic({ ContentBasedDeduplication: 'true' });
		const byContent = await subscribed(raw, { topic });
		for (const body of ['a', 'a', 'b']) await publish(topic, body, inGroup(body));
		expect(bodies(await arrived(byContent.queue, 2)).toSorted()).toEqual(['a', 'b']);
	});

	test('tells its sequence number in the envelope', async () => {
		const { topic, queue } = await subscribed({}, { topic: await newFifoTopic() });
		const { SequenceNumber, MessageId } = await publish(topic, 'x', inGroup('g', 'one'));
		const [message] = await arrived(queue, 1);
		expect(JSON.parse(message?.Body ?? '')).toMatchObject({ MessageId, SequenceNumber, Message: 'x' });
	});

	test('brings to a queue that is not FIFO, too', async () => {
		const { topic, queue } = await subscribed(raw, { topic: await newFifoTopic(), queue: await newQueue() });
		await publish(topic, 'x', inGroup('g', 'one'));
		expect(bodies(await arrived(queue, 1))).toEqual(['x']);
	});

	test('refuses a message without a group, or without a deduplication id', async () => {
		const topic = await newFifoTopic();
		expect(await failure(publish(topic, 'x', { MessageDeduplicationId: 'one' }))).toMatchObject({
			code: 'InvalidParameter',
			message: expect.stringContaining('MessageGroupId'),
			status: 400,
		});
		expect(await failure(publish(topic, 'x', inGroup('g')))).toMatchObject({
			code: 'InvalidParameter',
			message: expect.stringContaining('ContentBasedDeduplication'),
			status: 400,
		});
	});

	test('takes batches in order', async () => {
		const { topic, queue } = await subscribed(raw, { topic: await newFifoTopic() });
		const { Successful = [] } = await sns.publishBatch({
			TopicArn: topic,
			PublishBatchRequestEntries: ['1', '2', '3'].map((Id) => ({ Id, Message: Id, ...inGroup('g', Id) })),
		});
		expect(Successful.map(({ SequenceNumber }) => SequenceNumber)).toHaveLength(3);
		expect(Successful.every(({ SequenceNumber }) => /^\d{20}$/.test(SequenceNumber ?? ''))).toBe(true);
		const found: string[] = [];
		while (found.length < 3) {
			for (const { Body = '', ReceiptHandle } of await arrived(queue, 1)) {
				found.push(Body);
				await sqs.deleteMessage({ QueueUrl: queue.url, ReceiptHandle });
			}
		}
		expect(found).toEqual(['1', '2', '3']);
	});
});

test('a topic that is not FIFO takes no deduplication id, and keeps a group', async () => {
	const { topic, queue } = await subscribed(raw, { topic: await newTopic() });
	expect(await failure(publish(topic, 'x', inGroup('g', 'one')))).toMatchObject({ code: 'InvalidParameter' });
	await publish(topic, 'y', inGroup('tenant'));
	const [message] = await arrived(queue, 1);
	expect([message?.Body, message?.Attributes?.MessageGroupId]).toEqual(['y', 'tenant']);
});
