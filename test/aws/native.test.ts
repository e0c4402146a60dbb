import { describe, expect, test } from 'vitest';
import { nativeIdOf } from '../../torture/sqs-ids.ts';
import { attributesOf, figuresOf, newFifoQueue, newQueue, receive, receiveOne, sns, sqs, unique } from './clients.ts';
import { Native } from './native.ts';
import { arrived, newTopic, publish, raw, subscribed } from './topics.ts';

// One queue, two ways to it. Whoever moves from SQS to Sluice's own API, or back, does so one client at a time.

const native = new Native();

describe('what an SQS client sends', () => {
	test('a native client receives, with the attributes as text, and acknowledges', async () => {
		const { name, url } = await newQueue();
		const MessageAttributes = { source: { DataType: 'String', StringValue: 'shop' } };
		const { MessageId = '' } = await sqs.sendMessage({ QueueUrl: url, MessageBody: 'hello', MessageAttributes });
		const [message] = await native.receive(name);
		expect(message).toMatchObject({
			id: nativeIdOf(MessageId),
			body: 'hello',
			attributes: { source: 'shop' },
			attempt: 1,
		});
		expect(await figuresOf(url)).toEqual([0, 1, 0]);
		await native.acknowledge(name, message);
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});

	test('a native client gives back, and an SQS client gets it again', async () => {
		const { name, url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
		const [message] = await native.receive(name);
		await native.call('POST', `queues/${name}/retry`, { receipts: [{ receipt: message?.receipt, delaySeconds: 0 }] });
		expect((await receiveOne(url)).Attributes?.ApproximateReceiveCount).toBe('2');
	});

	test('a group is a key', async () => {
		const { name, url } = await newFifoQueue({ ContentBasedDeduplication: 'true' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: '1', MessageGroupId: 'g' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: '2', MessageGroupId: 'g' });
		const [first] = await native.receive(name, { max: 1 });
		expect(first).toMatchObject({ body: '1', key: 'g' });
		// Held by a native client, it holds up its group for SQS clients, too.
		expect(await receive(url)).toEqual([]);
		await native.acknowledge(name, first);
		expect((await receiveOne(url)).Body).toBe('2');
	});
});

describe('what a native client publishes', () => {
	test('an SQS client receives, with the attributes as strings, and deletes', async () => {
		const { name, url } = await newQueue();
		const { id } = await native.publish(name, 'hello', { attributes: { source: 'shop' } });
		const message = await receiveOne(url);
		expect(message).toMatchObject({
			Body: 'hello',
			MessageAttributes: { source: { DataType: 'String', StringValue: 'shop' } },
		});
		expect(nativeIdOf(message.MessageId ?? '')).toBe(id);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
		expect((await native.figures(name)).leased).toBe(0);
	});

	test('in order per key is in order per group', async () => {
		const { name, url } = await newFifoQueue();
		for (const body of ['1', '2', '3']) await native.publish(name, body, { key: 'g' });
		const messages = await receive(url, { MessageSystemAttributeNames: ['All'] });
		expect(messages.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
			['1', 'g'],
			['2', 'g'],
			['3', 'g'],
		]);
	});

	test('wakes an SQS client that waits, and the other way round', async () => {
		const { name, url } = await newQueue();
		const waiting = receiveOne(url, { WaitTimeSeconds: 10 });
		await native.publish(name, 'to SQS');
		const message = await waiting;
		expect(message.Body).toBe('to SQS');
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle });
		const parked = native.receive(name, { waitSeconds: 10 });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'to native' });
		expect((await parked)[0]?.body).toBe('to native');
	});
});

describe('queues and topics', () => {
	test('that were made natively are there for SQS, with what was set', async () => {
		const name = unique('native');
		await native.call('PUT', `queues/${name}`, { visibilityTimeoutSeconds: 45, delaySeconds: 3, deadLetter: null });
		const { QueueUrl = '' } = await sqs.getQueueUrl({ QueueName: name });
		expect(await attributesOf(QueueUrl)).toMatchObject({ VisibilityTimeout: '45', DelaySeconds: '3' });
		await sqs.setQueueAttributes({ QueueUrl, Attributes: { VisibilityTimeout: '50' } });
		expect(await native.settings(name)).toMatchObject({ visibilityTimeoutSeconds: 50, delaySeconds: 3 });
	});

	test('that SQS made are changed natively and keep what SQS gave them', async () => {
		const { name, url } = await newQueue();
		await sqs.tagQueue({ QueueUrl: url, Tags: { team: 'shop' } });
		await native.call('PATCH', `queues/${name}`, { visibilityTimeoutSeconds: 7 });
		expect((await attributesOf(url)).VisibilityTimeout).toBe('7');
		expect((await sqs.listQueueTags({ QueueUrl: url })).Tags).toEqual({ team: 'shop' });
	});

	test('a topic brings to both, whoever publishes', async () => {
		const { topic, queue } = await subscribed(raw, { topic: await newTopic() });
		const name = topic.slice(topic.lastIndexOf(':') + 1);
		await native.call('POST', `topics/${name}/messages/batch`, { messages: [{ body: 'native' }] });
		await publish(topic, 'SNS');
		expect((await arrived(queue, 2)).map(({ Body }) => Body)).toEqual(['native', 'SNS']);
		const own = unique('native');
		await native.call('PUT', `queues/${own}`, {});
		await native.call('PUT', `topics/${name}/subscriptions/${own}`, { queue: own });
		await publish(topic, 'to a native subscriber');
		expect((await native.receive(own, { waitSeconds: 5 }))[0]?.body).toContain('to a native subscriber');
		expect((await sns.listSubscriptionsByTopic({ TopicArn: topic })).Subscriptions).toHaveLength(2);
	});
});
