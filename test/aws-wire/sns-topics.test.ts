import { describe, expect, test } from 'vitest';
import { ask, getTopic, newKey, newName, newTopic, subscribe } from '../http/client';
import type { Credentials } from './client';
import { attributesIn, newSnsTopic, sns, snsFailure, snsXml, textIn, textsIn, topicArnOf } from './sns';

async function attributesOf(topic: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetTopicAttributes', { TopicArn: topicArnOf(topic) }));
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
