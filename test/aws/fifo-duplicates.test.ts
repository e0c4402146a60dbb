import { describe, expect, test } from 'vitest';
import { bodies, failure, newFifoQueue, newQueue, receive, receiveOne, sqs } from './clients.ts';

interface Draft {
	readonly body: string;
	readonly id?: string;
	readonly group?: string;
}

function sender(url: string) {
	return ({ body, id, group = 'g' }: Draft) =>
		sqs.sendMessage({
			QueueUrl: url,
			MessageBody: body,
			MessageGroupId: group,
			...(id !== undefined && { MessageDeduplicationId: id }),
		});
}

describe('a message with the deduplication id of an earlier one', () => {
	test('is answered as the first was, and not taken', async () => {
		const { url } = await newFifoQueue();
		const send = sender(url);
		const first = await send({ body: 'x', id: 'one' });
		const again = await send({ body: 'x', id: 'one' });
		expect([again.MessageId, again.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
		const other = await send({ body: 'x', id: 'two' });
		expect(other.MessageId).not.toBe(first.MessageId);
		expect((await receive(url)).map(({ MessageId }) => MessageId)).toEqual([first.MessageId, other.MessageId]);
	});

	test('is not taken either after the first was finished', async () => {
		const { url } = await newFifoQueue();
		const send = sender(url);
		const first = await send({ body: 'x', id: 'one' });
		const { ReceiptHandle } = await receiveOne(url);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
		expect((await send({ body: 'x', id: 'one' })).MessageId).toBe(first.MessageId);
		expect(await receive(url)).toEqual([]);
	});

	test('is not taken in another group, unless the queue says so', async () => {
		const { url } = await newFifoQueue();
		const send = sender(url);
		const first = await send({ body: 'x', id: 'one', group: 'a' });
		expect((await send({ body: 'x', id: 'one', group: 'b' })).MessageId).toBe(first.MessageId);

		const perGroup = await newFifoQueue({
			DeduplicationScope: 'messageGroup',
			FifoThroughputLimit: 'perMessageGroupId',
		});
		const sendPerGroup = sender(perGroup.url);
		const a = await sendPerGroup({ body: 'x', id: 'one', group: 'a' });
		const b = await sendPerGroup({ body: 'x', id: 'one', group: 'b' });
		expect(b.MessageId).not.toBe(a.MessageId);
		expect((await sendPerGroup({ body: 'x', id: 'one', group: 'b' })).MessageId).toBe(b.MessageId);
		expect(await receive(perGroup.url)).toHaveLength(2);
		expect(await receive(url)).toHaveLength(1);
	});

	test('in one batch is answered like the first', async () => {
		const { url } = await newFifoQueue();
		const Entries = ['a', 'b'].map((Id) => {
			return { Id, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'one' };
		});
		const { Successful = [] } = await sqs.sendMessageBatch({ QueueUrl: url, Entries });
		expect(Successful).toHaveLength(2);
		expect(new Set(Successful.map(({ MessageId }) => MessageId)).size).toBe(1);
		expect(await receive(url)).toHaveLength(1);
	});
});

describe('deduplication by content', () => {
	test('looks at the body and at nothing else', async () => {
		const { url } = await newFifoQueue({ ContentBasedDeduplication: 'true' });
		const attributed = (value: string) => ({ a: { DataType: 'String', StringValue: value } });
		const send = (MessageBody: string, value: string) =>
			sqs.sendMessage({
				QueueUrl: url,
				MessageBody,
				MessageGroupId: 'g',
				MessageAttributes: attributed(value),
			});
		const first = await send('x', '1');
		expect((await send('x', '2')).MessageId).toBe(first.MessageId);
		expect((await send('y', '1')).MessageId).not.toBe(first.MessageId);
		expect(bodies(await receive(url))).toEqual(['x', 'y']);
	});

	test('gives way to an id', async () => {
		const { url } = await newFifoQueue({ ContentBasedDeduplication: 'true' });
		const send = sender(url);
		await send({ body: 'x', id: 'one' });
		await send({ body: 'x', id: 'two' });
		await send({ body: 'y', id: 'one' });
		expect(bodies(await receive(url))).toEqual(['x', 'x']);
	});

	test('is there only where the queue has it', async () => {
		const { url } = await newFifoQueue();
		expect(await failure(sender(url)({ body: 'x' }))).toMatchObject({
			code: 'InvalidParameterValue',
			message:
				'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
			status: 400,
		});
	});
});

test('ids with blanks or of more than 128 characters are refused', async () => {
	const { url } = await newFifoQueue();
	for (const id of ['a b', 'x'.repeat(129), '']) {
		expect(await failure(sender(url)({ body: 'x', id })), id).toMatchObject({ code: 'InvalidParameterValue' });
	}
});

test('a queue that is not FIFO takes no deduplication id', async () => {
	const { url } = await newQueue();
	const send = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageDeduplicationId: 'one' });
	expect(await failure(send)).toMatchObject({
		code: 'InvalidParameterValue',
		message: expect.stringContaining('The request include parameter that is not valid for this queue type'),
	});
});
