import { describe, expect, test } from 'vitest';
import { newName, newTopic, subscribe } from '../http/client';
import { attributesIn, newSnsTopic, sns, snsFailure, snsXml, topicArnOf } from './sns';

async function attributesOf(topic: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetTopicAttributes', { TopicArn: topicArnOf(topic) }));
}

function set(topic: string, name: string, value: string) {
	return { TopicArn: topicArnOf(topic), AttributeName: name, AttributeValue: value };
}

/** JSON that nests so many objects. */
function deep(levels: number): string {
	return `${'{"http":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

describe('attributes', () => {
	test('of a topic that has none of its own', async () => {
		const name = await newTopic();
		await subscribe(name);
		const attributes = await attributesOf(name);
		expect(attributes).toMatchObject({
			TopicArn: topicArnOf(name),
			Owner: '000000000000',
			DisplayName: '',
			SubscriptionsConfirmed: '1',
			SubscriptionsPending: '0',
			SubscriptionsDeleted: '0',
		});
		expect(attributes).not.toHaveProperty('FifoTopic');
		expect(JSON.parse(attributes.Policy ?? '')).toMatchObject({ Statement: [{ Resource: topicArnOf(name) }] });
		expect(JSON.parse(attributes.EffectiveDeliveryPolicy ?? '')).toHaveProperty('http.defaultHealthyRetryPolicy');
	});

	const kept: readonly [string, string][] = [
		['Policy', '{"Version":"2012-10-17","Statement":[]}'],
		['DeliveryPolicy', '{"http":{"disableSubscriptionOverrides":true}}'],
		['DisplayName', 'Größe & <Name>'],
		['KmsMasterKeyId', 'alias/aws/sns'],
		['SignatureVersion', '2'],
		['TracingConfig', 'Active'],
		['SQSSuccessFeedbackRoleArn', 'arn:aws:iam::000000000000:role/r'],
		['LambdaSuccessFeedbackSampleRate', '100'],
	];
	test.each(kept)('%s is kept, and taken away again', async (name, value) => {
		const topic = await newSnsTopic();
		const before = await attributesOf(topic);
		const { xml } = await snsXml('SetTopicAttributes', set(topic, name, value));
		expect(xml).toContain(
			'<SetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ResponseMetadata>',
		);
		expect((await attributesOf(topic))[name]).toBe(value);
		await sns('SetTopicAttributes', set(topic, name, ''));
		expect(await attributesOf(topic)).toEqual(before);
	});

	test('a delivery policy stands in the place of the defaults', async () => {
		const topic = await newSnsTopic({ DeliveryPolicy: '{"http":{"disableSubscriptionOverrides":true}}' });
		const { http } = JSON.parse((await attributesOf(topic)).EffectiveDeliveryPolicy ?? '');
		expect(http).toMatchObject({ disableSubscriptionOverrides: true, defaultHealthyRetryPolicy: { numRetries: 3 } });
	});

	const wrong: readonly [string, string, string][] = [
		['Colour', 'red', 'Invalid parameter: AttributeName'],
		['constructor', 'x', 'Invalid parameter: AttributeName'],
		['FifoTopic', 'true', 'Invalid parameter: AttributeName'],
		['TopicArn', 'x', 'Invalid parameter: AttributeName'],
		[
			'ContentBasedDeduplication',
			'true',
			'Invalid parameter: AttributeName Reason: ContentBasedDeduplication is of FIFO topics only',
		],
		['Policy', '{', 'Invalid parameter: Policy Reason: failed to parse JSON'],
		['DeliveryPolicy', deep(10_000), 'Invalid parameter: DeliveryPolicy Reason: failed to parse JSON'],
		['SignatureVersion', '3', 'Invalid parameter: SignatureVersion Reason: Must be 1 or 2'],
		['DisplayName', 'x'.repeat(101), 'Invalid parameter: DisplayName Reason: Must have at most 100 characters'],
	];
	test.each(wrong)('%s: %s is refused', async (name, value, message) => {
		const topic = await newSnsTopic();
		const refused = await snsFailure('SetTopicAttributes', set(topic, name, value));
		expect(refused).toEqual({ status: 400, code: 'InvalidParameter', message });
	});

	test('archives are refused with a reason', async () => {
		const topic = await newSnsTopic({ FifoTopic: 'true' });
		const refused = await snsFailure(
			'SetTopicAttributes',
			set(topic, 'ArchivePolicy', '{"MessageRetentionPeriod":30}'),
		);
		expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('not supported') });
	});

	test('changes of several clients at once all stand', async () => {
		const topic = await newSnsTopic();
		const changes = kept.map(([name, value]) => sns('SetTopicAttributes', set(topic, name, value)));
		await Promise.all(changes);
		expect(await attributesOf(topic)).toMatchObject(Object.fromEntries(kept));
	});

	test('of what is no topic', async () => {
		const missing = { status: 404, code: 'NotFound', message: 'Topic does not exist' };
		expect(await snsFailure('GetTopicAttributes', { TopicArn: topicArnOf(newName()) })).toEqual(missing);
		expect(await snsFailure('SetTopicAttributes', set(newName(), 'DisplayName', 'x'))).toEqual(missing);
		expect(await snsFailure('GetTopicAttributes', { TopicArn: 'x:y' })).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2',
		});
		const ofQueue = { TopicArn: 'arn:aws:sqs:eu-central-1:000000000000:q' };
		expect(await snsFailure('GetTopicAttributes', ofQueue)).toMatchObject({ code: 'InvalidParameter' });
	});

	test('account, region and partition of an ARN do not matter', async () => {
		const topic = await newSnsTopic();
		const elsewhere = { TopicArn: `arn:aws-cn:sns:cn-north-1:123456789012:${topic}` };
		expect(attributesIn(await sns('GetTopicAttributes', elsewhere)).TopicArn).toBe(topicArnOf(topic));
	});
});
