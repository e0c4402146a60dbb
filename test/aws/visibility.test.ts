import { describe, expect, test } from 'vitest';
import { failure, figuresOf, newQueue, receive, receiveOne, sqs } from './clients.ts';

/** A queue with one message in it. */
async function queueWith(body: string, attributes = {}): Promise<string> {
	const { url } = await newQueue(attributes);
	await sqs.sendMessage({ QueueUrl: url, MessageBody: body });
	return url;
}

describe('a message that is handed out', () => {
	test("is nobody else's until its visibility timeout is over, and then somebody's, with another handle", async () => {
		const url = await queueWith('x');
		const first = await receiveOne(url, { VisibilityTimeout: 0.4 });
		expect(await receive(url)).toEqual([]);
		expect(await figuresOf(url)).toEqual([0, 1, 0]);
		const second = await receiveOne(url);
		expect(second).toMatchObject({ MessageId: first.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
		expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
	});

	test('may be held for no time at all', async () => {
		const url = await queueWith('x');
		for (const count of ['1', '2', '3']) {
			const { Attributes } = await receiveOne(url, { VisibilityTimeout: 0 });
			expect(Attributes?.ApproximateReceiveCount).toBe(count);
		}
		expect(await figuresOf(url)).toEqual([1, 0, 0]);
	});

	test("may be held for no time at all by a queue's own setting", async () => {
		const url = await queueWith('x', { VisibilityTimeout: '0' });
		for (const count of ['1', '2']) expect((await receiveOne(url)).Attributes?.ApproximateReceiveCount).toBe(count);
	});

	test('is finished by a late handle while nobody else has it', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url, { VisibilityTimeout: 0 });
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});

	test('is not finished by a handle that is not the newest, and the answer does not tell', async () => {
		const url = await queueWith('x');
		const old = await receiveOne(url, { VisibilityTimeout: 0 });
		const current = await receiveOne(url);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: old.ReceiptHandle });
		expect(await figuresOf(url)).toEqual([0, 1, 0]);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: current.ReceiptHandle });
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});
});

describe('ChangeMessageVisibility', () => {
	test('of 0 gives a message back at once', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url);
		expect(await receive(url)).toEqual([]);
		await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
		expect(await figuresOf(url)).toEqual([1, 0, 0]);
		expect((await receiveOne(url)).Attributes?.ApproximateReceiveCount).toBe('2');
	});

	test('makes it longer or shorter, from now on', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url, { VisibilityTimeout: 0.3 });
		await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 600 });
		expect(await receive(url, { WaitTimeSeconds: 0.6 })).toEqual([]);
		await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0.2 });
		expect((await receiveOne(url)).Attributes?.ApproximateReceiveCount).toBe('2');
	});

	test('is refused for a message that is not in flight', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url);
		const change = () => sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 10 });
		await change();
		await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
		expect(await failure(change())).toMatchObject({
			name: 'MessageNotInflight',
			code: 'AWS.SimpleQueueService.MessageNotInflight',
			status: 400,
		});
		expect(await figuresOf(url)).toEqual([1, 0, 0]);
	});

	test('is refused for one that is finished', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
		const change = sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 10 });
		expect(await failure(change)).toMatchObject({
			code: 'InvalidParameterValue',
			message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
		});
	});

	test('is refused beyond twelve hours, and for what is no handle', async () => {
		const url = await queueWith('x');
		const { ReceiptHandle } = await receiveOne(url);
		const beyond = sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 43_201 });
		expect(await failure(beyond)).toMatchObject({
			code: 'InvalidParameterValue',
			message: expect.stringMatching(/^Value 43201 for parameter VisibilityTimeout is invalid\. Reason: /),
		});
		const made = sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: 'made-up', VisibilityTimeout: 1 });
		expect(await failure(made)).toMatchObject({ name: 'ReceiptHandleIsInvalid' });
	});
});
