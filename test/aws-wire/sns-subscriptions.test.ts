import { describe, expect, test } from 'vitest';
import {
	ask,
	getSubscription,
	newKey,
	newName,
	newQueue,
	newTopic,
	publishTo,
	receiveAll,
	subscribe,
} from '../http/client';
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

interface Ends {
	readonly topic: string;
	readonly queue: string;
}

function wish({ topic, queue }: Ends, attributes: Record<string, string> = {}) {
	return { TopicArn: topicArnOf(topic), Protocol: 'sqs', Endpoint: arnOf(queue), Attributes: attributes };
}

async function newEnds(): Promise<Ends> {
	return { topic: await newSnsTopic(), queue: await newQueue() };
}

async function newFifoQueue(): Promise<string> {
	const name = `${newName()}.fifo`;
	await ask('PUT', `/v1/queues/${name}`, { json: {} });
	return name;
}

async function subscribed(ends: Ends, attributes?: Record<string, string>): Promise<string> {
	return textIn(await sns('Subscribe', wish(ends, attributes)), 'SubscriptionArn');
}

async function attributesOf(arn: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetSubscriptionAttributes', { SubscriptionArn: arn }));
}

function set(arn: string, name: string, value: string) {
	return { SubscriptionArn: arn, AttributeName: name, AttributeValue: value };
}

function nameIn(arn: string): string {
	return arn.slice(arn.lastIndexOf(':') + 1);
}

describe('Subscribe', () => {
	test('brings the messages of a topic to a queue', async () => {
		const ends = await newEnds();
		const arn = await subscribed(ends);
		expect(arn).toMatch(
			new RegExp(`^${topicArnOf(ends.topic)}:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`),
		);
		expect(await attributesOf(arn)).toEqual({
			SubscriptionArn: arn,
			TopicArn: topicArnOf(ends.topic),
			Owner: '000000000000',
			Protocol: 'sqs',
			Endpoint: arnOf(ends.queue),
			PendingConfirmation: 'false',
			ConfirmationWasAuthenticated: 'true',
			SubscriptionPrincipal: 'arn:aws:iam::000000000000:root',
			RawMessageDelivery: 'false',
		});
		await publishTo(ends.topic, 'x');
		expect(await receiveAll(ends.queue, 1)).toMatchObject([{ body: 'x' }]);
	});

	test('begins with what is published from then on', async () => {
		const ends = await newEnds();
		await publishTo(ends.topic, 'before');
		await subscribed(ends);
		await publishTo(ends.topic, 'after');
		expect((await receiveAll(ends.queue, 1)).map(({ body }) => body)).toEqual(['after']);
	});

	const policy = '{"kind":["paid"]}';
	const same: readonly [Record<string, string>, Record<string, string>][] = [
		[{}, {}],
		[{ RawMessageDelivery: 'true' }, { RawMessageDelivery: 'True' }],
		[{ RawMessageDelivery: 'true', FilterPolicy: policy }, {}],
		[{ FilterPolicy: policy }, { FilterPolicy: '{ "kind": ["paid"] }', FilterPolicyScope: 'MessageAttributes' }],
		[{}, { RawMessageDelivery: 'false', FilterPolicy: '{}', DeliveryPolicy: '' }],
	];
	test.each(same)('%j, and then %j: the same subscription', async (first, second) => {
		const ends = await newEnds();
		const arn = await subscribed(ends, first);
		expect(await subscribed(ends, second)).toBe(arn);
		const { subscriptions } = (await ask('GET', `/v1/topics/${ends.topic}/subscriptions`)).body as {
			subscriptions: unknown[];
		};
		expect(subscriptions).toHaveLength(1);
	});

	const others: readonly [Record<string, string>, Record<string, string>][] = [
		[{}, { RawMessageDelivery: 'true' }],
		[{ FilterPolicy: policy }, { FilterPolicy: '{"kind":["refunded"]}' }],
		[{ FilterPolicy: policy }, { FilterPolicyScope: 'MessageBody' }],
		[{}, { DeliveryPolicy: '{"http":{}}' }],
	];
	test.each(others)('%j, and then %j: refused', async (first, second) => {
		const ends = await newEnds();
		const arn = await subscribed(ends, first);
		const before = await attributesOf(arn);
		expect(await snsFailure('Subscribe', wish(ends, second))).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
		});
		expect(await attributesOf(arn)).toEqual(before);
	});

	const wrong: readonly [Record<string, string>, string][] = [
		[{ Colour: 'red' }, 'AttributeName'],
		[{ RawMessageDelivery: 'perhaps' }, 'RawMessageDelivery: Invalid value [perhaps]. Must be true or false.'],
		[
			{ FilterPolicyScope: 'constructor' },
			'FilterPolicyScope: Invalid value [constructor]. Please use either MessageBody or MessageAttributes',
		],
		[{ FilterPolicy: '[]' }, 'FilterPolicy: failed to parse JSON.'],
		[{ FilterPolicy: '{"kind":"paid"}' }, 'FilterPolicy: kind must be an array'],
		[
			{ FilterPolicy: '{"a":{"b":["c"]}}' },
			'FilterPolicy: a must be an array: only a filter of scope body has nested keys',
		],
		[{ FilterPolicy: '{"a":[{"numeric":["<"]}]}' }, 'FilterPolicy: a.0.numeric'],
		[{ RedrivePolicy: 'x' }, 'RedrivePolicy: failed to parse JSON.'],
		[{ RedrivePolicy: '{"deadLetterTargetArn":"q"}' }, 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
		[{ ReplayPolicy: '{}' }, 'ReplayPolicy: '],
	];
	test.each(wrong)('with %j is refused', async (attributes, why) => {
		const refused = await snsFailure('Subscribe', wish(await newEnds(), attributes));
		expect(refused).toMatchObject({ status: 400, code: 'InvalidParameter' });
		expect(refused.message.slice(0, 'Invalid parameter: Attributes Reason: '.length + why.length)).toBe(
			`Invalid parameter: Attributes Reason: ${why}`,
		);
	});

	test('keeps the policy of what cannot be brought', async () => {
		const ends = await newEnds();
		const kept = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead') }) };
		expect(await attributesOf(await subscribed(ends, kept))).toMatchObject(kept);
	});

	const protocols: readonly [string, string, string][] = [
		['https', 'https://example.com/', 'Invalid parameter: Protocol Reason: https is not supported yet'],
		['http', 'http://example.com/', 'Invalid parameter: Protocol Reason: http is not supported yet'],
		['email', 'a@example.com', 'Invalid parameter: Protocol Reason: email is not supported yet'],
		['pigeon', 'x', 'Invalid parameter: Amazon SNS does not support this protocol string: pigeon'],
		['sqs', 'https://sqs.example.com/1/q', 'Invalid parameter: SQS endpoint ARN'],
		['sqs', '', 'Invalid parameter: SQS endpoint ARN'],
	];
	test.each(protocols)('by %s to "%s" is refused', async (Protocol, Endpoint, message) => {
		const given = { TopicArn: topicArnOf(await newSnsTopic()), Protocol, Endpoint };
		const refused = await snsFailure('Subscribe', given);
		expect(refused).toMatchObject({ status: 400, code: 'InvalidParameter' });
		expect(refused.message.startsWith(message)).toBe(true);
	});

	test('of a queue or to a topic that is not there', async () => {
		const { topic, queue } = await newEnds();
		expect(await snsFailure('Subscribe', wish({ topic: newName(), queue }))).toEqual({
			status: 404,
			code: 'NotFound',
			message: 'Topic does not exist',
		});
		expect(await snsFailure('Subscribe', wish({ topic, queue: newName() }))).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: Endpoint Reason: The queue does not exist',
		});
	});

	test('a FIFO queue is for a FIFO topic; a FIFO topic is for any queue', async () => {
		const queue = await newFifoQueue();
		expect(await snsFailure('Subscribe', wish({ topic: await newSnsTopic(), queue }))).toMatchObject({
			message:
				'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
		});
		const topic = await newSnsTopic({ FifoTopic: 'true' });
		await subscribed({ topic, queue });
		await subscribed({ topic, queue: await newQueue() });
		const dead = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('standard') }) };
		const refused = await snsFailure('Subscribe', wish({ topic, queue: await newFifoQueue() }, dead));
		expect(refused.message).toMatch(/must use a FIFO queue as DLQ/);
	});

	test('takes a key that manages both', async () => {
		const ends = await newEnds();
		const topicOnly: Credentials = await newKey(['manage'], [ends.topic]);
		const both: Credentials = await newKey(['manage'], [ends.topic, ends.queue]);
		expect(await snsFailure('Subscribe', wish(ends), topicOnly)).toMatchObject({
			status: 403,
			code: 'AuthorizationError',
			message: expect.stringContaining(ends.queue),
		});
		await sns('Subscribe', wish(ends), both);
	});
});

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

describe('of many at once', () => {
	test('the same Subscribe answers the same to all', async () => {
		const ends = await newEnds();
		const answers = await Promise.all(
			Array.from({ length: 6 }, () => subscribed(ends, { RawMessageDelivery: 'true' })),
		);
		expect(new Set(answers).size).toBe(1);
	});

	test('one of two that differ is refused', async () => {
		const ends = await newEnds();
		const answers = await Promise.all(
			['true', 'false'].map((RawMessageDelivery) => snsXml('Subscribe', wish(ends, { RawMessageDelivery }))),
		);
		expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
	});

	test('changes of different attributes all stand', async () => {
		const arn = await subscribed(await newEnds());
		const policy = '{"kind":["paid"]}';
		const changes = [
			['RawMessageDelivery', 'true'],
			['FilterPolicy', policy],
			['DeliveryPolicy', '{"http":{}}'],
		] as const;
		await Promise.all(changes.map(([name, value]) => sns('SetSubscriptionAttributes', set(arn, name, value))));
		expect(await attributesOf(arn)).toMatchObject(Object.fromEntries(changes));
	});
});
