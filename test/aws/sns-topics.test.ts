import { describe, expect, test } from 'vitest';
import { failure, region, sns, unique } from './clients.ts';
import { newFifoTopic, newTopic, subscribed } from './topics.ts';

async function attributes(TopicArn: string): Promise<Record<string, string>> {
	return (await sns.getTopicAttributes({ TopicArn })).Attributes ?? {};
}

const notFound = { name: 'NotFoundException', code: 'NotFound', message: 'Topic does not exist', status: 404 };

describe('a topic', () => {
	test('is named with the region that the caller signs for', async () => {
		const name = unique('topic');
		expect(await newTopic({}, name)).toMatch(new RegExp(`^arn:aws:sns:${region}:\\d{12}:${name}$`));
	});

	test('is created twice with the same attributes, and refused with different ones', async () => {
		const name = unique('topic');
		const arn = await newTopic({ DisplayName: 'Shop' }, name);
		expect(await newTopic({ DisplayName: 'Shop' }, name)).toBe(arn);
		expect(await newTopic({}, name)).toBe(arn);
		expect(await failure(newTopic({ DisplayName: 'Other' }, name))).toMatchObject({
			name: 'InvalidParameterException',
			code: 'InvalidParameter',
			message: expect.stringContaining('Topic already exists with different attributes'),
			status: 400,
		});
	});

	test('tells what it is', async () => {
		const { topic } = await subscribed();
		await sns.setTopicAttributes({ TopicArn: topic, AttributeName: 'DisplayName', AttributeValue: 'Shop' });
		const told = await attributes(topic);
		expect(told).toMatchObject({
			TopicArn: topic,
			Owner: topic.split(':')[4],
			DisplayName: 'Shop',
			SubscriptionsConfirmed: '1',
			SubscriptionsPending: '0',
		});
		expect(told).not.toHaveProperty('FifoTopic', 'true');
	});

	test('keeps the policy of an AWS account, and refuses attributes that there are not', async () => {
		const topic = await newTopic();
		const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
		await sns.setTopicAttributes({ TopicArn: topic, AttributeName: 'Policy', AttributeValue: Policy });
		expect((await attributes(topic)).Policy).toBe(Policy);
		const change = sns.setTopicAttributes({ TopicArn: topic, AttributeName: 'Colour', AttributeValue: 'red' });
		expect(await failure(change)).toMatchObject({ code: 'InvalidParameter', status: 400 });
	});

	test('that is FIFO says so in its name and in its attributes', async () => {
		const topic = await newFifoTopic({ ContentBasedDeduplication: 'true' });
		expect(topic).toMatch(/\.fifo$/);
		expect(await attributes(topic)).toMatchObject({ FifoTopic: 'true', ContentBasedDeduplication: 'true' });
		const wrong = [
			() => newTopic({ FifoTopic: 'true' }, unique('topic')),
			() => newTopic({}, `${unique('topic')}.fifo`),
		];
		for (const create of wrong) {
			expect(await failure(create())).toMatchObject({ code: 'InvalidParameter', status: 400 });
		}
	});

	test('has a name of letters, digits, hyphens and underscores', async () => {
		for (const name of ['with space', 'with/slash', '', 'x'.repeat(257)]) {
			expect(await failure(newTopic({}, name)), name).toMatchObject({ code: 'InvalidParameter', status: 400 });
		}
	});

	test('is gone when it is deleted, with its subscriptions, and may be deleted again', async () => {
		const { topic, subscription } = await subscribed();
		await sns.deleteTopic({ TopicArn: topic });
		await sns.deleteTopic({ TopicArn: topic });
		expect(await failure(attributes(topic))).toMatchObject(notFound);
		expect(await failure(sns.publish({ TopicArn: topic, Message: 'x' }))).toMatchObject(notFound);
		expect(await failure(sns.listSubscriptionsByTopic({ TopicArn: topic }))).toMatchObject(notFound);
		const gone = sns.getSubscriptionAttributes({ SubscriptionArn: subscription });
		expect(await failure(gone)).toMatchObject({ code: 'NotFound', status: 404 });
	});

	test('what is no ARN is refused', async () => {
		expect(await failure(attributes('not-an-arn'))).toMatchObject({ code: 'InvalidParameter', status: 400 });
	});
});

describe('tags of a topic', () => {
	test('are given, changed, taken away and listed', async () => {
		const Name = unique('tagged');
		const { TopicArn: ResourceArn = '' } = await sns.createTopic({ Name, Tags: [{ Key: 'team', Value: 'shop' }] });
		await sns.tagResource({
			ResourceArn,
			Tags: [
				{ Key: 'stage', Value: 'test' },
				{ Key: 'old', Value: 'x' },
			],
		});
		await sns.tagResource({ ResourceArn, Tags: [{ Key: 'stage', Value: 'live' }] });
		await sns.untagResource({ ResourceArn, TagKeys: ['old', 'unheard-of'] });
		const { Tags = [] } = await sns.listTagsForResource({ ResourceArn });
		expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))).toEqual({ team: 'shop', stage: 'live' });
	});

	test('of a topic that is not there', async () => {
		const topic = await newTopic();
		await sns.deleteTopic({ TopicArn: topic });
		expect(await failure(sns.listTagsForResource({ ResourceArn: topic }))).toMatchObject({
			status: 404,
			fault: 'client',
		});
	});
});

test('ListTopics answers every topic, page by page where there are many', async () => {
	const wanted = await Promise.all([1, 2, 3].map(() => newTopic()));
	const found: (string | undefined)[] = [];
	let NextToken: string | undefined;
	do {
		const page = await sns.listTopics({ ...(NextToken !== undefined && { NextToken }) });
		found.push(...(page.Topics ?? []).map(({ TopicArn }) => TopicArn));
		NextToken = page.NextToken;
	} while (NextToken !== undefined);
	expect(found).toEqual(expect.arrayContaining(wanted));
	expect(new Set(found).size).toBe(found.length);
});
