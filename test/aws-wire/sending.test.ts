import { describe, expect, test } from 'vitest';
import { getQueue, newKey, receive as receiveNatively } from '../http/client';
import { failure, query, resultIn, urlOf } from './client';
import { fifoQueue, md5, raw, receiveMessage, sendText, sqsQueue, text, UUID } from './messages';

describe('SendMessage', () => {
	test('answers what AWS answers, and nothing more', async () => {
		const queue = await sqsQueue();
		const answer = await sendText(queue, 'hello');
		expect(answer).toEqual({ MessageId: expect.stringMatching(UUID), MD5OfMessageBody: md5('hello') });
		expect((await receiveMessage(queue)).MessageId).toBe(answer.MessageId);
	});

	test('in the Query protocol, as XML', async () => {
		const queue = await sqsQueue();
		const { status, xml } = await query({
			Action: 'SendMessage',
			QueueUrl: urlOf(queue),
			MessageBody: 'hello',
			'MessageAttribute.1.Name': 'a',
			'MessageAttribute.1.Value.DataType': 'String',
			'MessageAttribute.1.Value.StringValue': 'b',
			'MessageAttribute.2.Name': 'c',
			'MessageAttribute.2.Value.DataType': 'Binary',
			'MessageAttribute.2.Value.BinaryValue': 'AQI',
			'MessageSystemAttribute.1.Name': 'AWSTraceHeader',
			'MessageSystemAttribute.1.Value.DataType': 'String',
			'MessageSystemAttribute.1.Value.StringValue': 'Root=1',
		});
		expect(status).toBe(200);
		expect(xml).toMatch(
			/^<\?xml version="1.0"\?><SendMessageResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/">/,
		);
		expect(resultIn(xml)).toMatch(
			/^<MessageId>[-0-9a-f]{36}<\/MessageId><MD5OfMessageBody>5d41402abc4b2a76b9719d911017c592<\/MD5OfMessageBody><MD5OfMessageAttributes>[0-9a-f]{32}<\/MD5OfMessageAttributes><MD5OfMessageSystemAttributes>[0-9a-f]{32}<\/MD5OfMessageSystemAttributes>$/,
		);
		expect(await receiveMessage(queue)).toMatchObject({
			Attributes: { AWSTraceHeader: 'Root=1' },
			MessageAttributes: { a: text('b'), c: { DataType: 'Binary', BinaryValue: 'AQI=' } },
		});
	});

	test.each([
		['no body', {}, 'MissingParameter', 'The request must contain the parameter MessageBody.'],
		['an empty one', { MessageBody: '' }, 'MissingParameter', 'The request must contain the parameter MessageBody.'],
		['one that is no text', { MessageBody: 5 }, 'InvalidParameterValue', /MessageBody/],
		['a control character', { MessageBody: 'a\u0007' }, 'InvalidMessageContents', /^Invalid characters found\./],
		[
			'a delay that is too long',
			{ MessageBody: 'x', DelaySeconds: 901 },
			'InvalidParameterValue',
			'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
		],
		[
			'a group with a blank',
			{ MessageBody: 'x', MessageGroupId: 'a b' },
			'InvalidParameterValue',
			/^Value a b for parameter MessageGroupId/,
		],
		[
			'a deduplication id',
			{ MessageBody: 'x', MessageDeduplicationId: 'd' },
			'InvalidParameterValue',
			'Value d for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.',
		],
		[
			'another system attribute',
			{ MessageBody: 'x', MessageSystemAttributes: { Hello: text('x') } },
			'InvalidParameterValue',
			"Message system attribute name 'Hello' is invalid.",
		],
		[
			'a trace header that is no text',
			{ MessageBody: 'x', MessageSystemAttributes: { AWSTraceHeader: { DataType: 'Binary', BinaryValue: 'AA==' } } },
			'InvalidParameterValue',
			/AWSTraceHeader/,
		],
	])('with %s is refused', async (_, fields, code, message) => {
		const queue = await sqsQueue();
		const refused = await failure('SendMessage', { QueueUrl: urlOf(queue), ...fields });
		expect(refused).toMatchObject({ status: 400, code });
		expect(refused.message).toMatch(message);
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, delayed: 0 });
	});

	test('a lone surrogate, which JSON can have, is a character like none', async () => {
		const queue = await sqsQueue();
		const answer = await raw('SendMessage', `{"QueueUrl":"${urlOf(queue)}","MessageBody":"a\\ud800"}`);
		expect(answer.body).toMatchObject({ __type: 'com.amazonaws.sqs#InvalidMessageContents' });
	});

	test('a queue takes messages of the size that it says', async () => {
		const queue = await sqsQueue({ MaximumMessageSize: '1024' });
		const MessageAttributes = { ab: text('xyz') };
		await sendText(queue, 'x'.repeat(1024 - 11), { MessageAttributes });
		const refused = await failure('SendMessage', {
			QueueUrl: urlOf(queue),
			MessageBody: 'x'.repeat(1024 - 10),
			MessageAttributes,
		});
		expect(refused.message).toBe(
			'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
		);
	});

	test("a delay is a native one, in milliseconds; none is the queue's", async () => {
		const queue = await sqsQueue({ DelaySeconds: '900' });
		await sendText(queue, 'later');
		await sendText(queue, 'soon', { DelaySeconds: 0.05 });
		expect((await receiveMessage(queue, { WaitTimeSeconds: 5 })).Body).toBe('soon');
		expect((await getQueue(queue)).figures).toMatchObject({ delayed: 1 });
	});

	test('needs a key that may publish there', async () => {
		const queue = await sqsQueue();
		const { accessKeyId, secretAccessKey } = await newKey(['consume'], [queue]);
		const send = { QueueUrl: urlOf(queue), MessageBody: 'x' };
		expect(await failure('SendMessage', send, { accessKeyId, secretAccessKey })).toMatchObject({
			code: 'AccessDenied',
		});
	});

	test('of a queue that is not there is refused in the words of each protocol', async () => {
		expect(await failure('SendMessage', { QueueUrl: urlOf('nowhere'), MessageBody: 'x' })).toMatchObject({
			status: 400,
			type: 'QueueDoesNotExist',
			code: 'AWS.SimpleQueueService.NonExistentQueue',
		});
	});
});

describe('what is sent is a native message', () => {
	test('a group of a FIFO queue is its key, the attributes are its attributes', async () => {
		const queue = await fifoQueue();
		const MessageAttributes = { a: text('1', 'Number'), b: { DataType: 'Binary', BinaryValue: 'AQI=' } };
		await sendText(queue, 'x', { MessageGroupId: 'g', MessageDeduplicationId: 'd', MessageAttributes });
		expect((await receiveNatively(queue))[0]).toMatchObject({
			body: 'x',
			key: 'g',
			attributes: { a: '1', b: 'AQI=' },
		});
	});
});
