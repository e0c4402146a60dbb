import { describe, expect, test } from 'vitest';
import { attributesOf, endpoint, failure, newFifoQueue, newQueue, region, sqs, unique } from './clients.ts';

describe('a queue', () => {
	test('is reached under the address that the caller used, and named with the region that it signs for', async () => {
		const { name, url, arn } = await newQueue();
		const account = /^(.+)\/(\d{12})\/([\w-]+)$/.exec(url);
		expect(account?.[1]).toBe(endpoint);
		expect(account?.[3]).toBe(name);
		expect(arn).toBe(`arn:aws:sqs:${region}:${account?.[2]}:${name}`);
	});

	test('is found by its name', async () => {
		const { name, url } = await newQueue();
		expect((await sqs.getQueueUrl({ QueueName: name })).QueueUrl).toBe(url);
	});

	test('is created twice with the same attributes, and refused with different ones', async () => {
		const { name, url } = await newQueue({ DelaySeconds: '1' });
		const again = await sqs.createQueue({ QueueName: name, Attributes: { DelaySeconds: '1' } });
		expect(again.QueueUrl).toBe(url);
		// What is not named is not compared.
		expect((await sqs.createQueue({ QueueName: name })).QueueUrl).toBe(url);
		expect(await failure(sqs.createQueue({ QueueName: name, Attributes: { DelaySeconds: '2' } }))).toEqual({
			name: 'QueueNameExists',
			code: 'QueueAlreadyExists',
			message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
			status: 400,
			fault: 'client',
		});
		expect((await attributesOf(url)).DelaySeconds).toBe('1');
	});

	test('is gone when it is deleted, and its name is free at once', async () => {
		const { name, url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'of the old one' });
		await sqs.deleteQueue({ QueueUrl: url });
		expect(await failure(sqs.getQueueUrl({ QueueName: name }))).toEqual({
			name: 'QueueDoesNotExist',
			code: 'AWS.SimpleQueueService.NonExistentQueue',
			message: 'The specified queue does not exist.',
			status: 400,
			fault: 'client',
		});
		expect(await failure(sqs.sendMessage({ QueueUrl: url, MessageBody: 'late' }))).toMatchObject({
			name: 'QueueDoesNotExist',
		});
		expect((await newQueue({}, name)).url).toBe(url);
		expect((await sqs.receiveMessage({ QueueUrl: url })).Messages).toBeUndefined();
	});

	test('has a name of up to 80 letters, digits, hyphens and underscores', async () => {
		const long = unique('x'.repeat(64)).padEnd(80, '_');
		expect((await newQueue({}, long)).url.endsWith(`/${long}`)).toBe(true);
		for (const name of [`${long}y`, 'with.dot', 'with space', 'ümlaut', '']) {
			expect(await failure(sqs.createQueue({ QueueName: name })), name).toMatchObject({ status: 400, fault: 'client' });
		}
		expect(await failure(sqs.createQueue({ QueueName: 'with.dot' }))).toMatchObject({ code: 'InvalidParameterValue' });
	});

	test('that is FIFO says so in its name and in its attributes', async () => {
		const { name, url, arn } = await newFifoQueue();
		expect(url.endsWith(`/${name}`)).toBe(true);
		expect(arn.endsWith(`:${name}`)).toBe(true);
		expect(await attributesOf(url)).toMatchObject({ FifoQueue: 'true', ContentBasedDeduplication: 'false' });
		const named = await failure(sqs.createQueue({ QueueName: unique('a'), Attributes: { FifoQueue: 'true' } }));
		expect(named).toMatchObject({ code: 'InvalidParameterValue' });
		expect(await failure(sqs.createQueue({ QueueName: `${unique('a')}.fifo` }))).toMatchObject({
			code: 'InvalidParameterValue',
		});
		const standard = sqs.createQueue({ QueueName: unique('a'), Attributes: { FifoQueue: 'false' } });
		expect(await failure(standard)).toMatchObject({
			code: 'InvalidAttributeName',
			message: 'Unknown Attribute FifoQueue.',
		});
		expect((await attributesOf((await newQueue()).url)).FifoQueue).toBeUndefined();
	});
});

describe('ListQueues', () => {
	test('answers every queue whose name begins so', async () => {
		const prefix = unique('list');
		const wanted = await Promise.all(['a', 'b', 'c'].map(async (end) => (await newQueue({}, `${prefix}-${end}`)).url));
		const { QueueUrls, NextToken } = await sqs.listQueues({ QueueNamePrefix: prefix });
		expect(QueueUrls?.toSorted()).toEqual(wanted);
		expect(NextToken).toBeUndefined();
		expect((await sqs.listQueues({ QueueNamePrefix: unique('none') })).QueueUrls ?? []).toEqual([]);
	});

	test('by pages, each queue once', async () => {
		const prefix = unique('page');
		const wanted = await Promise.all([1, 2, 3, 4, 5].map(async (end) => (await newQueue({}, `${prefix}-${end}`)).url));
		const pages: string[][] = [];
		let token: string | undefined;
		do {
			const page = await sqs.listQueues({ QueueNamePrefix: prefix, MaxResults: 2, ...(token && { NextToken: token }) });
			pages.push(page.QueueUrls ?? []);
			token = page.NextToken;
		} while (token !== undefined);
		expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
		expect(pages.flat().toSorted()).toEqual(wanted);
	});

	test('refuses a page size that there is not', async () => {
		expect(await failure(sqs.listQueues({ MaxResults: 1_001 }))).toMatchObject({ code: 'InvalidParameterValue' });
	});
});
