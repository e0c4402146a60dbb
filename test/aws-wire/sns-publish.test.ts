import { describe, expect, test } from 'vitest';
import type { ReceivedMessage } from '../../durable-objects/protocol';
import { enveloped } from '../../src/aws/sns/envelope';
import { keptBy } from '../../src/aws/sqs/kept';
import { ask, newKey, newName, newQueue, newTopic, publishTo, receiveAll, subscribe } from '../http/client';
import { arnOf, type Credentials } from './client';
import {
	AT,
	envelopeOf,
	giveBack,
	newSnsTopic,
	received,
	sns,
	snsFailure,
	snsXml,
	textIn,
	textsIn,
	topicArnOf,
} from './sns';

interface Ends {
	readonly topic: string;
	readonly queue: string;
}

/** A new topic, and a new queue that gets what is published to it. */
async function subscribed(attributes: Record<string, string> = {}, ends: Partial<Ends> = {}): Promise<Ends> {
	const { topic = await newSnsTopic(), queue = await newQueue() } = ends;
	const wish = { TopicArn: topicArnOf(topic), Protocol: 'sqs', Endpoint: arnOf(queue), Attributes: attributes };
	await sns('Subscribe', wish);
	return { topic, queue };
}

const raw = { RawMessageDelivery: 'true' };

const attributes = {
	text: { DataType: 'String', StringValue: 'Grüße & <mehr>' },
	number: { DataType: 'Number.int', StringValue: '12' },
	bytes: { DataType: 'Binary', BinaryValue: 'AP8=' },
	list: { DataType: 'String.Array', StringValue: '["a",1,true]' },
	constructor: { DataType: 'String', StringValue: 'x' },
};

async function one(queue: string): Promise<ReceivedMessage> {
	const [message] = await received(queue, 1);
	if (message === undefined) throw new Error('nothing came');
	return message;
}

describe('Publish', () => {
	test('answers as the Query protocol has it', async () => {
		const { status, xml } = await snsXml('Publish', { TopicArn: topicArnOf(await newSnsTopic()), Message: 'x' });
		expect(status).toBe(200);
		expect(xml).toMatch(
			/<PublishResponse xmlns="http:\/\/sns.amazonaws.com\/doc\/2010-03-31\/"><PublishResult><MessageId>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}<\/MessageId><\/PublishResult><ResponseMetadata><RequestId>/,
		);
	});

	test('brings a notification with everything in it', async () => {
		const { topic, queue } = await subscribed();
		const given = {
			TopicArn: topicArnOf(topic),
			Message: '{"a": "ü\n"}',
			Subject: 'News',
			MessageAttributes: attributes,
		};
		const before = Date.now();
		const MessageId = textIn(await sns('Publish', given), 'MessageId');
		const message = await one(queue);
		const envelope = envelopeOf(message);
		expect(envelope).toEqual({
			Type: 'Notification',
			MessageId,
			TopicArn: topicArnOf(topic),
			Subject: 'News',
			Message: '{"a": "ü\n"}',
			Timestamp: new Date(message.publishedAt).toISOString(),
			SignatureVersion: '1',
			Signature: '',
			SigningCertURL: '',
			UnsubscribeURL: expect.stringMatching(/^https:\/\/sqs\.sluice\.test\/\?Action=Unsubscribe&SubscriptionArn=arn:/),
			MessageAttributes: {
				text: { Type: 'String', Value: 'Grüße & <mehr>' },
				number: { Type: 'Number.int', Value: '12' },
				bytes: { Type: 'Binary', Value: 'AP8=' },
				list: { Type: 'String.Array', Value: '["a",1,true]' },
				constructor: { Type: 'String', Value: 'x' },
			},
		});
		expect(Object.keys(envelope).slice(0, 3)).toEqual(['Type', 'MessageId', 'TopicArn']);
		expect(message.publishedAt).toBeGreaterThanOrEqual(before);
		expect(message.publishedAt).toBeLessThanOrEqual(Date.now());
	});

	test('leaves out of the notification what there is not', async () => {
		const { topic, queue } = await subscribed();
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'plain' });
		const envelope = envelopeOf(await one(queue));
		for (const field of ['Subject', 'MessageAttributes', 'SequenceNumber']) expect(envelope).not.toHaveProperty(field);
	});

	test('wraps what native clients publish, too', async () => {
		const { topic, queue } = await subscribed();
		await publishTo(topic, Uint8Array.of(0, 255));
		expect(envelopeOf(await one(queue))).toMatchObject({ Message: 'AP8=', TopicArn: topicArnOf(topic) });
	});

	test('brings the bare message, its attributes with their types, where the subscription is raw', async () => {
		const { topic, queue } = await subscribed(raw);
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'bare', MessageAttributes: attributes });
		const message = await one(queue);
		expect(message).toMatchObject({
			body: 'bare',
			attributes: { text: 'Grüße & <mehr>', number: '12', bytes: 'AP8=', list: '["a",1,true]', constructor: 'x' },
		});
		expect(keptBy(message).types).toEqual({ number: 'Number.int', bytes: 'Binary', list: 'String.Array' });
		expect(message.copyOf).not.toHaveProperty('mark');
	});

	test('reaches native subscriptions, which are raw', async () => {
		const topic = await newSnsTopic();
		const queue = await subscribe(topic);
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'x', MessageAttributes: { a: attributes.text } });
		expect(await receiveAll(queue, 1)).toMatchObject([
			{ body: 'x', attributes: { a: 'Grüße & <mehr>', 'sluice-topic': topic } },
		]);
	});

	test('takes the text for queues out of a message with a text per protocol', async () => {
		const { topic, queue } = await subscribed(raw);
		const structured = (texts: unknown) => ({
			TopicArn: topicArnOf(topic),
			MessageStructure: 'json',
			Message: typeof texts === 'string' ? texts : JSON.stringify(texts),
		});
		await sns('Publish', structured({ default: 'for all', sqs: 'for queues', email: 'for people' }));
		await sns('Publish', structured({ default: 'for all', sqs: 1 }));
		const bodies = (await received(queue, 2)).map(({ body }) => body);
		expect(bodies.toSorted()).toEqual(['for all', 'for queues']);
		expect((await snsFailure('Publish', structured({ sqs: 'x' }))).message).toBe(
			'Invalid parameter: Message Structure - No default entry in JSON message body',
		);
		expect((await snsFailure('Publish', structured('not JSON'))).message).toBe(
			'Invalid parameter: Message Structure - JSON message body failed to parse',
		);
	});

	test('takes the topic as TargetArn, and in any account', async () => {
		const { topic, queue } = await subscribed(raw);
		await sns('Publish', { TargetArn: topicArnOf(topic), Message: 'a' });
		await sns('Publish', { TopicArn: `arn:aws:sns:us-east-1:123456789012:${topic}`, Message: 'b' });
		expect((await received(queue, 2)).map(({ body }) => body).toSorted()).toEqual(['a', 'b']);
	});

	test('passes a filter by attributes of their types, or by the body', async () => {
		const topic = await newSnsTopic();
		const byAttributes = await subscribed(
			{ ...raw, FilterPolicy: '{"n":[{"numeric":[">",10]}],"l":["a"]}' },
			{ topic },
		);
		const body = { FilterPolicy: '{"n":[{"numeric":[">",10]}]}', FilterPolicyScope: 'MessageBody' };
		const byBody = await subscribed({ ...raw, ...body }, { topic });
		const list = { DataType: 'String.Array', StringValue: '["a","b"]' };
		const publish = (n: number, Message: string) =>
			sns('Publish', {
				TopicArn: topicArnOf(topic),
				Message,
				MessageAttributes: { n: { DataType: 'Number', StringValue: String(n) }, l: list },
			});
		await publish(5, '{"n":11}');
		await publish(11, '{"n":5}');
		await publish(12, '{"n":12}');
		expect((await received(byAttributes.queue, 2)).map((message) => message.body)).toEqual(['{"n":5}', '{"n":12}']);
		expect((await received(byBody.queue, 2)).map((message) => message.body)).toEqual(['{"n":11}', '{"n":12}']);
	});
});

describe('Publish refuses', () => {
	const string = { DataType: 'String', StringValue: 'x' };
	const wrong: readonly [string, Parameters<typeof sns>[1], string, string][] = [
		['no message', { Message: '' }, 'InvalidParameter', 'Invalid parameter: Empty message'],
		['an empty subject', { Subject: '' }, 'InvalidParameter', 'Invalid parameter: Subject'],
		['a long subject', { Subject: 's'.repeat(101) }, 'InvalidParameter', 'Invalid parameter: Subject'],
		['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameter', 'Invalid parameter: Subject'],
		[
			'a message of more than 256 KiB',
			{ Message: 'x'.repeat(262_145) },
			'InvalidParameter',
			'Invalid parameter: Message too long',
		],
		[
			'more than 256 KiB with its attributes',
			{ Message: 'x'.repeat(262_137), MessageAttributes: { a: string } },
			'InvalidParameter',
			'Invalid parameter: Message too long',
		],
		['another structure', { MessageStructure: 'xml' }, 'InvalidParameter', 'Invalid parameter: MessageStructure'],
		[
			'a telephone',
			{ PhoneNumber: '+491234567' },
			'InvalidParameter',
			'Invalid parameter: PhoneNumber Reason: Text messages are not supported: publish to a topic',
		],
		[
			'a deduplication id where there is no order',
			{ MessageDeduplicationId: 'd' },
			'InvalidParameter',
			'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
		],
		[
			'an attribute of no type',
			{ MessageAttributes: { a: { StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
		],
		[
			'an attribute of another type',
			{ MessageAttributes: { a: { DataType: 'Stringy', StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
		],
		[
			'an empty attribute',
			{ MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
		],
		[
			'an attribute without a value',
			{ MessageAttributes: { a: { DataType: 'Binary' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' must contain non-empty message attribute value for message attribute type 'Binary'.",
		],
		[
			'bytes as text',
			{ MessageAttributes: { a: { DataType: 'Binary', StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' with type 'Binary' must use field 'Binary'.",
		],
		[
			'bytes that are not base64',
			{ MessageAttributes: { a: { DataType: 'Binary', BinaryValue: '?' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has a value that is not base64.",
		],
		[
			'a number that is none',
			{ MessageAttributes: { a: { DataType: 'Number', StringValue: 'ten' } } },
			'ParameterValueInvalid',
			"Could not cast message attribute 'a' value to number.",
		],
		[
			'a name with another character',
			{ MessageAttributes: { 'a b': string } },
			'ParameterValueInvalid',
			"Invalid non-alphanumeric character '#x20' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
		],
		[
			'a name with two dots',
			{ MessageAttributes: { 'a..b': string } },
			'ParameterValueInvalid',
			"Message attribute name can not have successive '.' character.",
		],
		[
			'a name that begins with a dot',
			{ MessageAttributes: { '.a': string } },
			'ParameterValueInvalid',
			"Invalid message attribute name starting with character '.' was found.",
		],
	];
	test.each(wrong)('%s', async (_, parameters, code, message) => {
		const topic = await newSnsTopic();
		const refused = await snsFailure('Publish', { TopicArn: topicArnOf(topic), Message: 'x', ...parameters });
		expect(refused).toEqual({ status: 400, code, message });
	});

	test('takes 256 KiB', async () => {
		const { topic, queue } = await subscribed(raw);
		const Message = 'x'.repeat(262_136);
		await sns('Publish', { TopicArn: topicArnOf(topic), Message, MessageAttributes: { a: string } });
		expect((await one(queue)).body).toBe(Message);
	});

	test('what is no topic', async () => {
		const refused = (parameters: Parameters<typeof sns>[1]) => snsFailure('Publish', { Message: 'x', ...parameters });
		expect(await refused({ TopicArn: topicArnOf(newName()) })).toEqual({
			status: 404,
			code: 'NotFound',
			message: 'Topic does not exist',
		});
		expect((await refused({})).message).toBe(
			'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
		);
		const TargetArn = 'arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/5e3e9847-3183-3f18-a7e8-671c3a57d4b3';
		expect((await refused({ TargetArn })).message).toBe(
			'Invalid parameter: TargetArn Reason: Mobile push is not supported: publish to a topic',
		);
		expect((await refused({ TopicArn: arnOf('q') })).code).toBe('InvalidParameter');
	});

	test('a key that does not publish here', async () => {
		const topic = await newSnsTopic();
		const given = { TopicArn: topicArnOf(topic), Message: 'x' };
		const consumer: Credentials = await newKey(['consume', 'manage'], [topic]);
		const elsewhere: Credentials = await newKey(['publish'], [newName()]);
		const publisher: Credentials = await newKey(['publish'], [topic]);
		for (const credentials of [consumer, elsewhere]) {
			expect(await snsFailure('Publish', given, credentials)).toMatchObject({
				status: 403,
				code: 'AuthorizationError',
			});
		}
		await sns('Publish', given, publisher);
	});
});

describe('PublishBatch', () => {
	const batch = (topic: string, entries: readonly { readonly [name: string]: string | object }[]) =>
		({ TopicArn: topicArnOf(topic), PublishBatchRequestEntries: entries }) as Parameters<typeof sns>[1];

	test('answers each entry, and brings all of them', async () => {
		const { topic, queue } = await subscribed();
		const answer = await sns(
			'PublishBatch',
			batch(topic, [
				{ Id: 'a', Message: '1', Subject: 'S' },
				{ Id: 'b-_1', Message: '2', MessageAttributes: { text: attributes.text } },
			]),
		);
		expect(answer).toMatch(
			/^<Successful><member><Id>a<\/Id><MessageId>[^<]+<\/MessageId><\/member><member><Id>b-_1<\/Id><MessageId>[^<]+<\/MessageId><\/member><\/Successful><Failed\/>$/,
		);
		const envelopes = (await received(queue, 2)).map(envelopeOf);
		expect(envelopes.map(({ MessageId }) => MessageId)).toEqual(textsIn(answer, 'MessageId'));
		expect(envelopes).toMatchObject([
			{ Message: '1', Subject: 'S' },
			{ Message: '2', MessageAttributes: { text: { Type: 'String' } } },
		]);
	});

	test('refuses an entry for itself and takes the others', async () => {
		const { topic, queue } = await subscribed(raw);
		const answer = await sns(
			'PublishBatch',
			batch(topic, [
				{ Id: 'empty', Message: '' },
				{ Id: 'good', Message: 'good' },
				{ Id: 'faulty', Message: 'x', MessageAttributes: { a: { DataType: 'String' } } },
				{ Id: 'better', Message: 'better' },
			]),
		);
		expect(answer).toContain(
			'<Failed><member><Id>empty</Id><Code>InvalidParameter</Code><Message>Invalid parameter: Empty message</Message>' +
				'<SenderFault>true</SenderFault></member><member><Id>faulty</Id><Code>ParameterValueInvalid</Code>',
		);
		expect(textsIn(textIn(answer, 'Successful'), 'Id')).toEqual(['good', 'better']);
		expect((await received(queue, 2)).map(({ body }) => body)).toEqual(['good', 'better']);
	});

	test('of faulty entries only publishes nothing', async () => {
		const { topic } = await subscribed(raw);
		expect(await sns('PublishBatch', batch(topic, [{ Id: 'empty', Message: '' }]))).toMatch(/^<Successful\/><Failed>/);
	});

	const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, Message: 'x' }));
	const half = 'x'.repeat(131_073);
	const wholes: readonly [string, readonly { Id: string; Message: string }[], string, string][] = [
		['none', [], 'EmptyBatchRequest', "The batch request doesn't contain any entries."],
		['eleven', many(11), 'TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.'],
		[
			'two of one id',
			[...many(1), ...many(1)],
			'BatchEntryIdsNotDistinct',
			'Two or more batch entries in the request have the same Id.',
		],
		[
			'an id with a dot',
			[{ Id: 'a.b', Message: 'x' }],
			'InvalidBatchEntryId',
			'The Id of a batch entry in the batch request contains an impermissible character: a.b',
		],
		[
			'an id of 81 letters',
			[{ Id: 'a'.repeat(81), Message: 'x' }],
			'InvalidBatchEntryId',
			`The Id of a batch entry in the batch request is too long: ${'a'.repeat(81)}`,
		],
		[
			'more than 256 KiB',
			['a', 'b'].map((Id) => ({ Id, Message: half })),
			'BatchRequestTooLong',
			'The length of all the messages put together is more than the limit.',
		],
	];
	test.each(wholes)('refuses %s as a whole', async (_, entries, code, message) => {
		const { topic, queue } = await subscribed(raw);
		expect(await snsFailure('PublishBatch', batch(topic, entries))).toEqual({ status: 400, code, message });
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'alone' });
		expect((await received(queue, 1)).map(({ body }) => body)).toEqual(['alone']);
	});

	test('of an empty list as clients write it', async () => {
		const given = { TopicArn: topicArnOf(await newSnsTopic()), PublishBatchRequestEntries: '' };
		expect(await snsFailure('PublishBatch', given)).toMatchObject({ code: 'EmptyBatchRequest' });
	});

	test('to a topic that is not there', async () => {
		expect(await snsFailure('PublishBatch', batch(newName(), many(1)))).toMatchObject({
			status: 404,
			code: 'NotFound',
		});
	});

	test('to a topic of many partitions answers in order', async () => {
		const topic = await newTopic({ partitions: 4 });
		const answer = await sns('PublishBatch', batch(topic, many(10)));
		expect(textsIn(answer, 'Id')).toEqual(many(10).map(({ Id }) => Id));
		expect(new Set(textsIn(answer, 'MessageId')).size).toBe(10);
	});
});

describe('a notification', () => {
	test('stays the same from receive to receive, as a dead letter and after a redrive', async () => {
		const queue = await newQueue({ maxReceives: 2 });
		const { topic } = await subscribed({}, { queue });
		const given = { TopicArn: topicArnOf(topic), Message: 'x', Subject: 'S', MessageAttributes: attributes };
		const MessageId = textIn(await sns('Publish', given), 'MessageId');
		const texts: string[] = [];
		const look = async (from: string) => {
			const message = await one(from);
			texts.push(enveloped(AT, message));
			await giveBack(from, message);
			return message;
		};
		const first = await look(queue);
		await look(queue);
		const dead = await look(`${queue}-dlq`);
		expect(dead.deadLetter).toMatchObject({ queue, attempts: 2 });
		await ask('POST', `/v1/queues/${queue}-dlq/redrive`, { json: {} });
		const again = await look(queue);
		expect(again.id).toBe(first.id);
		expect(new Set(texts).size).toBe(1);
		expect(JSON.parse(texts[0] ?? '')).toMatchObject({ MessageId, Message: 'x' });
	});
});

describe('a FIFO topic', () => {
	const inGroup = (topic: string, group: string, Message: string, id?: string) => ({
		TopicArn: topicArnOf(topic),
		Message,
		MessageGroupId: group,
		...(id === undefined ? {} : { MessageDeduplicationId: id }),
	});
	const numbersOf = (answer: string) => [textIn(answer, 'MessageId'), textIn(answer, 'SequenceNumber')];

	async function fifo(topic: Record<string, string> = {}, subscription: Record<string, string> = {}): Promise<Ends> {
		return subscribed(subscription, { topic: await newSnsTopic({ FifoTopic: 'true', ...topic }) });
	}

	test('numbers its messages, also in their notifications, and does not sign them', async () => {
		const { topic, queue } = await fifo();
		const answers = [];
		for (const id of ['1', '2']) answers.push(await sns('Publish', inGroup(topic, 'g', id, id)));
		const batch = [{ Id: 'c', Message: '3', MessageGroupId: 'g', MessageDeduplicationId: '3' }];
		answers.push(await sns('PublishBatch', { TopicArn: topicArnOf(topic), PublishBatchRequestEntries: batch }));
		const told = answers.map(numbersOf);
		expect(told.map(([, number]) => number)).toEqual(['1', '2', '3'].map((number) => number.padStart(20, '0')));
		const messages = await received(queue, 3);
		const envelopes = messages.map(envelopeOf);
		expect(envelopes.map(({ MessageId, SequenceNumber }) => [MessageId, SequenceNumber])).toEqual(told);
		expect(envelopes.map(({ Message }) => Message)).toEqual(['1', '2', '3']);
		expect(envelopes[0]).not.toHaveProperty('Signature');
		expect(messages.map((message) => [message.key, keptBy(message).dedupId])).toEqual([
			['g', '1'],
			['g', '2'],
			['g', '3'],
		]);
	});

	test('takes the same deduplication id once', async () => {
		const { topic, queue } = await fifo({}, raw);
		const first = await sns('Publish', inGroup(topic, 'g', 'a', 'one'));
		expect(numbersOf(await sns('Publish', inGroup(topic, 'h', 'b', 'one')))).toEqual(numbersOf(first));
		await sns('Publish', inGroup(topic, 'g', 'c', 'two'));
		expect((await received(queue, 2)).map(({ body }) => body)).toEqual(['a', 'c']);
	});

	test('takes the same content once, where it goes by that', async () => {
		const { topic, queue } = await fifo({ ContentBasedDeduplication: 'true' }, raw);
		for (const [message, id] of [['a'], ['a'], ['a', 'own'], ['b'], ['b']] as const) {
			await sns('Publish', inGroup(topic, 'g', message, id));
		}
		expect((await received(queue, 3)).map(({ body }) => body)).toEqual(['a', 'a', 'b']);
	});

	test('takes the same deduplication id once per group, where it goes by that', async () => {
		const { topic, queue } = await fifo({ FifoThroughputScope: 'MessageGroup' }, raw);
		for (const [group, message] of [
			['g', '1'],
			['g', '2'],
			['h', '3'],
			['h', '4'],
		] as const) {
			await sns('Publish', inGroup(topic, group, message, 'one'));
		}
		const messages = await received(queue, 2);
		expect(messages.map(({ body, key }) => [key, body])).toEqual([
			['g', '1'],
			['h', '3'],
		]);
		expect(messages.map((message) => keptBy(message).dedupId)).toEqual(['one', 'one']);
	});

	test('refuses a message without a group, without a deduplication id, or with one that is none', async () => {
		const topic = await newSnsTopic({ FifoTopic: 'true' });
		const { MessageGroupId: _, ...without } = inGroup(topic, 'g', 'x', 'one');
		for (const [given, message] of [
			[without, 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics'],
			[
				inGroup(topic, 'g', 'x'),
				'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
			],
			[
				inGroup(topic, 'a b', 'x', 'one'),
				'Invalid parameter: MessageGroupId Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length',
			],
			[
				inGroup(topic, 'g', 'x', 'i'.repeat(129)),
				'Invalid parameter: MessageDeduplicationId Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length',
			],
		] as const) {
			expect(await snsFailure('Publish', given)).toEqual({ status: 400, code: 'InvalidParameter', message });
		}
	});
});

test('a topic that is not FIFO keeps the group of a message, and orders nothing by it', async () => {
	const { topic, queue } = await subscribed(raw);
	await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'x', MessageGroupId: 'tenant' });
	const message = await one(queue);
	expect([message.key, keptBy(message).group]).toEqual([undefined, 'tenant']);
});
