import { describe, expect, test } from 'vitest';
import { newQueue, receive } from '../http/client';
import { done, failure, query, resultIn, urlOf } from './client';
import { md5, receiveMessage, receiveMessages, sqsQueue, text, UUID } from './messages';

describe('SendMessageBatch', () => {
	const sendBatch = (queue: string, Entries?: readonly object[]) => ({ QueueUrl: urlOf(queue), Entries });

	test('takes the good entries in one call, and says of each of the others what is wrong', async () => {
		const queue = await sqsQueue({ MaximumMessageSize: '1024' });
		const { Successful, Failed } = await done(
			'SendMessageBatch',
			sendBatch(queue, [
				{ Id: 'good', MessageBody: 'x', MessageAttributes: { a: text('b') } },
				{ Id: 'empty' },
				{ Id: 'long', MessageBody: 'x'.repeat(1025) },
				{ Id: 'delay', MessageBody: 'x', DelaySeconds: -1 },
				{ Id: 'also-good', MessageBody: 'y' },
			]),
		);
		expect(Successful).toEqual([
			{
				Id: 'good',
				MessageId: expect.stringMatching(UUID),
				MD5OfMessageBody: md5('x'),
				MD5OfMessageAttributes: expect.any(String),
			},
			{ Id: 'also-good', MessageId: expect.stringMatching(UUID), MD5OfMessageBody: md5('y') },
		]);
		expect(Failed).toEqual([
			{
				Id: 'empty',
				SenderFault: true,
				Code: 'MissingParameter',
				Message: 'The request must contain the parameter MessageBody.',
			},
			expect.objectContaining({ Id: 'long', SenderFault: true, Code: 'InvalidParameterValue' }),
			expect.objectContaining({
				Id: 'delay',
				Message: 'Value -1 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
			}),
		]);
		expect((await receiveMessages(queue)).map(({ Body }) => Body)).toEqual(['x', 'y']);
	});

	test('answers no list that would be empty', async () => {
		const queue = await sqsQueue();
		const good = await done('SendMessageBatch', sendBatch(queue, [{ Id: 'a', MessageBody: 'x' }]));
		expect(Object.keys(good)).toEqual(['Successful']);
		const bad = await done('SendMessageBatch', sendBatch(queue, [{ Id: 'a', MessageBody: '' }]));
		expect(Object.keys(bad)).toEqual(['Failed']);
	});

	test('in the Query protocol, as XML', async () => {
		const queue = await sqsQueue();
		const entry = (number: number) => `SendMessageBatchRequestEntry.${number}`;
		const { xml } = await query({
			Action: 'SendMessageBatch',
			QueueUrl: urlOf(queue),
			[`${entry(1)}.Id`]: 'a',
			[`${entry(1)}.MessageBody`]: 'x',
			[`${entry(1)}.MessageAttribute.1.Name`]: 'n',
			[`${entry(1)}.MessageAttribute.1.Value.DataType`]: 'Number',
			[`${entry(1)}.MessageAttribute.1.Value.StringValue`]: '7',
			[`${entry(2)}.Id`]: 'b',
			[`${entry(2)}.MessageBody`]: 'y',
			[`${entry(2)}.DelaySeconds`]: '901',
		});
		expect(resultIn(xml)).toMatch(
			/^<SendMessageBatchResultEntry><Id>a<\/Id><MessageId>.{36}<\/MessageId><MD5OfMessageBody>.{32}<\/MD5OfMessageBody><MD5OfMessageAttributes>.{32}<\/MD5OfMessageAttributes><\/SendMessageBatchResultEntry><BatchResultErrorEntry><Id>b<\/Id><Code>InvalidParameterValue<\/Code><Message>Value 901 for parameter DelaySeconds is invalid[^<]*<\/Message><SenderFault>true<\/SenderFault><\/BatchResultErrorEntry>$/,
		);
		expect((await receiveMessage(queue)).MessageAttributes).toEqual({ n: text('7', 'Number') });
		const { status, xml: empty } = await query({ Action: 'SendMessageBatch', QueueUrl: urlOf(queue) });
		expect(status).toBe(400);
		expect(empty).toContain('<Code>AWS.SimpleQueueService.EmptyBatchRequest</Code>');
	});

	test('a delay beyond the retention fails for itself', async () => {
		const queue = await sqsQueue({ MessageRetentionPeriod: '60' });
		const { Successful, Failed } = await done(
			'SendMessageBatch',
			sendBatch(queue, [
				{ Id: 'a', MessageBody: 'x', DelaySeconds: 61 },
				{ Id: 'b', MessageBody: 'y' },
			]),
		);
		expect(Successful).toMatchObject([{ Id: 'b' }]);
		expect(Failed).toMatchObject([{ Id: 'a', Code: 'InvalidParameterValue', SenderFault: true }]);
	});

	test('what a full queue refuses is worth sending again', async () => {
		const queue = await newQueue({ maxBacklog: 1 });
		const { Successful, Failed } = await done(
			'SendMessageBatch',
			sendBatch(queue, [
				{ Id: 'a', MessageBody: 'x' },
				{ Id: 'b', MessageBody: 'y' },
			]),
		);
		expect(Successful).toMatchObject([{ Id: 'a' }]);
		expect(Failed).toMatchObject([{ Id: 'b', Code: 'RequestThrottled', SenderFault: false }]);
		const alone = await failure('SendMessage', { QueueUrl: urlOf(queue), MessageBody: 'y' });
		expect(alone).toMatchObject({ type: 'RequestThrottled', status: 400 });
		expect(await receive(queue, { max: 10 })).toHaveLength(1);
	});

	const many = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody: 'x' }));
	test.each([
		[
			'none',
			undefined,
			'EmptyBatchRequest',
			'There should be at least one SendMessageBatchRequestEntry in the request.',
		],
		[
			'too many',
			many(11),
			'TooManyEntriesInBatchRequest',
			'Maximum number of entries per request are 10. You have sent 11.',
		],
		['two of one id', [...many(2), ...many(1)], 'BatchEntryIdsNotDistinct', 'Id 0 repeated.'],
		['a bad id', [{ Id: 'a.b', MessageBody: 'x' }], 'InvalidBatchEntryId', /^A batch entry id can only contain/],
		[
			'1 MiB and a byte',
			[
				{ Id: 'a', MessageBody: 'x'.repeat(1_048_576) },
				{ Id: 'b', MessageBody: 'x' },
			],
			'BatchRequestTooLong',
			'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
		],
	])('of %s is refused as a whole', async (_, entries, type, message) => {
		const queue = await sqsQueue();
		const refused = await failure('SendMessageBatch', sendBatch(queue, entries));
		expect(refused).toMatchObject({ status: 400, type, code: `AWS.SimpleQueueService.${type}` });
		expect(refused.message).toMatch(message);
		expect(await receiveMessages(queue)).toEqual([]);
	});

	test('an entry without an id says which', async () => {
		const queue = await sqsQueue();
		const refused = await failure('SendMessageBatch', sendBatch(queue, [...many(1), { MessageBody: 'x' }]));
		expect(refused).toMatchObject({
			code: 'MissingParameter',
			message: 'The request must contain the parameter SendMessageBatchRequestEntry.2.Id.',
		});
	});
});
