import { describe, expect, it } from 'vitest';
import { ask, getQueue, newKey, newName, newQueue, newTopic, publish, subscribe } from '../http/client';
import { arnOf, type Credentials, done, failure, json, urlOf } from './client';
import { address, codeOf, signed } from './signed';
import { sns, snsFailure, snsXml, textIn, textsIn, topicArnOf } from './sns';

// What a request names beside what it is about must be covered by the key too, and what is shown is what the key covers.

const ALL = ['publish', 'consume', 'manage'];
const DENIED = { status: 403, code: 'AccessDenied' };
const NOT_AUTHORISED = { status: 403, code: 'AuthorizationError' };

/** A queue that dead-letters nowhere. */
function alone(): Promise<string> {
	return newQueue({ deadLetter: null });
}

describe('a dead-letter queue', () => {
	const policy = (queue: string) => ({
		RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(queue), maxReceiveCount: 3 }),
	});

	it.each(['there', 'not there'])('of another is not taken for a new queue, whether it is %s', async (where) => {
		const foreign = where === 'there' ? await alone() : newName();
		const name = newName();
		const key = await newKey(ALL, [name]);
		expect(await failure('CreateQueue', { QueueName: name, Attributes: policy(foreign) }, key)).toMatchObject(DENIED);
		expect((await ask('GET', `/v1/queues/${name}`)).status).toBe(404);
	});

	it.each(['there', 'not there'])('of another is not taken for an old one, whether it is %s', async (where) => {
		const foreign = where === 'there' ? await alone() : newName();
		const name = await alone();
		const key = await newKey(ALL, [name]);
		const asked = { QueueUrl: urlOf(name), Attributes: { ...policy(foreign), VisibilityTimeout: '7' } };
		expect(await failure('SetQueueAttributes', asked, key)).toMatchObject(DENIED);
		expect((await getQueue(name)).settings).toMatchObject({ deadLetter: null, visibilityTimeoutSeconds: 30 });
	});

	it('needs a key that may manage both', async () => {
		const [name, dead] = [await alone(), await alone()];
		const asked = { QueueUrl: urlOf(name), Attributes: policy(dead) };
		expect(await failure('SetQueueAttributes', asked, await newKey(ALL, [dead]))).toMatchObject(DENIED);
		expect(
			await failure('SetQueueAttributes', asked, await newKey(['publish', 'consume'], [name, dead])),
		).toMatchObject(DENIED);
		await done('SetQueueAttributes', asked, await newKey(['manage'], [name, dead]));
		expect((await getQueue(name)).settings.deadLetter).toBe(dead);
	});
});

describe('a move', () => {
	it('to the queue of another is not begun, and that of another neither ended nor listed', async () => {
		const source = await newQueue();
		const [dead, foreign] = [`${source}-dlq`, await alone()];
		await publish(dead, 'a');
		const mine = await newKey(ALL, [source, dead]);
		const elsewhere = await newKey(ALL, [foreign]);
		const asked = { SourceArn: arnOf(dead), DestinationArn: arnOf(foreign), MaxNumberOfMessagesPerSecond: 1 };
		expect(await failure('StartMessageMoveTask', asked, mine)).toMatchObject(DENIED);
		expect(await failure('StartMessageMoveTask', asked, elsewhere)).toMatchObject(DENIED);
		expect((await getQueue(foreign)).figures.visible).toBe(0);
		expect((await getQueue(dead)).figures.visible).toBe(1);
		const { TaskHandle } = await done('StartMessageMoveTask', asked, await newKey(ALL, [dead, foreign]));
		expect(await failure('CancelMessageMoveTask', { TaskHandle }, elsewhere)).toMatchObject(DENIED);
		expect(await failure('ListMessageMoveTasks', { SourceArn: arnOf(dead) }, elsewhere)).toMatchObject(DENIED);
	});

	it('whose handle was written for another queue is none', async () => {
		const [name, other] = [await alone(), await alone()];
		const TaskHandle = btoa(JSON.stringify({ taskId: crypto.randomUUID(), sourceArn: arnOf(other) }));
		expect(await failure('CancelMessageMoveTask', { TaskHandle }, await newKey(ALL, [name]))).toMatchObject(DENIED);
	});
});

describe('a subscription', () => {
	it('needs a key that may manage topic and queue', async () => {
		const [topic, queue] = [await newTopic(), await alone()];
		const asked = { TopicArn: topicArnOf(topic), Protocol: 'sqs', Endpoint: arnOf(queue) };
		const keys: readonly (readonly [actions: string[], patterns: string[]])[] = [
			[ALL, [topic]],
			[ALL, [queue]],
			[
				['publish', 'consume'],
				[topic, queue],
			],
		];
		for (const [actions, patterns] of keys) {
			expect(await snsFailure('Subscribe', asked, await newKey(actions, patterns))).toMatchObject(NOT_AUTHORISED);
		}
		expect(await sns('ListSubscriptionsByTopic', { TopicArn: topicArnOf(topic) })).not.toContain(queue);
		await sns('Subscribe', asked, await newKey(['manage'], [topic, queue]));
	});

	it('of another topic is not to be had by its name', async () => {
		const [mine, foreign] = [await newTopic(), await newTopic()];
		const name = await subscribe(foreign);
		const key = await newKey(ALL, [mine]);
		for (const SubscriptionArn of [
			`${topicArnOf(foreign)}:${name}`,
			`${topicArnOf(mine)}:${foreign}:${name}`,
			`${topicArnOf(mine)}:../${foreign}/${name}`,
			`${topicArnOf(foreign)}:${name}:${mine}`,
		]) {
			for (const [action, more] of [
				['Unsubscribe', {}],
				['GetSubscriptionAttributes', {}],
				['SetSubscriptionAttributes', { AttributeName: 'RawMessageDelivery', AttributeValue: 'false' }],
			] as const) {
				const { status } = await snsXml(action, { SubscriptionArn, ...more }, key);
				expect(status).toBeGreaterThanOrEqual(400);
			}
		}
		expect((await ask('GET', `/v1/topics/${foreign}/subscriptions/${name}`)).status).toBe(200);
	});
});

describe('the address of a queue', () => {
	it('that is named in the parameters counts, not the path that the request went to', async () => {
		const [mine, foreign] = [await alone(), await alone()];
		const { accessKeyId, secretAccessKey } = await newKey(ALL, [mine]);
		const path = `/000000000000/${mine}`;
		const QueueUrl = urlOf(foreign);
		const form = new URLSearchParams({ Action: 'SendMessage', MessageBody: 'x', QueueUrl }).toString();
		const how = { accessKeyId, secretAccessKey };
		expect(await codeOf(signed({ target: path, body: form }, how))).toBe('AccessDenied');
		expect(await codeOf(address(`${path}?${form}`, how))).toBe('AccessDenied');
		const foreignPath = `/000000000000/${foreign}`;
		expect(await codeOf(signed({ target: foreignPath, body: 'Action=SendMessage&MessageBody=x' }, how))).toBe(
			'AccessDenied',
		);
		expect(await codeOf(signed({ target: path, body: 'Action=SendMessage&MessageBody=x' }, how))).toBe('good');
		expect((await getQueue(foreign)).figures.visible).toBe(0);
	});

	it.each(['?', '#', '/', '%2f', '\\', '%00', ' ', ';', ':', '\u0000'])(
		'of another is not disguised by %j',
		async (mark) => {
			const [mine, foreign] = [await alone(), await alone()];
			const key = await newKey(ALL, [mine]);
			for (const name of [`${foreign}${mark}`, `${foreign}${mark}${mine}`, `${mine}${mark}${foreign}`]) {
				await json('SendMessage', { QueueUrl: urlOf(name), MessageBody: 'x' }, key);
			}
			expect((await getQueue(foreign)).figures.visible).toBe(0);
		},
	);
});

describe('what is shown is what the key covers', () => {
	/** Names that alternate: mine, a stranger's, mine and so on. */
	async function world() {
		const mark = crypto.randomUUID().slice(0, 8);
		const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${letter}-${mark}`);
		const dead = `z-${mark}`;
		await ask('PUT', `/v1/queues/${dead}`, { json: { deadLetter: null } });
		for (const name of names) {
			await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: dead } });
			await ask('PUT', `/v1/topics/${name}-t`);
			await ask('PUT', `/v1/topics/${name}-t/subscriptions/s`, { json: { queue: name } });
		}
		const isMine = (_: string, index: number) => index % 2 === 0;
		const mine = names.filter(isMine);
		const key: Credentials = await newKey(['manage'], [dead, ...mine.map((name) => `${name}*`)]);
		return { dead, mine, foreign: names.filter((name) => !mine.includes(name)), key };
	}

	it('in lists of queues, tokens included', async () => {
		const { dead, mine, foreign, key } = await world();
		const lists = [
			['ListQueues', {}, 'QueueUrls', [...mine, dead]],
			['ListDeadLetterSourceQueues', { QueueUrl: urlOf(dead) }, 'queueUrls', mine],
		] as const;
		for (const [action, about, field, expected] of lists) {
			const seen: string[] = [];
			let more: { NextToken?: string } = {};
			do {
				const page = (await done(action, { ...about, MaxResults: 2, ...more }, key)) as Record<string, string[]> &
					typeof more;
				seen.push(...(page[field] ?? []));
				more = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
				const after = atob(more.NextToken ?? '');
				for (const name of foreign) expect(after).not.toContain(name);
			} while (more.NextToken !== undefined);
			expect(seen).toEqual(expected.map(urlOf));
		}
	});

	it('in lists of topics and subscriptions', async () => {
		const { mine, foreign, key } = await world();
		const topics = await sns('ListTopics', {}, key);
		const subscriptions = await sns('ListSubscriptions', {}, key);
		expect(textsIn(topics, 'TopicArn')).toEqual(mine.map((name) => topicArnOf(`${name}-t`)));
		expect(textsIn(subscriptions, 'SubscriptionArn')).toEqual(mine.map((name) => `${topicArnOf(`${name}-t`)}:s`));
		for (const name of foreign) expect(topics + subscriptions).not.toContain(name);
	});

	it('also where a page of subscriptions ends', async () => {
		const [topic, foreign] = [`a${newName()}`, `b${newName()}`];
		const queue = await alone();
		for (const name of [topic, foreign]) {
			await ask('PUT', `/v1/topics/${name}`);
			for (let index = 0; index < 60; index++) {
				await ask('PUT', `/v1/topics/${name}/subscriptions/s${index}`, { json: { queue } });
			}
		}
		const key = await newKey(['manage'], [topic]);
		const first = await sns('ListSubscriptions', {}, key);
		expect(textsIn(first, 'SubscriptionArn')).toHaveLength(60);
		expect(textIn(first, 'NextToken')).not.toContain(foreign);
	});
});
