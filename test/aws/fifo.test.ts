import { beforeEach, describe, expect, test } from 'vitest';
import { bodies, failure, figuresOf, newFifoQueue, receive, receiveOne, sqs } from './clients.ts';

let url: string;

beforeEach(async () => {
	url = (await newFifoQueue({ ContentBasedDeduplication: 'true' })).url;
});

function send(MessageBody: string, MessageGroupId = 'g') {
	return sqs.sendMessage({ QueueUrl: url, MessageBody, MessageGroupId });
}

async function sendAll(...all: readonly string[]): Promise<void> {
	for (const body of all) await send(body, body.slice(0, -1));
}

describe('messages of a group', () => {
	test('come in the order in which they were sent, several in one receive', async () => {
		await sendAll('a1', 'a2', 'a3', 'a4', 'a5');
		expect(bodies(await receive(url, { MaxNumberOfMessages: 3 }))).toEqual(['a1', 'a2', 'a3']);
	});

	test('wait while one of them is in flight, and other groups do not', async () => {
		await sendAll('a1', 'a2', 'b1');
		const first = await receiveOne(url, { MaxNumberOfMessages: 1 });
		expect(first.Body).toBe('a1');
		expect(bodies(await receive(url))).toEqual(['b1']);
		expect(await receive(url)).toEqual([]);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first.ReceiptHandle });
		expect(bodies(await receive(url))).toEqual(['a2']);
	});

	test('wait until the last of those that were handed out together is finished', async () => {
		await sendAll('a1', 'a2', 'a3');
		const [first, second] = await receive(url, { MaxNumberOfMessages: 2 });
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle });
		expect(await receive(url)).toEqual([]);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: second?.ReceiptHandle });
		expect(bodies(await receive(url))).toEqual(['a3']);
	});

	test('fill a receive before another group does', async () => {
		await sendAll('a1', 'b1', 'a2', 'b2', 'a3');
		expect(bodies(await receive(url, { MaxNumberOfMessages: 3 }))).toEqual(['a1', 'a2', 'a3']);
		expect(bodies(await receive(url))).toEqual(['b1', 'b2']);
	});

	test('go on in order when the first of them comes back', async () => {
		await sendAll('a1', 'a2');
		await receiveOne(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 0.3 });
		expect(await receive(url)).toEqual([]);
		const [again] = await receive(url, { WaitTimeSeconds: 5, MessageSystemAttributeNames: ['All'] });
		expect([again?.Body, again?.Attributes?.ApproximateReceiveCount]).toEqual(['a1', '2']);
	});

	test('are free at once where one of them is given back', async () => {
		await sendAll('a1', 'a2');
		const { ReceiptHandle } = await receiveOne(url, { MaxNumberOfMessages: 1 });
		await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
		expect((await receive(url)).at(0)?.Body).toBe('a1');
	});
});

describe('sequence numbers', () => {
	test('grow, have twenty digits, and are what the receiver is told', async () => {
		const sent = [await send('1', 'a'), await send('2', 'b'), await send('3', 'a')];
		const numbers = sent.map(({ SequenceNumber }) => SequenceNumber ?? '');
		for (const number of numbers) expect(number).toMatch(/^\d{20}$/);
		expect(numbers).toEqual([...new Set(numbers)].sort());
		const received = await receive(url, { MessageSystemAttributeNames: ['All'] });
		const told = Object.fromEntries(received.map(({ Body, Attributes }) => [Body, Attributes?.SequenceNumber]));
		expect(told).toEqual({ 1: numbers[0], 2: numbers[1], 3: numbers[2] });
		const { MessageGroupId, MessageDeduplicationId } = received[0]?.Attributes ?? {};
		expect(MessageGroupId).toBe('a');
		// SHA-256 of the body "1".
		expect(MessageDeduplicationId).toBe('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b');
	});
});

describe('a FIFO queue refuses', () => {
	test('a message without a group', async () => {
		expect(await failure(sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' }))).toMatchObject({
			code: 'MissingParameter',
			message: 'The request must contain the parameter MessageGroupId.',
			status: 400,
		});
	});

	test('a delay of one message; the queue may have one', async () => {
		const delayed = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 1 });
		expect(await failure(delayed)).toMatchObject({
			code: 'InvalidParameterValue',
			message: expect.stringContaining('The request include parameter that is not valid for this queue type'),
		});
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { DelaySeconds: '60' } });
		await send('later');
		expect(await figuresOf(url)).toEqual([0, 0, 1]);
	});

	test('group ids with blanks or of more than 128 characters', async () => {
		for (const group of ['a b', 'x'.repeat(129), 'ü']) {
			expect(await failure(send('x', group)), group).toMatchObject({ code: 'InvalidParameterValue' });
		}
		const all = `azAZ09!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`;
		await send('x', all);
		expect((await receiveOne(url)).Attributes?.MessageGroupId).toBe(all);
	});
});

describe('a receipt handle that has expired', () => {
	test('finishes nothing, and the answer says so', async () => {
		await send('x');
		const { ReceiptHandle } = await receiveOne(url, { VisibilityTimeout: 0 });
		expect(await failure(sqs.deleteMessage({ QueueUrl: url, ReceiptHandle }))).toMatchObject({
			code: 'InvalidParameterValue',
			message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
		});
		expect(await figuresOf(url)).toEqual([1, 0, 0]);
		const current = await receiveOne(url);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: current.ReceiptHandle });
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});

	test('in a batch is refused for itself', async () => {
		await sendAll('a1', 'b1');
		const old = await receiveOne(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 0.001 });
		const [one, other] = await receive(url, { WaitTimeSeconds: 1 });
		const Entries = [old, one, other].flatMap((message, index) =>
			message === undefined ? [] : [{ Id: String(index), ReceiptHandle: message.ReceiptHandle }],
		);
		const { Successful = [], Failed = [] } = await sqs.deleteMessageBatch({ QueueUrl: url, Entries });
		expect(Failed).toEqual([expect.objectContaining({ Id: '0', Code: 'InvalidParameterValue', SenderFault: true })]);
		expect(Successful.length).toBe(Entries.length - 1);
	});
});
