import { describe, expect, test } from 'vitest';
import { ask, getSubscription, newKey, newQueue, newTopic, publishTo, subscribe } from '../http/client';
import { arnOf, type Credentials } from './client';
import {
	attributesIn,
	envelopeOf,
	newSnsTopic,
	received,
	sns,
	snsFailure,
	snsXml,
	textIn,
	textsIn,
	topicArnOf,
} from './sns';
import { attributesOf, nameIn, newEnds, set, subscribed } from './subscribed';

describe('SetSubscriptionAttributes', () => {
	test('raw delivery counts for what is published from then on', async () => {
		const ends = await newEnds();
		const arn = await subscribed(ends);
		await publishTo(ends.topic, 'wrapped');
		await sns('SetSubscriptionAttributes', set(arn, 'RawMessageDelivery', 'true'));
		await publishTo(ends.topic, 'bare');
		await sns('SetSubscriptionAttributes', set(arn, 'RawMessageDelivery', 'false'));
		await publishTo(ends.topic, 'wrapped again');
		const marks = (await received(ends.queue, 3)).map(({ body, copyOf }) => [body, copyOf?.mark]);
		expect(Object.fromEntries(marks)).toEqual({
			wrapped: nameIn(arn),
			bare: undefined,
			'wrapped again': nameIn(arn),
		});
	});

	test('a filter is set, changed with its scope, and taken away', async () => {
		const arn = await subscribed(await newEnds());
		const change = (name: string, value: string) => sns('SetSubscriptionAttributes', set(arn, name, value));
		await change('FilterPolicyScope', 'MessageBody');
		expect(await attributesOf(arn)).not.toHaveProperty('FilterPolicyScope');
		const nested = '{"order":{"total":[{"numeric":[">",100]}]}}';
		await change('FilterPolicy', nested);
		expect(await attributesOf(arn)).toMatchObject({ FilterPolicy: nested, FilterPolicyScope: 'MessageBody' });
		expect(
			await snsFailure('SetSubscriptionAttributes', set(arn, 'FilterPolicyScope', 'MessageAttributes')),
		).toMatchObject({
			code: 'InvalidParameter',
			message: expect.stringContaining('FilterPolicy: order must be an array'),
		});
		await change('FilterPolicy', '{}');
		expect(await attributesOf(arn)).not.toHaveProperty('FilterPolicy');
		await change('FilterPolicyScope', 'MessageAttributes');
		await change('FilterPolicy', '{"kind":["paid"]}');
		expect(await attributesOf(arn)).toMatchObject({ FilterPolicyScope: 'MessageAttributes' });
		const { topic } = { topic: arn.split(':')[5] ?? '' };
		expect(await getSubscription(topic, nameIn(arn))).toMatchObject({
			filter: { kind: ['paid'] },
			scope: 'attributes',
		});
	});

	test('what is kept is set and taken away, and leaves the rest', async () => {
		const arn = await subscribed(await newEnds(), { FilterPolicy: '{"kind":["paid"]}', RawMessageDelivery: 'true' });
		const before = await attributesOf(arn);
		const redrive = JSON.stringify({ deadLetterTargetArn: arnOf('dead') });
		await sns('SetSubscriptionAttributes', set(arn, 'RedrivePolicy', redrive));
		expect(await attributesOf(arn)).toEqual({ ...before, RedrivePolicy: redrive });
		await sns('SetSubscriptionAttributes', set(arn, 'RedrivePolicy', ''));
		expect(await attributesOf(arn)).toEqual(before);
	});

	test('names what is wrong', async () => {
		const arn = await subscribed(await newEnds());
		const refused = (name: string, value: string) => snsFailure('SetSubscriptionAttributes', set(arn, name, value));
		expect(await refused('FilterPolicy', '{"kind":"paid"}')).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: FilterPolicy: kind must be an array',
		});
		expect((await refused('Colour', 'red')).message).toBe('Invalid parameter: AttributeName');
	});
});

describe('a subscription of the native API', () => {
	test('is one like any, with raw delivery', async () => {
		const topic = await newTopic();
		const queue = await subscribe(topic, { filter: { kind: ['paid'] } });
		const arn = `${topicArnOf(topic)}:${queue}`;
		expect(await attributesOf(arn)).toMatchObject({
			Endpoint: arnOf(queue),
			RawMessageDelivery: 'true',
			FilterPolicy: '{"kind":["paid"]}',
			FilterPolicyScope: 'MessageAttributes',
		});
		await sns('SetSubscriptionAttributes', set(arn, 'RawMessageDelivery', 'false'));
		await publishTo(topic, 'filtered');
		await sns('SetSubscriptionAttributes', set(arn, 'FilterPolicy', ''));
		const { id } = await publishTo(topic, 'x');
		const [message] = await received(queue, 1);
		expect(message?.copyOf).toEqual({ topic, id, mark: queue });
	});
});

describe('Unsubscribe', () => {
	test('ends a subscription, once or twice', async () => {
		const ends = await newEnds();
		const SubscriptionArn = await subscribed(ends);
		for (let time = 0; time < 2; time++) {
			const { status, xml } = await snsXml('Unsubscribe', { SubscriptionArn });
			expect([status, xml.includes('<UnsubscribeResponse ')]).toEqual([200, true]);
		}
		await sns('DeleteTopic', { TopicArn: topicArnOf(ends.topic) });
		await sns('Unsubscribe', { SubscriptionArn });
		expect(await snsFailure('GetSubscriptionAttributes', { SubscriptionArn })).toEqual({
			status: 404,
			code: 'NotFound',
			message: 'Subscription does not exist',
		});
	});

	test('refuses what is no ARN of a subscription', async () => {
		const { topic } = await newEnds();
		expect((await snsFailure('Unsubscribe', { SubscriptionArn: topicArnOf(topic) })).message).toBe(
			'Invalid parameter: SubscriptionId',
		);
		expect((await snsFailure('Unsubscribe', { SubscriptionArn: 'x' })).message).toBe(
			'Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1',
		);
		expect((await snsFailure('Unsubscribe')).message).toBe(
			'Invalid parameter: SubscriptionArn Reason: no value for required parameter',
		);
	});

	test('takes a signature, however the address in a notification is opened', async () => {
		const ends = await newEnds();
		const arn = await subscribed(ends);
		await publishTo(ends.topic, 'x');
		const [message] = await received(ends.queue, 1);
		if (message === undefined) throw new Error('nothing came');
		const { UnsubscribeURL } = envelopeOf(message);
		const { pathname, search } = new URL(String(UnsubscribeURL));
		const opened = await ask('GET', `${pathname}${search}`, { key: null });
		expect(opened.status).toBe(403);
		expect(opened.body).toContain('<Code>MissingAuthenticationToken</Code>');
		expect(new URLSearchParams(search).get('SubscriptionArn')).toBe(arn);
		await attributesOf(arn);
	});
});

describe('lists', () => {
	test('of a topic, page by page', async () => {
		const topic = await newSnsTopic();
		const queue = await newQueue();
		const paths = Array.from({ length: 101 }, (_, index) => `s${String(index).padStart(3, '0')}`);
		for (const name of paths) await ask('PUT', `/v1/topics/${topic}/subscriptions/${name}`, { json: { queue } });
		const TopicArn = topicArnOf(topic);
		const first = await sns('ListSubscriptionsByTopic', { TopicArn });
		expect(textsIn(first, 'SubscriptionArn')).toEqual(paths.slice(0, 100).map((name) => `${TopicArn}:${name}`));
		const second = await sns('ListSubscriptionsByTopic', { TopicArn, NextToken: textIn(first, 'NextToken') });
		expect(second).toBe(
			`<Subscriptions><member><SubscriptionArn>${TopicArn}:s100</SubscriptionArn><Owner>000000000000</Owner>` +
				`<Protocol>sqs</Protocol><Endpoint>${arnOf(queue)}</Endpoint><TopicArn>${TopicArn}</TopicArn></member></Subscriptions>`,
		);
		const { SubscriptionsConfirmed } = attributesIn(await sns('GetTopicAttributes', { TopicArn }));
		expect(SubscriptionsConfirmed).toBe('101');
	});

	test('of all topics show a key what it covers', async () => {
		const [mine, theirs] = [await newEnds(), await newEnds()];
		const arn = await subscribed(mine);
		await subscribed(theirs);
		const credentials: Credentials = await newKey(['manage'], [mine.topic]);
		const found: string[] = [];
		for (let NextToken = ''; ; ) {
			const page = await sns('ListSubscriptions', { NextToken }, credentials);
			found.push(...textsIn(page, 'SubscriptionArn'));
			NextToken = textIn(page, 'NextToken');
			if (NextToken === '') break;
		}
		expect(found).toEqual([arn]);
	});
});

describe('ConfirmSubscription', () => {
	test('finds what is confirmed from the beginning', async () => {
		const ends = await newEnds();
		const arn = await subscribed(ends);
		const TopicArn = topicArnOf(ends.topic);
		const confirmed = await sns('ConfirmSubscription', { TopicArn, Token: nameIn(arn) });
		expect(textIn(confirmed, 'SubscriptionArn')).toBe(arn);
		expect(await snsFailure('ConfirmSubscription', { TopicArn, Token: 'x' })).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: Token',
		});
	});
});
