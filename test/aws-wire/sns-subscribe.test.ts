import { describe, expect, test } from 'vitest';
import { ask, newKey, newName, newQueue, publishTo, receiveAll } from '../http/client';
import { arnOf, type Credentials } from './client';
import { newSnsTopic, sns, snsFailure, snsXml, topicArnOf } from './sns';
import { attributesOf, newEnds, newFifoQueue, set, subscribed, wish } from './subscribed';

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
