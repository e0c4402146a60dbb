import { describe, expect, test } from 'vitest';
import { isCarried } from '../../src/aws/characters';
import { enveloped } from '../../src/aws/sns/envelope';
import { keptBy } from '../../src/aws/sqs/kept';
import { ask, newQueue, publishTo, receiveAll, subscribe } from '../http/client';
import {
	AT,
	envelopeOf,
	giveBack,
	newSnsTopic,
	one,
	received,
	sns,
	snsFailure,
	snsXml,
	textIn,
	topicArnOf,
} from './sns';
import { newSubscribed, raw } from './subscribed';

const attributes = {
	text: { DataType: 'String', StringValue: 'Grüße & <mehr>' },
	number: { DataType: 'Number.int', StringValue: '12' },
	bytes: { DataType: 'Binary', BinaryValue: 'AP8=' },
	list: { DataType: 'String.Array', StringValue: '["a",1,true]' },
	constructor: { DataType: 'String', StringValue: 'x' },
};

describe('Publish', () => {
	test('answers as the Query protocol has it', async () => {
		const { status, xml } = await snsXml('Publish', { TopicArn: topicArnOf(await newSnsTopic()), Message: 'x' });
		expect(status).toBe(200);
		expect(xml).toMatch(
			/<PublishResponse xmlns="http:\/\/sns.amazonaws.com\/doc\/2010-03-31\/"><PublishResult><MessageId>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}<\/MessageId><\/PublishResult><ResponseMetadata><RequestId>/,
		);
	});

	test('brings a notification with everything in it', async () => {
		const { topic, queue } = await newSubscribed();
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
		const { topic, queue } = await newSubscribed();
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'plain' });
		const envelope = envelopeOf(await one(queue));
		for (const field of ['Subject', 'MessageAttributes', 'SequenceNumber']) expect(envelope).not.toHaveProperty(field);
	});

	test('has only characters that XML has, whatever the message has', async () => {
		const { topic, queue } = await newSubscribed();
		const Message = 'a\u0001\uFFFE\uFFFF\u007F"\\';
		await sns('Publish', { TopicArn: topicArnOf(topic), Message });
		const text = enveloped(AT, await one(queue));
		expect(isCarried(text)).toBe(true);
		expect(JSON.parse(text)).toMatchObject({ Message });
	});

	test('wraps what native clients publish, too', async () => {
		const { topic, queue } = await newSubscribed();
		await publishTo(topic, Uint8Array.of(0, 255));
		expect(envelopeOf(await one(queue))).toMatchObject({ Message: 'AP8=', TopicArn: topicArnOf(topic) });
	});

	test('brings the bare message, its attributes with their types, where the subscription is raw', async () => {
		const { topic, queue } = await newSubscribed(raw);
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
		const { topic, queue } = await newSubscribed(raw);
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
		const { topic, queue } = await newSubscribed(raw);
		await sns('Publish', { TargetArn: topicArnOf(topic), Message: 'a' });
		await sns('Publish', { TopicArn: `arn:aws:sns:us-east-1:123456789012:${topic}`, Message: 'b' });
		expect((await received(queue, 2)).map(({ body }) => body).toSorted()).toEqual(['a', 'b']);
	});

	test('passes a filter by attributes of their types, or by the body', async () => {
		const topic = await newSnsTopic();
		const byAttributes = await newSubscribed(
			{ ...raw, FilterPolicy: '{"n":[{"numeric":[">",10]}],"l":["a"]}' },
			{ topic },
		);
		const body = { FilterPolicy: '{"n":[{"numeric":[">",10]}]}', FilterPolicyScope: 'MessageBody' };
		const byBody = await newSubscribed({ ...raw, ...body }, { topic });
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

describe('a notification', () => {
	test('stays the same from receive to receive, as a dead letter and after a redrive', async () => {
		const queue = await newQueue({ maxReceives: 2 });
		const { topic } = await newSubscribed({}, { queue });
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

test('a topic that is not FIFO keeps the group of a message, and orders nothing by it', async () => {
	const { topic, queue } = await newSubscribed(raw);
	await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'x', MessageGroupId: 'tenant' });
	const message = await one(queue);
	expect([message.key, keptBy(message).group]).toEqual([undefined, 'tenant']);
});
