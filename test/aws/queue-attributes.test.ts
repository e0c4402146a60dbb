import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { attributesOf, failure, figuresOf, newFifoQueue, newQueue, receive, sqs, unique } from './clients.ts';

const defaults = {
	VisibilityTimeout: '30',
	DelaySeconds: '0',
	MaximumMessageSize: '1048576',
	MessageRetentionPeriod: '345600',
	ReceiveMessageWaitTimeSeconds: '0',
	SqsManagedSseEnabled: 'true',
};

describe('GetQueueAttributes', () => {
	test('answers all of them as text, with the defaults of AWS', async () => {
		const before = Math.floor(Date.now() / 1_000);
		const { name, url } = await newQueue();
		const attributes = await attributesOf(url);
		expect(attributes).toMatchObject({
			...defaults,
			ApproximateNumberOfMessages: '0',
			ApproximateNumberOfMessagesNotVisible: '0',
			ApproximateNumberOfMessagesDelayed: '0',
		});
		expect(attributes.QueueArn).toMatch(new RegExp(`^arn:aws:sqs:[\\w-]+:\\d{12}:${name}$`));
		for (const instant of ['CreatedTimestamp', 'LastModifiedTimestamp']) {
			expect(attributes[instant]).toMatch(/^\d{10}$/);
			expect(Number(attributes[instant])).toBeGreaterThanOrEqual(before);
		}
		expect(attributes).not.toHaveProperty('RedrivePolicy');
		expect(attributes).not.toHaveProperty('Policy');
	});

	test('answers those that are named', async () => {
		const { url, arn } = await newQueue();
		expect(await attributesOf(url, 'QueueArn', 'DelaySeconds')).toEqual({ QueueArn: arn, DelaySeconds: '0' });
		const none = await sqs.getQueueAttributes({ QueueUrl: url });
		expect(none.Attributes ?? {}).toEqual({});
		expect(await failure(attributesOf(url, 'Colour' as QueueAttributeName))).toMatchObject({
			code: 'InvalidAttributeName',
			message: 'Unknown Attribute Colour.',
		});
	});

	test('counts what waits, what is handed out and what is delayed, right after each step', async () => {
		const { url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'a' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'b' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'c', DelaySeconds: 60 });
		expect(await figuresOf(url)).toEqual([2, 0, 1]);
		const [message] = await receive(url, { MaxNumberOfMessages: 1 });
		expect(await figuresOf(url)).toEqual([1, 1, 1]);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle });
		expect(await figuresOf(url)).toEqual([1, 0, 1]);
	});
});

describe('SetQueueAttributes', () => {
	test('changes what it names and leaves the rest', async () => {
		const { url } = await newQueue({ VisibilityTimeout: '40', DelaySeconds: '5' });
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { DelaySeconds: '0', MessageRetentionPeriod: '60' } });
		expect(await attributesOf(url)).toMatchObject({
			VisibilityTimeout: '40',
			DelaySeconds: '0',
			MessageRetentionPeriod: '60',
		});
	});

	const bounds: readonly [QueueAttributeName, lowest: number, highest: number][] = [
		['VisibilityTimeout', 0, 43_200],
		['DelaySeconds', 0, 900],
		['MaximumMessageSize', 1_024, 1_048_576],
		['MessageRetentionPeriod', 60, 1_209_600],
		['ReceiveMessageWaitTimeSeconds', 0, 20],
		['KmsDataKeyReusePeriodSeconds', 60, 86_400],
	];
	test.each(bounds)('%s is from %d to %d', async (attribute, lowest, highest) => {
		const { url } = await newQueue();
		for (const value of [lowest, highest]) {
			await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { [attribute]: String(value) } });
			expect((await attributesOf(url))[attribute]).toBe(String(value));
		}
		for (const value of [lowest - 1, highest + 1, 'many']) {
			const change = sqs.setQueueAttributes({ QueueUrl: url, Attributes: { [attribute]: String(value) } });
			expect(await failure(change), String(value)).toMatchObject({
				name: 'InvalidAttributeValue',
				code: 'InvalidAttributeValue',
				status: 400,
			});
		}
		expect((await attributesOf(url))[attribute]).toBe(String(highest));
	});

	test('refuses names that there are not, that only creation may give, or that are only read', async () => {
		const { url } = await newQueue();
		for (const name of ['Colour', 'QueueArn', 'ApproximateNumberOfMessages', 'CreatedTimestamp', 'FifoQueue']) {
			const change = sqs.setQueueAttributes({ QueueUrl: url, Attributes: { [name]: 'true' } });
			expect(await failure(change), name).toMatchObject({
				code: 'InvalidAttributeName',
				message: `Unknown Attribute ${name}.`,
			});
		}
	});

	test('keeps what an AWS account needs and Sluice does not: encryption and policies', async () => {
		const { url } = await newQueue();
		const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
		const kept = { KmsMasterKeyId: 'alias/aws/sqs', KmsDataKeyReusePeriodSeconds: '120', Policy };
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: kept });
		expect(await attributesOf(url)).toMatchObject(kept);
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { Policy: '' } });
		expect(await attributesOf(url)).not.toHaveProperty('Policy');
	});

	test('of a FIFO queue: deduplication by content, its scope, and throughput', async () => {
		const { url } = await newFifoQueue();
		const changed = {
			ContentBasedDeduplication: 'true',
			DeduplicationScope: 'messageGroup',
			FifoThroughputLimit: 'perMessageGroupId',
		};
		expect(await attributesOf(url)).toMatchObject({
			DeduplicationScope: 'queue',
			FifoThroughputLimit: 'perQueue',
		});
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: changed });
		expect(await attributesOf(url)).toMatchObject(changed);
	});

	test('of a queue that is not there', async () => {
		const { url } = await newQueue();
		const gone = url.replace(/[^/]+$/, unique('gone'));
		const change = sqs.setQueueAttributes({ QueueUrl: gone, Attributes: { DelaySeconds: '1' } });
		expect(await failure(change)).toMatchObject({ name: 'QueueDoesNotExist' });
	});

	test('holds for those who receive and send from then on', async () => {
		const { url } = await newQueue({ DelaySeconds: '60', MaximumMessageSize: '1024' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'later' });
		expect(await receive(url)).toEqual([]);
		const large = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x'.repeat(1_025) });
		expect(await failure(large)).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
		});
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { DelaySeconds: '0', MaximumMessageSize: '2048' } });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x'.repeat(1_025) });
		expect((await receive(url)).length).toBe(1);
	});
});
