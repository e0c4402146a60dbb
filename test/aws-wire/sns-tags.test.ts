import { describe, expect, test } from 'vitest';
import { newKey, newName } from '../http/client';
import type { Credentials } from './client';
import { attributesIn, newSnsTopic, sns, snsFailure, textsIn, topicArnOf } from './sns';

async function attributesOf(topic: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetTopicAttributes', { TopicArn: topicArnOf(topic) }));
}

function set(topic: string, name: string, value: string) {
	return { TopicArn: topicArnOf(topic), AttributeName: name, AttributeValue: value };
}

async function credentialsOf(actions: string[], patterns: string[]): Promise<Credentials> {
	return newKey(actions, patterns);
}

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
