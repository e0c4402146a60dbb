import { describe, expect, test } from 'vitest';
import { failure, newFifoQueue, newQueue, sns } from './clients.ts';
import { arrived, newTopic, publish, raw, subscribed } from './topics.ts';

async function attributes(SubscriptionArn: string): Promise<Record<string, string>> {
	return (await sns.getSubscriptionAttributes({ SubscriptionArn })).Attributes ?? {};
}

describe('Subscribe', () => {
	test('of a queue is confirmed at once, and tells what it is', async () => {
		const { topic, queue, subscription } = await subscribed({ FilterPolicy: '{"kind":["paid"]}' });
		expect(subscription.startsWith(`${topic}:`)).toBe(true);
		const told = await attributes(subscription);
		expect(told).toMatchObject({
			SubscriptionArn: subscription,
			TopicArn: topic,
			Protocol: 'sqs',
			Endpoint: queue.arn,
			Owner: topic.split(':')[4],
			RawMessageDelivery: 'false',
			PendingConfirmation: 'false',
			FilterPolicyScope: 'MessageAttributes',
		});
		expect(JSON.parse(told.FilterPolicy ?? '')).toEqual({ kind: ['paid'] });
	});

	test('again with the same attributes answers the same subscription; with others it is refused', async () => {
		const first = await subscribed(raw);
		expect((await subscribed(raw, first)).subscription).toBe(first.subscription);
		expect(await failure(subscribed({ RawMessageDelivery: 'false' }, first))).toMatchObject({
			code: 'InvalidParameter',
			message: expect.stringContaining('Subscription already exists with different attributes'),
			status: 400,
		});
	});

	test('by https is refused with a reason', async () => {
		const TopicArn = await newTopic();
		for (const [Protocol, Endpoint] of [
			['https', 'https://example.com/hook'],
			['http', 'http://example.com/hook'],
			['email', 'someone@example.com'],
			['lambda', 'arn:aws:lambda:eu-central-1:000000000000:function:f'],
		] as const) {
			const refused = await failure(sns.subscribe({ TopicArn, Protocol, Endpoint }));
			expect(refused, Protocol).toMatchObject({ code: 'InvalidParameter', status: 400, fault: 'client' });
			expect(refused.message).toContain('sqs');
		}
		expect((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions).toEqual([]);
	});

	test('is refused without a topic, for what is no queue, and for attributes that there are not', async () => {
		const [topic, queue] = [await newTopic(), await newQueue()];
		const gone = { ...queue, arn: 'not-an-arn' };
		expect(await failure(subscribed({}, { topic, queue: gone }))).toMatchObject({ code: 'InvalidParameter' });
		expect(await failure(subscribed({ Colour: 'red' }, { topic, queue }))).toMatchObject({ code: 'InvalidParameter' });
		const fifo = await newFifoQueue();
		expect(await failure(subscribed({}, { topic, queue: fifo }))).toMatchObject({
			code: 'InvalidParameter',
			message: expect.stringContaining('FIFO'),
		});
		await sns.deleteTopic({ TopicArn: topic });
		expect(await failure(subscribed({}, { topic, queue }))).toMatchObject({
			code: 'NotFound',
			message: 'Topic does not exist',
			status: 404,
		});
	});
});

describe('SetSubscriptionAttributes', () => {
	test('changes what a subscription brings, and how', async () => {
		const { queue, topic, subscription } = await subscribed();
		const set = (AttributeName: string, AttributeValue: string) =>
			sns.setSubscriptionAttributes({ SubscriptionArn: subscription, AttributeName, AttributeValue });
		await set('RawMessageDelivery', 'true');
		await set('FilterPolicyScope', 'MessageBody');
		await set('FilterPolicy', '{"kind":["paid"]}');
		expect(await attributes(subscription)).toMatchObject({
			RawMessageDelivery: 'true',
			FilterPolicyScope: 'MessageBody',
			FilterPolicy: '{"kind":["paid"]}',
			Endpoint: queue.arn,
			TopicArn: topic,
		});
		await set('FilterPolicy', '{}');
		expect((await attributes(subscription)).FilterPolicy ?? '{}').toBe('{}');
	});

	test('refuses what it does not know, and leaves what there was', async () => {
		const { subscription } = await subscribed({ FilterPolicy: '{"kind":["paid"]}' });
		for (const [AttributeName, AttributeValue] of [
			['Colour', 'red'],
			['RawMessageDelivery', 'perhaps'],
			['FilterPolicyScope', 'Everything'],
			['FilterPolicy', '{'],
			['FilterPolicy', '{"kind":"paid"}'],
			['FilterPolicy', '{"kind":[{"unheard-of":1}]}'],
		] as const) {
			const change = sns.setSubscriptionAttributes({ SubscriptionArn: subscription, AttributeName, AttributeValue });
			expect(await failure(change), `${AttributeName} ${AttributeValue}`).toMatchObject({
				code: 'InvalidParameter',
				status: 400,
			});
		}
		expect((await attributes(subscription)).FilterPolicy).toBe('{"kind":["paid"]}');
	});

	test('of a subscription that is not there', async () => {
		const { subscription } = await subscribed();
		await sns.unsubscribe({ SubscriptionArn: subscription });
		expect(await failure(attributes(subscription))).toMatchObject({
			code: 'NotFound',
			message: 'Subscription does not exist',
			status: 404,
		});
	});
});

describe('subscriptions', () => {
	test('are listed by topic and in all, page by page', async () => {
		const first = await subscribed();
		const second = await subscribed({}, { topic: first.topic });
		const other = await subscribed();
		const wanted = [first, second].map(({ subscription, queue, topic }) => ({
			SubscriptionArn: subscription,
			Endpoint: queue.arn,
			Protocol: 'sqs',
			TopicArn: topic,
			Owner: topic.split(':')[4],
		}));
		const { Subscriptions = [] } = await sns.listSubscriptionsByTopic({ TopicArn: first.topic });
		expect(Subscriptions).toHaveLength(2);
		expect(Subscriptions).toEqual(expect.arrayContaining(wanted));
		const all: unknown[] = [];
		let NextToken: string | undefined;
		do {
			const page = await sns.listSubscriptions({ ...(NextToken !== undefined && { NextToken }) });
			all.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn }) => SubscriptionArn));
			NextToken = page.NextToken;
		} while (NextToken !== undefined);
		expect(all).toEqual(expect.arrayContaining([first, second, other].map(({ subscription }) => subscription)));
		expect(new Set(all).size).toBe(all.length);
	});

	test('end with Unsubscribe, once or twice', async () => {
		const { topic, queue, subscription } = await subscribed(raw);
		const witness = await subscribed(raw, { topic });
		await sns.unsubscribe({ SubscriptionArn: subscription });
		await sns.unsubscribe({ SubscriptionArn: subscription });
		await publish(topic, 'after');
		expect(await arrived(witness.queue, 1)).toHaveLength(1);
		expect(await arrived(queue, 0)).toEqual([]);
		expect((await sns.listSubscriptionsByTopic({ TopicArn: topic })).Subscriptions).toHaveLength(1);
	});

	test('need no confirmation', async () => {
		const { topic } = await subscribed();
		const confirm = sns.confirmSubscription({ TopicArn: topic, Token: 'made-up' });
		expect(await failure(confirm)).toMatchObject({ code: 'InvalidParameter', status: 400 });
	});
});
