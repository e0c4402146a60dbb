import { describe, expect, test } from 'vitest';
import { ask, getTopic, newKey, newName, newTopic, subscribe } from '../http/client';
import type { Credentials } from './client';
import { attributesIn, newSnsTopic, sns, snsFailure, snsXml, textIn, textsIn, topicArnOf } from './sns';

async function attributesOf(topic: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetTopicAttributes', { TopicArn: topicArnOf(topic) }));
}

function set(topic: string, name: string, value: string) {
	return { TopicArn: topicArnOf(topic), AttributeName: name, AttributeValue: value };
}

async function credentialsOf(actions: string[], patterns: string[]): Promise<Credentials> {
	return newKey(actions, patterns);
}

describe('CreateTopic', () => {
	test('answers as the Query protocol has it', async () => {
		const name = newName();
		const { status, xml } = await snsXml('CreateTopic', { Name: name });
		expect(status).toBe(200);
		expect(xml).toMatch(
			new RegExp(
				'^<\\?xml version="1.0"\\?><CreateTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
					`<CreateTopicResult><TopicArn>${topicArnOf(name)}</TopicArn></CreateTopicResult>` +
					'<ResponseMetadata><RequestId>[0-9a-f-]{36}</RequestId></ResponseMetadata></CreateTopicResponse>$',
			),
		);
		expect((await getTopic(name)).settings).toEqual({
			partitions: 1,
			retentionSeconds: 86_400,
			dedupWindowSeconds: 300,
			location: null,
		});
	});

	test('is answered with the topic that is there, where it has these attributes and tags', async () => {
		const name = newName();
		const given = { Name: name, Attributes: { DisplayName: 'Shop' }, Tags: [{ Key: 'team', Value: 'shop' }] };
		for (const again of [given, given, { Name: name }]) {
			expect(textIn(await sns('CreateTopic', again), 'TopicArn')).toBe(topicArnOf(name));
		}
		expect(await snsFailure('CreateTopic', { Name: name, Attributes: { DisplayName: 'Other' } })).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
		});
		expect(await snsFailure('CreateTopic', { Name: name, Tags: [{ Key: 'team', Value: 'other' }] })).toEqual({
			status: 400,
			code: 'InvalidParameter',
			message: 'Invalid parameter: Tags Reason: Topic already exists with different tags',
		});
		expect(await attributesOf(name)).toMatchObject({ DisplayName: 'Shop' });
	});

	test('leaves a topic of the native API as it is', async () => {
		const name = await newTopic({ partitions: 2, retentionSeconds: 60 });
		const before = await getTopic(name);
		await sns('CreateTopic', { Name: name });
		expect(await getTopic(name)).toEqual(before);
	});

	test('of many at once, all are answered', async () => {
		const name = newName();
		const answers = await Promise.all(Array.from({ length: 8 }, () => sns('CreateTopic', { Name: name })));
		expect(new Set(answers).size).toBe(1);
	});

	test('a FIFO topic ends in .fifo, and says so', async () => {
		const name = await newSnsTopic({ FifoTopic: 'true' });
		expect(await attributesOf(name)).toMatchObject({
			FifoTopic: 'true',
			ContentBasedDeduplication: 'false',
			FifoThroughputScope: 'Topic',
		});
		for (const [Name, FifoTopic] of [
			[newName(), 'true'],
			[`${newName()}.fifo`, 'false'],
			[newName(), 'perhaps'],
		] as const) {
			const refused = await snsFailure('CreateTopic', { Name, Attributes: { FifoTopic } });
			expect(refused).toMatchObject({ status: 400, code: 'InvalidParameter' });
		}
		expect(await snsFailure('CreateTopic', { Name: `${newName()}.fifo` })).toMatchObject({
			message: 'Invalid parameter: Topic Name',
		});
	});

	test.each(['', 'with space', 'x'.repeat(81), 'a/b'])('refuses the name "%s"', async (Name) => {
		expect(await snsFailure('CreateTopic', { Name })).toMatchObject({
			status: 400,
			code: 'InvalidParameter',
			message: expect.stringMatching(/^Invalid parameter: Topic Name Reason: It must be 1 to 80 /),
		});
	});

	test('without a name', async () => {
		expect(await snsFailure('CreateTopic')).toMatchObject({
			code: 'InvalidParameter',
			message: 'Invalid parameter: Name Reason: no value for required parameter',
		});
	});

	test('does not take what protects data, since nothing would', async () => {
		const given = { Name: newName(), DataProtectionPolicy: '{}' };
		expect(await snsFailure('CreateTopic', given)).toMatchObject({ code: 'InvalidParameter' });
	});
});

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

describe('DeleteTopic', () => {
	test('takes the subscriptions along, and may be asked twice', async () => {
		const topic = await newSnsTopic();
		const queue = await subscribe(topic);
		for (let time = 0; time < 2; time++) await sns('DeleteTopic', { TopicArn: topicArnOf(topic) });
		expect((await ask('GET', `/v1/topics/${topic}`)).status).toBe(404);
		expect((await ask('GET', `/v1/queues/${queue}`)).status).toBe(200);
	});
});

describe('ListTopics', () => {
	test('goes on where the page before has ended, and shows a key what it covers', async () => {
		const prefix = newName();
		const names = Array.from({ length: 103 }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);
		for (let at = 0; at < names.length; at += 20) {
			await Promise.all(names.slice(at, at + 20).map((Name) => sns('CreateTopic', { Name })));
		}
		await newSnsTopic();
		const credentials = await credentialsOf(['publish'], [`${prefix}-*`]);
		const first = await sns('ListTopics', {}, credentials);
		expect(textsIn(first, 'TopicArn')).toEqual(names.slice(0, 100).map(topicArnOf));
		const second = await sns('ListTopics', { NextToken: textIn(first, 'NextToken') }, credentials);
		expect(textsIn(second, 'TopicArn')).toEqual(names.slice(100).map(topicArnOf));
		expect(second).not.toContain('NextToken');
	});

	test('of nothing is an empty list', async () => {
		expect(await sns('ListTopics', {}, await credentialsOf(['publish'], [newName()]))).toBe('<Topics/>');
	});
});

describe('tags', () => {
	const ofTopic = (topic: string) => ({ ResourceArn: topicArnOf(topic) });

	test('are set, changed, taken away and listed', async () => {
		const topic = await newSnsTopic();
		const first = [
			{ Key: 'a', Value: '1' },
			{ Key: 'b', Value: '' },
		];
		await sns('TagResource', { ...ofTopic(topic), Tags: first });
		await sns('TagResource', {
			...ofTopic(topic),
			Tags: [
				{ Key: 'c', Value: '3' },
				{ Key: 'a', Value: '2' },
			],
		});
		await sns('UntagResource', { ...ofTopic(topic), TagKeys: ['b', 'unheard-of'] });
		expect(await sns('ListTagsForResource', ofTopic(topic))).toBe(
			'<Tags><member><Key>a</Key><Value>2</Value></member><member><Key>c</Key><Value>3</Value></member></Tags>',
		);
	});

	test('are at most fifty, each key once', async () => {
		const topic = await newSnsTopic();
		const tags = (count: number, from = 0) =>
			Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: 'v' }));
		await sns('TagResource', { ...ofTopic(topic), Tags: tags(50) });
		await sns('TagResource', { ...ofTopic(topic), Tags: tags(1) });
		const tooMany = { ...ofTopic(topic), Tags: tags(1, 50) };
		expect(await snsFailure('TagResource', tooMany)).toMatchObject({ status: 400, code: 'TagLimitExceeded' });
		expect(await snsFailure('TagResource', { ...ofTopic(topic), Tags: [...tags(1), ...tags(1)] })).toMatchObject({
			code: 'InvalidParameter',
			message: 'Invalid parameter: Duplicated keys are not allowed.',
		});
	});

	test('of several clients at once all stand', async () => {
		const topic = await newSnsTopic();
		const keys = ['a', 'b', 'c', 'd'];
		await Promise.all(keys.map((Key) => sns('TagResource', { ...ofTopic(topic), Tags: [{ Key, Value: Key }] })));
		expect(textsIn(await sns('ListTagsForResource', ofTopic(topic)), 'Key').sort()).toEqual(keys);
	});

	test('of a topic that is not there', async () => {
		expect(await snsFailure('ListTagsForResource', ofTopic(newName()))).toEqual({
			status: 404,
			code: 'ResourceNotFound',
			message: 'Resource does not exist',
		});
	});
});

describe('permissions', () => {
	test('are statements of the policy', async () => {
		const topic = await newSnsTopic();
		const about = { TopicArn: topicArnOf(topic), Label: 'one' };
		const given = { ...about, AWSAccountId: ['123456789012'], ActionName: ['Publish', 'Subscribe'] };
		const before = (await attributesOf(topic)).Policy ?? '';
		await sns('AddPermission', given);
		const { Statement } = JSON.parse((await attributesOf(topic)).Policy ?? '');
		expect(Statement).toHaveLength(2);
		expect(Statement[1]).toEqual({
			Sid: 'one',
			Effect: 'Allow',
			Principal: { AWS: 'arn:aws:iam::123456789012:root' },
			Action: ['SNS:Publish', 'SNS:Subscribe'],
			Resource: topicArnOf(topic),
		});
		expect(await snsFailure('AddPermission', given)).toMatchObject({
			message: 'Invalid parameter: Statement already exists',
		});
		await sns('RemovePermission', about);
		expect((await attributesOf(topic)).Policy).toBe(before);
		const unknown = { ...given, Label: 'two', ActionName: ['Dance'] };
		expect(await snsFailure('AddPermission', unknown)).toMatchObject({ status: 400, code: 'InvalidParameter' });
	});
});

describe('keys', () => {
	test('that only publish make, change and delete nothing', async () => {
		const topic = await newSnsTopic();
		const credentials = await credentialsOf(['publish', 'consume'], ['*']);
		const TopicArn = topicArnOf(topic);
		for (const [action, parameters] of [
			['CreateTopic', { Name: topic }],
			['DeleteTopic', { TopicArn }],
			['SetTopicAttributes', set(topic, 'DisplayName', 'x')],
			['TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'a', Value: 'b' }] }],
			['ListSubscriptions', {}],
			['ListSubscriptionsByTopic', { TopicArn }],
		] as const) {
			const refused = await snsFailure(action, parameters, credentials);
			expect(refused, action).toMatchObject({ status: 403, code: 'AuthorizationError' });
		}
		await sns('GetTopicAttributes', { TopicArn }, credentials);
	});

	test('see no topic that they do not cover', async () => {
		const topic = await newSnsTopic();
		const credentials = await credentialsOf(['publish', 'consume', 'manage'], [newName()]);
		const about = { TopicArn: topicArnOf(topic) };
		for (const action of ['GetTopicAttributes', 'DeleteTopic', 'ListSubscriptionsByTopic']) {
			expect(await snsFailure(action, about, credentials), action).toMatchObject({ code: 'AuthorizationError' });
		}
	});
});

test('what Sluice does not do is no action', async () => {
	for (const action of ['GetDataProtectionPolicy', 'CreatePlatformApplication', 'SetSMSAttributes', 'constructor']) {
		expect(await snsFailure(action), action).toMatchObject({ status: 400, code: 'InvalidAction' });
	}
});
