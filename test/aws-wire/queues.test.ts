import { describe, expect, test } from 'vitest';
import { ask, getQueue, newKey, newName, newQueue, publish, receive } from '../http/client';
import { arnOf, done, failure, json, query, resultIn, urlOf } from './client';
import { fifoQueue, policy, sqsQueue } from './queues';

describe('CreateQueue', () => {
	test('makes what SQS would: its defaults, and no dead-letter queue', async () => {
		const name = await sqsQueue();
		const { settings } = await getQueue(name);
		expect(settings).toMatchObject({
			partitions: 1,
			visibilityTimeoutSeconds: 30,
			retentionSeconds: 345_600,
			delaySeconds: 0,
			deadLetter: null,
			onPoison: 'dead-letter',
			delivery: 'at-least-once',
			dedupWindowSeconds: 300,
		});
		expect((await ask('GET', `/v1/queues/${name}-dlq`)).status).toBe(404);
	});

	test('a FIFO queue ends in .fifo, and says so', async () => {
		const name = await fifoQueue();
		const { Attributes } = await done('GetQueueAttributes', { QueueUrl: urlOf(name), AttributeNames: ['FifoQueue'] });
		expect(Attributes).toEqual({ FifoQueue: 'true' });
	});

	test('is answered with the queue that is there, where it has these attributes', async () => {
		const name = await sqsQueue({ ReceiveMessageWaitTimeSeconds: '1', DelaySeconds: '1' });
		await sqsQueue({}, name);
		await sqsQueue({ DelaySeconds: '1' }, name);
		await sqsQueue({ DelaySeconds: '1', VisibilityTimeout: '30', Policy: '', RedrivePolicy: '' }, name);
		expect(await failure('CreateQueue', { QueueName: name, Attributes: { DelaySeconds: '2' } })).toEqual({
			status: 400,
			type: 'QueueNameExists',
			code: 'QueueAlreadyExists',
			message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
		});
		await done('SetQueueAttributes', { QueueUrl: urlOf(name), Attributes: { DelaySeconds: '2' } });
		await sqsQueue({ DelaySeconds: '2' }, name);
		expect((await getQueue(name)).settings.delaySeconds).toBe(2);
	});

	test('a difference in what is kept counts too', async () => {
		const fifo = await fifoQueue({ ContentBasedDeduplication: 'true' });
		const attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'false' };
		const { message } = await failure('CreateQueue', { QueueName: fifo, Attributes: attributes });
		expect(message).toMatch(/attribute ContentBasedDeduplication$/);
	});

	test('of many at once, all are answered with the one that the first has made', async () => {
		const name = newName();
		const ways = Array.from({ length: 8 }, (_, index) => ({
			QueueName: name,
			Attributes: { DelaySeconds: `${index}` },
		}));
		const answers = await Promise.all(ways.map((way) => json('CreateQueue', way)));
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
		const winner = answers.findIndex(({ status }) => status === 200);
		expect((await getQueue(name)).settings.delaySeconds).toBe(winner);
	});

	test('a queue of the native API is the same queue', async () => {
		const name = await newQueue({ delaySeconds: 5 });
		await sqsQueue({ DelaySeconds: '5' }, name);
	});

	test.each([
		['Not/A/Name', undefined, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
		['a.fifo', undefined, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
		[
			'a',
			'true',
			'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
		],
	])('refuses %s with FifoQueue %s', async (QueueName, FifoQueue, message) => {
		const Attributes = FifoQueue === undefined ? {} : { FifoQueue };
		expect(await failure('CreateQueue', { QueueName, Attributes })).toEqual({
			status: 400,
			type: 'InvalidParameterValueException',
			code: 'InvalidParameterValue',
			message,
		});
	});

	test('takes tags as both protocols name them', async () => {
		const name = newName();
		await done('CreateQueue', { QueueName: name, tags: { team: 'shop' } });
		expect(await done('ListQueueTags', { QueueUrl: urlOf(name) })).toEqual({ Tags: { team: 'shop' } });
		const other = newName();
		const { xml } = await query({ Action: 'CreateQueue', QueueName: other, 'Tag.1.Key': 'a', 'Tag.1.Value': 'b' });
		expect(resultIn(xml)).toBe(`<QueueUrl>${urlOf(other)}</QueueUrl>`);
		const { xml: tags } = await query({ Action: 'ListQueueTags', QueueUrl: urlOf(other) });
		expect(resultIn(tags)).toBe('<Tag><Key>a</Key><Value>b</Value></Tag>');
	});

	test('says what is missing', async () => {
		expect(await failure('CreateQueue', {})).toEqual({
			status: 400,
			type: 'MissingRequiredParameterException',
			code: 'MissingParameter',
			message: 'The request must contain the parameter QueueName.',
		});
	});
});

describe('a queue is found', () => {
	test('by its name', async () => {
		const name = await sqsQueue();
		const owner = { QueueOwnerAWSAccountId: '123456789012' };
		expect(await done('GetQueueUrl', { QueueName: name, ...owner })).toEqual({ QueueUrl: urlOf(name) });
	});

	test('or not, in the words of each protocol', async () => {
		expect(await failure('GetQueueUrl', { QueueName: newName() })).toEqual({
			status: 400,
			type: 'QueueDoesNotExist',
			code: 'AWS.SimpleQueueService.NonExistentQueue',
			message: 'The specified queue does not exist.',
		});
		const { status, xml } = await query({ Action: 'GetQueueUrl', QueueName: newName() });
		expect(status).toBe(400);
		expect(xml).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
		expect(xml).toContain('<Message>The specified queue does not exist for this wsdl version.</Message>');
	});

	test('by its address on any host and in any account, or by the path of the request', async () => {
		const name = await sqsQueue();
		const QueueUrl = `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`;
		const arn = { Attributes: { QueueArn: arnOf(name) } };
		expect(await done('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] })).toEqual(arn);
		const asked = { Action: 'GetQueueAttributes', 'AttributeName.1': 'QueueArn' };
		const { xml } = await query(asked, { path: `/123456789012/${name}` });
		expect(resultIn(xml)).toBe(`<Attribute><Name>QueueArn</Name><Value>${arnOf(name)}</Value></Attribute>`);
	});
});

describe('ListQueues', () => {
	test('names those with a prefix, a page at a time', async () => {
		const stem = newName();
		const names = ['a', 'b', 'c', 'd', 'e'].map((end) => `${stem}-${end}`);
		for (const name of [stem, ...names, `${stem}z`]) await sqsQueue({}, name);
		const QueueNamePrefix = `${stem}-`;
		expect(await done('ListQueues', { QueueNamePrefix })).toEqual({ QueueUrls: names.map(urlOf) });

		const paged: unknown[] = [];
		let NextToken: unknown;
		do {
			const page = await done('ListQueues', { QueueNamePrefix, MaxResults: 2, ...(NextToken ? { NextToken } : {}) });
			paged.push(page.QueueUrls);
			NextToken = page.NextToken;
		} while (NextToken !== undefined);
		expect(paged).toEqual([names.slice(0, 2), names.slice(2, 4), names.slice(4)].map((page) => page.map(urlOf)));
	});

	test('has no list where there is none', async () => {
		expect(await done('ListQueues', { QueueNamePrefix: newName() })).toEqual({});
		const { xml } = await query({ Action: 'ListQueues', QueueNamePrefix: newName() });
		expect(xml).not.toContain('QueueUrl');
	});

	test('takes 1 to 1000 results, and its own tokens', async () => {
		expect(await failure('ListQueues', { MaxResults: 1_001 })).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'Value 1001 for parameter MaxResults is invalid. Reason: Must be >= 1 and <= 1000, if provided.',
		});
		expect((await failure('ListQueues', { MaxResults: 1.5 })).code).toBe('InvalidParameterValue');
		expect((await failure('ListQueues', { NextToken: '???' })).message).toMatch(/parameter NextToken is invalid/);
	});

	test('shows a key what it covers', async () => {
		const stem = newName();
		for (const end of ['mine', 'theirs']) await sqsQueue({}, `${stem}-${end}`);
		const key = await newKey(['consume'], [`${stem}-mine`]);
		expect(await done('ListQueues', {}, key)).toEqual({ QueueUrls: [urlOf(`${stem}-mine`)] });
	});
});

describe('PurgeQueue and DeleteQueue', () => {
	test('a purge takes all, what is in flight too, and may be repeated at once', async () => {
		const name = await sqsQueue();
		for (const body of ['a', 'b']) await publish(name, body);
		await receive(name);
		expect(await done('PurgeQueue', { QueueUrl: urlOf(name) })).toEqual({});
		await done('PurgeQueue', { QueueUrl: urlOf(name) });
		expect((await getQueue(name)).figures).toMatchObject({ visible: 0, leased: 0 });
	});

	test('a purge of a FIFO queue forgets its deduplication ids, that of another does not', async () => {
		for (const [name, duplicate] of [
			[await fifoQueue(), false],
			[await sqsQueue(), true],
		] as const) {
			await publish(name, 'a', '?key=k&dedupId=d');
			await done('PurgeQueue', { QueueUrl: urlOf(name) });
			expect(await publish(name, 'b', '?key=k&dedupId=d')).toMatchObject({ duplicate });
		}
	});

	test('a queue goes, whoever sends it dead letters; its name can be taken at once', async () => {
		const dead = await sqsQueue();
		const source = await sqsQueue({ RedrivePolicy: policy(dead, 1) });
		expect(await done('DeleteQueue', { QueueUrl: urlOf(dead) })).toEqual({});
		expect((await failure('DeleteQueue', { QueueUrl: urlOf(dead) })).type).toBe('QueueDoesNotExist');
		expect((await getQueue(source)).settings.deadLetter).toBeNull();
		await sqsQueue({}, dead);
	});

	test('in the Query protocol a result that is empty has its element: botocore looks for it', async () => {
		const { xml } = await query({ Action: 'ListQueues', QueueNamePrefix: 'there-is-none-of-this-name' });
		expect(xml).toContain('<ListQueuesResult/><ResponseMetadata>');
	});

	test('in the Query protocol an action without a result has none', async () => {
		const name = await sqsQueue();
		const { xml } = await query({ Action: 'PurgeQueue', QueueUrl: urlOf(name) });
		expect(xml).toMatch(
			/^<\?xml version="1.0"\?><PurgeQueueResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"><ResponseMetadata><RequestId>[\w-]+<\/RequestId><\/ResponseMetadata><\/PurgeQueueResponse>$/,
		);
	});
});
