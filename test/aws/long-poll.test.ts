import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { bodies, newFifoQueue, newQueue, receive, receiveOne, sqs } from './clients.ts';

// A receive waits up to 20 s. What wakes it here comes within half a second: an answer after `patienceMs` was not woken.
const longMs = 10_000;
const patienceMs = 3_000;

/** A receive that is parked at the server when this resolves, and how long it will have taken. */
async function parked(url: string, options = {}): Promise<{ woken: Promise<{ messages: Message[]; ms: number }> }> {
	const begun = performance.now();
	const messages = receive(url, { WaitTimeSeconds: longMs / 1_000, MessageSystemAttributeNames: ['All'], ...options });
	await sleep(150);
	return { woken: messages.then((messages) => ({ messages, ms: performance.now() - begun })) };
}

async function wokenWith(waiting: Awaited<ReturnType<typeof parked>>): Promise<Message[]> {
	const { messages, ms } = await waiting.woken;
	expect(ms).toBeLessThan(patienceMs);
	return messages;
}

test('a send wakes a receive that waits', async () => {
	const { url } = await newQueue();
	const waiting = await parked(url);
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	expect(bodies(await wokenWith(waiting))).toEqual(['x']);
});

test('the end of a delay wakes it', async () => {
	const { url } = await newQueue();
	const begun = performance.now();
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', DelaySeconds: 0.5 });
	const waiting = await parked(url);
	expect(bodies(await wokenWith(waiting))).toEqual(['x']);
	expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
});

test('the end of a visibility timeout wakes it', async () => {
	const { url } = await newQueue();
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	const begun = performance.now();
	await receiveOne(url, { VisibilityTimeout: 0.5 });
	const waiting = await parked(url);
	const [message] = await wokenWith(waiting);
	expect(message?.Attributes?.ApproximateReceiveCount).toBe('2');
	expect(performance.now() - begun).toBeGreaterThanOrEqual(490);
});

test('a message that is given back wakes it', async () => {
	const { url } = await newQueue();
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	const { ReceiptHandle } = await receiveOne(url);
	const waiting = await parked(url);
	await sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 });
	expect(bodies(await wokenWith(waiting))).toEqual(['x']);
});

test('a FIFO group that becomes free wakes it', async () => {
	const { url } = await newFifoQueue({ ContentBasedDeduplication: 'true' });
	await sqs.sendMessage({ QueueUrl: url, MessageBody: '1', MessageGroupId: 'g' });
	const { ReceiptHandle } = await receiveOne(url);
	await sqs.sendMessage({ QueueUrl: url, MessageBody: '2', MessageGroupId: 'g' });
	const waiting = await parked(url);
	await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
	expect(bodies(await wokenWith(waiting))).toEqual(['2']);
});

test('a queue may make every receive wait', async () => {
	const { url } = await newQueue({ ReceiveMessageWaitTimeSeconds: '10' });
	const waiting = await parked(url, { WaitTimeSeconds: undefined });
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	expect(bodies(await wokenWith(waiting))).toEqual(['x']);
	// And a receive may say that it will not.
	const { messages, ms } = await (await parked(url, { WaitTimeSeconds: 0 })).woken;
	expect(messages).toEqual([]);
	expect(ms).toBeLessThan(patienceMs);
});

test('one message wakes one of those who wait', async () => {
	const { url } = await newQueue();
	const waiting = await Promise.all([1, 2, 3].map(() => parked(url, { WaitTimeSeconds: 1 })));
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	const received = await Promise.all(waiting.map(({ woken }) => woken));
	expect(received.flatMap(({ messages }) => bodies(messages))).toEqual(['x']);
});

test('nothing within the time is an answer without messages, after that time', async () => {
	const { url } = await newQueue();
	const { messages, ms } = await (await parked(url, { WaitTimeSeconds: 0.5 })).woken;
	expect(messages).toEqual([]);
	expect(ms).toBeGreaterThanOrEqual(490);
	expect(ms).toBeLessThan(patienceMs);
});

test('a client that goes away holds a message for no longer than its visibility timeout', async () => {
	const { url } = await newQueue({ VisibilityTimeout: '1' });
	const leaving = new AbortController();
	const gone = sqs.receiveMessage({ QueueUrl: url, WaitTimeSeconds: 10 }, { abortSignal: leaving.signal });
	await sleep(150);
	leaving.abort();
	await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
	await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
	expect((await receiveOne(url)).Body).toBe('x');
});
