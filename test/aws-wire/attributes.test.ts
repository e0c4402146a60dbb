import { describe, expect, test } from 'vitest';
import { ask, getQueue, newQueue, publish, receive } from '../http/client';
import { arnOf, done, failure, json, query, resultIn, urlOf } from './client';
import { attributesOf, fifoQueue, refusedSet, setAttributes, sqsQueue } from './queues';

const INITIAL = {
	VisibilityTimeout: '30',
	DelaySeconds: '0',
	MessageRetentionPeriod: '345600',
	MaximumMessageSize: '1048576',
	ReceiveMessageWaitTimeSeconds: '0',
	SqsManagedSseEnabled: 'true',
	ApproximateNumberOfMessages: '0',
	ApproximateNumberOfMessagesNotVisible: '0',
	ApproximateNumberOfMessagesDelayed: '0',
	CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
	LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
};

describe('GetQueueAttributes', () => {
	test('All of a standard queue are those, as AWS answers them', async () => {
		const name = await sqsQueue();
		expect(await attributesOf(name)).toEqual({ ...INITIAL, QueueArn: arnOf(name) });
	});

	test('All of a FIFO queue are four more', async () => {
		const name = await fifoQueue();
		expect(await attributesOf(name)).toEqual({
			...INITIAL,
			QueueArn: arnOf(name),
			FifoQueue: 'true',
			ContentBasedDeduplication: 'false',
			DeduplicationScope: 'queue',
			FifoThroughputLimit: 'perQueue',
		});
	});

	test('only those that are asked for, and that there are', async () => {
		const name = await sqsQueue();
		expect(await attributesOf(name, 'DelaySeconds', 'RedrivePolicy', 'Policy')).toEqual({ DelaySeconds: '0' });
		expect(await done('GetQueueAttributes', { QueueUrl: urlOf(name) })).toEqual({});
	});

	test('unknown names are refused, in both protocols', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		expect(await failure('GetQueueAttributes', { QueueUrl, AttributeNames: ['All', 'Foobar'] })).toEqual({
			status: 400,
			type: 'InvalidAttributeName',
			code: 'InvalidAttributeName',
			message: 'Unknown Attribute Foobar.',
		});
		const { status, xml } = await query({ Action: 'GetQueueAttributes', QueueUrl, 'AttributeName.1': 'Foobar' });
		expect(status).toBe(400);
		expect(xml).toContain('<Error><Type>Sender</Type><Code>InvalidAttributeName</Code>');
		expect(xml).toContain('<Message>Unknown Attribute Foobar.</Message>');
	});

	test('figures are exact, right after what changed them', async () => {
		const name = await sqsQueue();
		for (const body of ['a', 'b', 'c']) await publish(name, body);
		await publish(name, 'd', '?delaySeconds=60');
		await receive(name, { max: 1 });
		expect(await attributesOf(name)).toMatchObject({
			ApproximateNumberOfMessages: '2',
			ApproximateNumberOfMessagesNotVisible: '1',
			ApproximateNumberOfMessagesDelayed: '1',
		});
	});

	test('shows what the native API has set', async () => {
		const name = await newQueue({ visibilityTimeoutSeconds: 1.5, retentionSeconds: 60, maxReceives: 3 });
		expect(await attributesOf(name)).toMatchObject({
			VisibilityTimeout: '1.5',
			MessageRetentionPeriod: '60',
			RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(`${name}-dlq`), maxReceiveCount: 3 }),
		});
	});
});

describe('SetQueueAttributes', () => {
	test('changes settings, which the native API shows', async () => {
		const name = await sqsQueue();
		await setAttributes(name, { VisibilityTimeout: '0', DelaySeconds: '420', MessageRetentionPeriod: '604800' });
		const { settings } = await getQueue(name);
		expect(settings).toMatchObject({ visibilityTimeoutSeconds: 0, delaySeconds: 420, retentionSeconds: 604_800 });
		expect(await attributesOf(name)).toMatchObject({
			VisibilityTimeout: '0',
			DelaySeconds: '420',
			MessageRetentionPeriod: '604800',
		});
	});

	test('in the Query protocol too', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		const change = { 'Attribute.1.Name': 'MaximumMessageSize', 'Attribute.1.Value': '2048' };
		expect((await query({ Action: 'SetQueueAttributes', QueueUrl, ...change })).status).toBe(200);
		const asked = { Action: 'GetQueueAttributes', QueueUrl, 'AttributeName.1': 'MaximumMessageSize' };
		expect(resultIn((await query(asked)).xml)).toBe(
			'<Attribute><Name>MaximumMessageSize</Name><Value>2048</Value></Attribute>',
		);
	});

	test('what is kept outlives a native change of settings', async () => {
		const name = await sqsQueue({ ReceiveMessageWaitTimeSeconds: '20', MaximumMessageSize: '1024' });
		await ask('PATCH', `/v1/queues/${name}`, { json: { delaySeconds: 7 } });
		await ask('PUT', `/v1/queues/${name}`, { json: { delaySeconds: 8, deadLetter: null } });
		expect(await attributesOf(name)).toMatchObject({
			DelaySeconds: '8',
			ReceiveMessageWaitTimeSeconds: '20',
			MaximumMessageSize: '1024',
		});
	});

	test('tells when', async () => {
		const name = await sqsQueue();
		const before = (await getQueue(name)).updatedAt;
		await setAttributes(name, { Policy: '{"Version":"2012-10-17","Statement":[]}' });
		expect((await getQueue(name)).updatedAt > before).toBe(true);
	});

	test.each([
		['VisibilityTimeout', ['-1', '43201', 'x', '', '1e3']],
		['DelaySeconds', ['-1', '901', '']],
		['MessageRetentionPeriod', ['59', '1209601', '']],
		['MaximumMessageSize', ['1023', '1048577', '2048.5', '']],
		['ReceiveMessageWaitTimeSeconds', ['-1', '21', '']],
		['KmsDataKeyReusePeriodSeconds', ['59', '86401', '']],
		['SqsManagedSseEnabled', ['maybe', '']],
		['Policy', ['x', '[]', '"a"']],
	])('refuses what %s cannot be', async (attribute, values) => {
		const name = await sqsQueue();
		for (const value of values) {
			expect(await refusedSet(name, { [attribute]: value })).toEqual({
				status: 400,
				type: 'InvalidAttributeValue',
				code: 'InvalidAttributeValue',
				message: `Invalid value for the parameter ${attribute}.`,
			});
		}
		expect(await attributesOf(name)).toEqual({ ...INITIAL, QueueArn: arnOf(name) });
	});

	test.each(['QueueArn', 'CreatedTimestamp', 'ApproximateNumberOfMessages', 'All', 'Foobar', 'constructor'])(
		'%s is not there to be set',
		async (attribute) => {
			const name = await sqsQueue();
			expect(await refusedSet(name, { [attribute]: 'x' })).toMatchObject({
				code: 'InvalidAttributeName',
				message: `Unknown Attribute ${attribute}.`,
			});
		},
	);

	test('all or nothing', async () => {
		const name = await sqsQueue();
		await refusedSet(name, { DelaySeconds: '5', VisibilityTimeout: 'x' });
		expect((await attributesOf(name, 'DelaySeconds')).DelaySeconds).toBe('0');
	});

	test('says what is missing, and what is no text', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		expect(await failure('SetQueueAttributes', { QueueUrl })).toMatchObject({
			code: 'MissingParameter',
			message: 'The request must contain the parameter Attributes.',
		});
		expect((await json('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: 5 } })).status).toBe(400);
	});
});
