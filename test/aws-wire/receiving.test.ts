import { describe, expect, test } from 'vitest';
import { ask, getQueue, newKey, newQueue, publish, publishBatch, until } from '../http/client';
import { arnOf, done, failure, json, query, resultIn, urlOf } from './client';
import {
	EVERYTHING,
	fifoQueue,
	md5,
	raw,
	receiveMessage,
	receiveMessages,
	sendText,
	sqsQueue,
	text,
	UUID,
} from './messages';

const base64 = (value: string) => Buffer.from(value).toString('base64');

describe('ReceiveMessage', () => {
	test('of a FIFO queue fills its batch from one group, in order, before it takes from another', async () => {
		const queue = await fifoQueue();
		for (const [index, MessageGroupId] of ['a', 'b', 'a', 'b', 'c', 'a'].entries()) {
			await sendText(queue, `${MessageGroupId}${index}`, { MessageGroupId, MessageDeduplicationId: String(index) });
		}
		const bodies = async (MaxNumberOfMessages: number) =>
			(await receiveMessages(queue, { MaxNumberOfMessages })).map(({ Body }) => Body);
		expect(await bodies(2)).toEqual(['a0', 'a2']);
		expect(await bodies(10)).toEqual(['b1', 'b3', 'c4']);
		expect(await bodies(10)).toEqual([]);
	});

	test('answers of a message what was asked for, and leaves out the list where there is none', async () => {
		const queue = await sqsQueue({ VisibilityTimeout: '0' });
		expect(await done('ReceiveMessage', { QueueUrl: urlOf(queue) })).toEqual({});
		await sendText(queue, 'hello', { MessageAttributes: { a: text('b') } });
		const plain = { MessageId: expect.stringMatching(UUID), ReceiptHandle: expect.any(String), Body: 'hello' };
		expect(await receiveMessages(queue)).toEqual([{ ...plain, MD5OfBody: md5('hello') }]);
		const [full] = await receiveMessages(queue, EVERYTHING);
		expect(full).toEqual({
			...plain,
			MD5OfBody: md5('hello'),
			MD5OfMessageAttributes: expect.any(String),
			MessageAttributes: { a: text('b') },
			Attributes: {
				SenderId: '000000000000',
				SentTimestamp: expect.stringMatching(/^\d{13}$/),
				ApproximateReceiveCount: '2',
				ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
			},
		});
	});

	test('in the Query protocol, as XML, with what would end it written otherwise', async () => {
		const queue = await sqsQueue();
		const body = '<a b="c">&\r\n</a>';
		await sendText(queue, body, { MessageAttributes: { a: text('b', 'String.int') } });
		const { status, xml } = await query({
			Action: 'ReceiveMessage',
			QueueUrl: urlOf(queue),
			'AttributeName.1': 'ApproximateReceiveCount',
			'MessageAttributeName.1': 'All',
		});
		expect(status).toBe(200);
		expect(resultIn(xml)).toMatch(
			new RegExp(
				'^<Message><MessageId>.{36}</MessageId><ReceiptHandle>[\\w-]{32}</ReceiptHandle>' +
					`<MD5OfBody>${md5(body)}</MD5OfBody>` +
					'<Body>&lt;a b=&quot;c&quot;&gt;&amp;&#x0D;&#x0A;&lt;/a&gt;</Body>' +
					'<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>' +
					'<MD5OfMessageAttributes>.{32}</MD5OfMessageAttributes>' +
					'<MessageAttribute><Name>a</Name><Value><StringValue>b</StringValue><DataType>String.int</DataType></Value></MessageAttribute>' +
					'</Message>$',
			),
		);
		const { xml: empty } = await query({ Action: 'ReceiveMessage', QueueUrl: urlOf(queue) });
		expect(empty).toMatch(/<ReceiveMessageResponse [^>]*><ReceiveMessageResult\/><ResponseMetadata>/);
	});

	test('numbers may be text in JSON too, and parts of a second count', async () => {
		const queue = await sqsQueue({ ReceiveMessageWaitTimeSeconds: '20' });
		await sendText(queue, 'x');
		const options = { MaxNumberOfMessages: '1', WaitTimeSeconds: '0.5', VisibilityTimeout: '0.02' };
		expect(await receiveMessages(queue, options)).toHaveLength(1);
		expect((await receiveMessage(queue)).Attributes?.ApproximateReceiveCount).toBe('2');
	});

	test.each([
		[
			{ MaxNumberOfMessages: 11 },
			'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
		],
		[
			{ MaxNumberOfMessages: 1.5 },
			'Value 1.5 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
		],
		[
			{ WaitTimeSeconds: 21 },
			'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
		],
		[
			{ VisibilityTimeout: -1 },
			'Value -1 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.',
		],
		[
			{ ReceiveRequestAttemptId: 'a' },
			'Value a for parameter ReceiveRequestAttemptId is invalid. Reason: The request include parameter that is not valid for this queue type.',
		],
	])('refuses %o', async (options, message) => {
		const queue = await sqsQueue();
		const refused = await failure('ReceiveMessage', { QueueUrl: urlOf(queue), ...options });
		expect(refused).toMatchObject({ status: 400, code: 'InvalidParameterValue', message });
	});

	test('knows the system attributes that there are; the older list may have what is of queues', async () => {
		const queue = await sqsQueue();
		const refused = await failure('ReceiveMessage', {
			QueueUrl: urlOf(queue),
			MessageSystemAttributeNames: ['Colour'],
		});
		expect(refused).toMatchObject({ type: 'InvalidAttributeName', message: 'Unknown Attribute Colour.' });
		await sendText(queue, 'x');
		const [message] = await receiveMessages(queue, { AttributeNames: ['Policy', 'SenderId'] });
		expect(message?.Attributes).toEqual({ SenderId: '000000000000' });
	});

	test.each([
		[['a.*'], ['a.b', 'a.c']],
		[['a', 'x.*'], ['a']],
		[['a*'], []],
		[['.*'], ['a', 'a.b', 'a.c']],
	])('MessageAttributeNames %j gets %j', async (names, expected) => {
		const queue = await sqsQueue();
		const attributes = { a: text('1'), 'a.b': text('2'), 'a.c': text('3') };
		await sendText(queue, 'x', { MessageAttributes: attributes });
		const [message] = await receiveMessages(queue, { MessageAttributeNames: names });
		expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(expected);
		expect(message?.MD5OfMessageAttributes === undefined).toBe(expected.length === 0);
	});

	test('tells which key has sent a message', async () => {
		const queue = await sqsQueue();
		const { accessKeyId, secretAccessKey } = await newKey(['publish'], [queue]);
		await done('SendMessage', { QueueUrl: urlOf(queue), MessageBody: 'x' }, { accessKeyId, secretAccessKey });
		expect((await receiveMessage(queue)).Attributes?.SenderId).toBe(accessKeyId);
	});

	test('a client that has gone swallows no message', async () => {
		const queue = await sqsQueue();
		const client = new AbortController();
		const waiting = raw(
			'ReceiveMessage',
			JSON.stringify({ QueueUrl: urlOf(queue), WaitTimeSeconds: 20 }),
			client.signal,
		);
		await until(async () => (await getQueue(queue)).figures.waiters === 1);
		client.abort();
		await waiting.catch(() => undefined);
		await until(async () => (await getQueue(queue)).figures.waiters === 0);
		await sendText(queue, 'x');
		expect((await receiveMessage(queue)).Attributes?.ApproximateReceiveCount).toBe('1');
	});

	test('asked again by its name, a receive gets what it got', async () => {
		const queue = await fifoQueue({ ContentBasedDeduplication: 'true' });
		for (const body of ['1', '2']) await sendText(queue, body, { MessageGroupId: 'g' });
		const again = { ReceiveRequestAttemptId: 'attempt' };
		const first = await receiveMessages(queue, again);
		expect(first.map(({ Body }) => Body)).toEqual(['1', '2']);
		expect(await receiveMessages(queue, again)).toEqual(first);
		expect(await receiveMessages(queue, { ReceiveRequestAttemptId: 'another' })).toEqual([]);
	});
});

describe('what comes otherwise than through SQS', () => {
	test('bytes come as base64, and so does text that SQS could not carry', async () => {
		const queue = await newQueue({ visibilityTimeoutSeconds: 30 });
		const odd = 'bell \u0007';
		await publish(queue, new Uint8Array([0, 255]));
		await publishBatch(`/v1/queues/${queue}`, [{ body: odd, attributes: { plain: 'a', odd }, key: 'k\u0001' }]);
		const [bytes, message] = await receiveMessages(queue, EVERYTHING);
		expect(bytes).toMatchObject({ Body: 'AP8=', MD5OfBody: md5('AP8=') });
		expect(message).toMatchObject({
			Body: base64(odd),
			MD5OfBody: md5(base64(odd)),
			MessageAttributes: { plain: text('a'), odd: { DataType: 'Binary', BinaryValue: base64(odd) } },
			Attributes: { MessageGroupId: 'k\u0001' },
		});
	});

	test('and no character of it breaks an answer in XML', async () => {
		const queue = await newQueue();
		await publishBatch(`/v1/queues/${queue}`, [{ body: 'x', key: 'k\u0001' }]);
		const { xml } = await query({ Action: 'ReceiveMessage', QueueUrl: urlOf(queue), 'AttributeName.1': 'All' });
		expect(xml).toContain('<Attribute><Name>MessageGroupId</Name><Value>k\ufffd</Value></Attribute>');
	});

	test('a dead letter says which queue it is of, and keeps what it had', async () => {
		const [queue, dead] = [await sqsQueue(), await sqsQueue()];
		await ask('PATCH', `/v1/queues/${queue}`, { json: { deadLetter: dead, maxReceives: 1 } });
		const MessageAttributes = { n: text('1', 'Number') };
		const MessageSystemAttributes = { AWSTraceHeader: text('Root=1') };
		const { MessageId } = await sendText(queue, 'x', {
			MessageAttributes,
			MessageSystemAttributes,
			MessageGroupId: 'fair',
		});
		const first = await receiveMessage(queue, { VisibilityTimeout: 0 });
		expect(await receiveMessages(queue)).toEqual([]);
		const buried = await receiveMessage(dead, { WaitTimeSeconds: 10 });
		expect(buried).toMatchObject({ MessageId, MessageAttributes });
		expect(buried.Attributes).toMatchObject({
			DeadLetterQueueSourceArn: arnOf(queue),
			ApproximateReceiveCount: '1',
			AWSTraceHeader: 'Root=1',
			MessageGroupId: 'fair',
			SentTimestamp: first.Attributes?.SentTimestamp,
		});
	});

	test('a copy that has a mark comes in its envelope, without attributes of its own', async () => {
		const queue = await sqsQueue();
		const { xml } = await query({ Action: 'CreateTopic', Name: queue }, { scope: 'sns', version: '2010-03-31' });
		const TopicArn = /<TopicArn>(.*?)<\/TopicArn>/.exec(xml)?.[1] ?? '';
		const sns = (parameters: Record<string, string>) =>
			query({ TopicArn, ...parameters }, { scope: 'sns', version: '2010-03-31' });
		await sns({ Action: 'Subscribe', Protocol: 'sqs', Endpoint: arnOf(queue) });
		await sns({
			Action: 'Publish',
			Message: 'hello',
			'MessageAttributes.entry.1.Name': 'a',
			'MessageAttributes.entry.1.Value.DataType': 'String',
			'MessageAttributes.entry.1.Value.StringValue': 'b',
		});
		const message = await receiveMessage(queue, { WaitTimeSeconds: 10 });
		expect(JSON.parse(message.Body)).toMatchObject({ Type: 'Notification', Message: 'hello', TopicArn });
		expect(message.MD5OfBody).toBe(md5(message.Body));
		expect(message).not.toHaveProperty('MessageAttributes');
	});

	test('what is delivered at most once has a handle that deletes nothing, with success', async () => {
		const queue = await newQueue({ delivery: 'at-most-once' });
		await publish(queue, 'x');
		const { ReceiptHandle } = await receiveMessage(queue);
		const settle = { QueueUrl: urlOf(queue), ReceiptHandle };
		expect(await done('DeleteMessage', settle)).toEqual({});
		expect(await json('ChangeMessageVisibility', { ...settle, VisibilityTimeout: 0 })).toMatchObject({ status: 400 });
	});
});
