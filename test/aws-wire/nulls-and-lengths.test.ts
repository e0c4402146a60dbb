import { describe, expect, test } from 'vitest';
import { done, failure, json, query, urlOf } from './client';
import { sqsQueue } from './queues';

describe('a field that is null', () => {
	test('is not there, as clients mean it that write all fields they know of', async () => {
		const queue = await sqsQueue();
		const nothing = {
			DelaySeconds: null,
			MessageGroupId: null,
			MessageAttributes: null,
			MessageSystemAttributes: null,
		};
		const typed = { a: { DataType: 'String', StringValue: 'null', BinaryValue: null } };
		await done('SendMessage', { QueueUrl: urlOf(queue), MessageBody: 'null', ...nothing });
		await done('SendMessage', { QueueUrl: urlOf(queue), MessageBody: 'x', MessageAttributes: typed });
		const wish = { QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, WaitTimeSeconds: null, VisibilityTimeout: null };
		expect(await done('ReceiveMessage', wish)).toMatchObject({ Messages: [{ Body: 'null' }, { Body: 'x' }] });
		expect(await json('ListQueues', { NextToken: null, MaxResults: null })).toMatchObject({ status: 200 });
	});

	test('is missing where it must be there', async () => {
		const queue = await sqsQueue();
		expect(await failure('SendMessage', { QueueUrl: urlOf(queue), MessageBody: null })).toMatchObject({
			code: 'MissingParameter',
		});
		expect((await failure('SendMessageBatch', { QueueUrl: urlOf(queue), Entries: [null] })).status).toBe(400);
	});
});

test('a text that is looked up is refused where it is longer than any name', async () => {
	const long = 'a'.repeat(4_500_000);
	expect((await failure('ListQueues', { QueueNamePrefix: long })).status).toBe(400);
	expect((await failure('GetQueueUrl', { QueueName: long })).status).toBe(400);
	const list = { Action: 'ListTopics', NextToken: long };
	expect((await query(list, { scope: 'sns', version: '2010-03-31' })).status).toBe(400);
});
