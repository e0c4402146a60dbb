import { describe, expect, it } from 'vitest';
import { newQueue } from '../http/client';
import { arnOf, failure, query, urlOf } from './client';

// Structures where a text or a number belongs: some of them have no text, and none has one that says anything.

const STRUCTURES: readonly (readonly [what: string, value: unknown])[] = [
	['an object', {}],
	['a list', [[]]],
	['an object that is no text', { toString: 1, valueOf: 1 }],
	['one that seems to be a number', { toString: 'x', valueOf: 5 }],
	['one with a prototype', JSON.parse('{"__proto__": {"toString": 1}}')],
];

describe.each(STRUCTURES)('%s', (_, value) => {
	it.each([
		['ReceiveMessage', { VisibilityTimeout: value }],
		['ReceiveMessage', { WaitTimeSeconds: value }],
		['ReceiveMessage', { MaxNumberOfMessages: value }],
		['SendMessage', { MessageBody: 'x', DelaySeconds: value }],
		['SendMessage', { MessageBody: 'x', MessageGroupId: value }],
		['SendMessage', { MessageBody: value }],
		['SendMessageBatch', { Entries: [{ Id: value, MessageBody: 'x' }] }],
		['DeleteMessageBatch', { Entries: [{ Id: value, ReceiptHandle: 'x' }] }],
		['DeleteMessage', { ReceiptHandle: value }],
		['TagQueue', { Tags: { a: value } }],
		['AddPermission', { Label: value, AWSAccountIds: ['123456789012'], Actions: ['*'] }],
		['SetQueueAttributes', { Attributes: { VisibilityTimeout: value } }],
		['ListQueues', { MaxResults: value }],
	])('is refused at %s in %o', async (action, parameters) => {
		const QueueUrl = urlOf(await newQueue({ deadLetter: null }));
		const { status, message } = await failure(action, { QueueUrl, ...parameters });
		expect(status).toBe(400);
		expect(message).not.toContain('[object');
	});
});

it('a count of a policy that is one is refused', async () => {
	const [queue, dead] = [await newQueue({ deadLetter: null }), await newQueue({ deadLetter: null })];
	for (const maxReceiveCount of [{ toString: 1 }, [], null, {}]) {
		const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount });
		const asked = { QueueUrl: urlOf(queue), Attributes: { RedrivePolicy } };
		expect(await failure('SetQueueAttributes', asked)).toMatchObject({ status: 400, code: 'InvalidParameterValue' });
	}
});

it('an id of an entry that is one is refused by SNS, and not repeated', async () => {
	const asked = {
		Action: 'PublishBatch',
		TopicArn: 'arn:aws:sns:eu-central-1:000000000000:none',
		'PublishBatchRequestEntries.member.1.Id.a': 'b',
		'PublishBatchRequestEntries.member.1.Message': 'x',
	};
	const { status, xml } = await query(asked, { scope: 'sns', version: '2010-03-31' });
	expect([status, xml]).toEqual([expect.any(Number), expect.not.stringContaining('[object')]);
	expect(status).toBeLessThan(500);
});
