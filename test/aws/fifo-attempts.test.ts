import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from 'vitest';
import { bodies, figuresOf, newFifoQueue, receive, sqs, unique } from './clients.ts';

// A receive whose answer was lost holds messages that nobody has. Asked again with the same ReceiveRequestAttemptId it
// answers the same messages, instead of none until their visibility timeout is over.

let url: string;
let attempt: string;

beforeEach(async () => {
	({ url } = await newFifoQueue({ ContentBasedDeduplication: 'true' }));
	attempt = unique('attempt');
	for (const body of ['1', '2', '3']) await sqs.sendMessage({ QueueUrl: url, MessageBody: body, MessageGroupId: 'g' });
});

function ask(id: string, options = {}): Promise<Message[]> {
	const wish = { ReceiveRequestAttemptId: id, MaxNumberOfMessages: 2, MessageSystemAttributeNames: ['All' as const] };
	return receive(url, { ...wish, ...options });
}

const handles = (messages: Message[]) => messages.map(({ ReceiptHandle }) => ReceiptHandle);

describe('a receive with the attempt id of an earlier one', () => {
	test('gets the same messages under the same handles', async () => {
		const first = await ask(attempt);
		const again = await ask(attempt);
		expect(bodies(first)).toEqual(['1', '2']);
		expect(bodies(again)).toEqual(['1', '2']);
		expect(handles(again)).toEqual(handles(first));
		expect(again[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first[0]?.ReceiptHandle });
		expect(await figuresOf(url)).toEqual([1, 1, 0]);
	});

	test('holds them anew from then on', async () => {
		await ask(attempt, { VisibilityTimeout: 0.8 });
		await receive(url, { WaitTimeSeconds: 0.5 });
		await ask(attempt, { VisibilityTimeout: 0.8 });
		// The first visibility timeout is over in 0.3 s, the second one in 0.8.
		expect(await receive(url, { WaitTimeSeconds: 0.5 })).toEqual([]);
		expect(bodies(await receive(url, { WaitTimeSeconds: 5 }))[0]).toBe('1');
	});

	test('is a new one where a message of the first was finished', async () => {
		const [first] = await ask(attempt);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle });
		// The other one still holds up the group.
		expect(await ask(attempt)).toEqual([]);
	});

	test('is a new one where a visibility timeout was changed', async () => {
		const [first, second] = await ask(attempt);
		for (const message of [second, first]) {
			const change = { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
			await sqs.changeMessageVisibility({ QueueUrl: url, ...change });
		}
		const again = await ask(attempt);
		expect(again[0]).toMatchObject({ Body: '1', Attributes: { ApproximateReceiveCount: '2' } });
		expect(handles(again)).not.toContain(first?.ReceiptHandle);
	});

	test('is a new one where the visibility timeout was over', async () => {
		await ask(attempt, { VisibilityTimeout: 0.1 });
		await sleep(200);
		const [again] = await ask(attempt, { WaitTimeSeconds: 5 });
		expect(again).toMatchObject({ Body: '1', Attributes: { ApproximateReceiveCount: '2' } });
	});
});

test('another attempt id, or none, gets nothing of what is held', async () => {
	await ask(attempt);
	expect(await ask(unique('attempt'))).toEqual([]);
	expect(await receive(url)).toEqual([]);
});
