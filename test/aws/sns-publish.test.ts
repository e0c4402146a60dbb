import { describe, expect, test } from 'vitest';
import { bodies, failure, newQueue, sns, sqs } from './clients.ts';
import { md5OfAttributes } from './md5.ts';
import { arrived, newTopic, publish, raw, subscribed } from './topics.ts';

const attributes = {
	text: { DataType: 'String', StringValue: 'Grüße' },
	number: { DataType: 'Number', StringValue: '12.5' },
	bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
	list: { DataType: 'String.Array', StringValue: '["a",1,true]' },
};

describe('Publish', () => {
	test('brings an envelope with everything in it', async () => {
		const { topic, queue } = await subscribed();
		const before = Date.now();
		const { MessageId } = await publish(topic, '{"order": 1}', { Subject: 'News', MessageAttributes: attributes });
		const [message] = await arrived(queue, 1);
		expect(message?.MessageAttributes).toBeUndefined();
		const envelope = JSON.parse(message?.Body ?? '');
		expect(envelope).toMatchObject({
			Type: 'Notification',
			MessageId,
			TopicArn: topic,
			Subject: 'News',
			Message: '{"order": 1}',
			MessageAttributes: {
				text: { Type: 'String', Value: 'Grüße' },
				number: { Type: 'Number', Value: '12.5' },
				bytes: { Type: 'Binary', Value: 'AP8=' },
				list: { Type: 'String.Array', Value: '["a",1,true]' },
			},
		});
		expect(Date.parse(envelope.Timestamp)).toBeGreaterThanOrEqual(before);
		expect(envelope.Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		for (const field of ['SignatureVersion', 'Signature', 'SigningCertURL', 'UnsubscribeURL']) {
			expect(envelope).toHaveProperty(field);
		}
		expect(envelope).not.toHaveProperty('SequenceNumber');
	});

	test('leaves out of the envelope what there is not', async () => {
		const { topic, queue } = await subscribed();
		await publish(topic, 'plain');
		const [message] = await arrived(queue, 1);
		expect(JSON.parse(message?.Body ?? '')).not.toHaveProperty('Subject');
		expect(JSON.parse(message?.Body ?? '')).not.toHaveProperty('MessageAttributes');
	});

	test("brings the bare message, with its attributes as a queue's, where the subscription is raw", async () => {
		const { topic, queue } = await subscribed(raw);
		await publish(topic, 'as it is', { MessageAttributes: attributes });
		const [message] = await arrived(queue, 1);
		expect(message).toMatchObject({ Body: 'as it is', MessageAttributes: attributes });
		expect(message?.MD5OfMessageAttributes).toBe(md5OfAttributes(attributes));
	});

	test('brings a copy to every subscribed queue', async () => {
		const first = await subscribed(raw);
		const second = await subscribed({}, { topic: first.topic });
		const { MessageId } = await publish(first.topic, 'to all');
		const [bare] = await arrived(first.queue, 1);
		const [wrapped] = await arrived(second.queue, 1);
		expect(bare?.Body).toBe('to all');
		expect(JSON.parse(wrapped?.Body ?? '')).toMatchObject({ MessageId, Message: 'to all' });
	});

	test('brings each protocol its own text', async () => {
		const { topic, queue } = await subscribed(raw);
		const structured = (texts: object) => publish(topic, JSON.stringify(texts), { MessageStructure: 'json' });
		await structured({ default: 'for all', sqs: 'for queues', email: 'for people' });
		await structured({ default: 'for all' });
		expect(bodies(await arrived(queue, 2)).toSorted()).toEqual(['for all', 'for queues']);
		expect(await failure(structured({ sqs: 'no default' }))).toMatchObject({ code: 'InvalidParameter', status: 400 });
		const text = publish(topic, 'not JSON', { MessageStructure: 'json' });
		expect(await failure(text)).toMatchObject({ code: 'InvalidParameter', status: 400 });
	});

	test('takes the topic as TargetArn, too', async () => {
		const { topic, queue } = await subscribed(raw);
		await sns.publish({ TargetArn: topic, Message: 'x' });
		expect(bodies(await arrived(queue, 1))).toEqual(['x']);
	});

	test('takes 256 KiB and not more', async () => {
		const { topic, queue } = await subscribed(raw);
		const largest = 'x'.repeat(262_144);
		await publish(topic, largest);
		expect(await failure(publish(topic, `${largest}x`))).toMatchObject({ code: 'InvalidParameter', status: 400 });
		expect(bodies(await arrived(queue, 1))).toEqual([largest]);
	});

	test('refuses nothing at all, a faulty attribute, and a subject of more than 100 characters', async () => {
		const topic = await newTopic();
		expect(await failure(publish(topic, ''))).toMatchObject({ code: 'InvalidParameter', status: 400 });
		const empty = publish(topic, 'x', { MessageAttributes: { a: { DataType: 'String', StringValue: '' } } });
		expect(await failure(empty)).toMatchObject({
			code: expect.stringMatching(/^(ParameterValueInvalid|InvalidParameterValue)$/),
			status: 400,
		});
		expect(await failure(publish(topic, 'x', { Subject: 's'.repeat(101) }))).toMatchObject({
			code: 'InvalidParameter',
		});
	});

	test('to a topic that nobody subscribes is answered like any', async () => {
		expect((await publish(await newTopic(), 'x')).MessageId).toMatch(/^[0-9a-f-]{36}$/);
	});

	test('goes past a queue that is gone to the others', async () => {
		const first = await subscribed(raw);
		const queue = await newQueue();
		await subscribed(raw, { topic: first.topic, queue });
		await sqs.deleteQueue({ QueueUrl: queue.url });
		await publish(first.topic, 'x');
		expect(bodies(await arrived(first.queue, 1))).toEqual(['x']);
	});
});

describe('PublishBatch', () => {
	const entries = (count: number) =>
		Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, Message: `m${index}` }));
	const batch = (TopicArn: string, PublishBatchRequestEntries: { Id: string; Message: string }[]) =>
		sns.publishBatch({ TopicArn, PublishBatchRequestEntries });

	test('answers each entry, and brings all of them', async () => {
		const { topic, queue } = await subscribed(raw);
		const { Successful = [], Failed = [] } = await sns.publishBatch({
			TopicArn: topic,
			PublishBatchRequestEntries: [
				...entries(9),
				{ Id: 'with', Message: 'attributes', MessageAttributes: { text: attributes.text } },
			],
		});
		expect(Failed).toEqual([]);
		expect(Successful.map(({ Id }) => Id).toSorted()).toEqual([...entries(9).map(({ Id }) => Id), 'with']);
		const messages = await arrived(queue, 10);
		expect(bodies(messages).toSorted()).toEqual(['attributes', ...entries(9).map(({ Message }) => Message)]);
		expect(messages.find(({ Body }) => Body === 'attributes')?.MessageAttributes).toEqual({ text: attributes.text });
	});

	const wholes = [
		['eleven entries', entries(11), 'TooManyEntriesInBatchRequest'],
		['none', [], 'EmptyBatchRequest'],
		['two of one id', [...entries(2), ...entries(1)], 'BatchEntryIdsNotDistinct'],
		['an id with a dot', [{ Id: 'a.b', Message: 'x' }], 'InvalidBatchEntryId'],
		['more than 256 KiB in all', ['a', 'b'].map((Id) => ({ Id, Message: 'x'.repeat(131_073) })), 'BatchRequestTooLong'],
	] as const;
	test.each(wholes)('refuses %s as a whole', async (_, all, code) => {
		const topic = await newTopic();
		expect(await failure(batch(topic, [...all]))).toMatchObject({ name: `${code}Exception`, code, status: 400 });
	});

	test('refuses an entry for itself and takes the others', async () => {
		const { topic, queue } = await subscribed(raw);
		const { Successful = [], Failed = [] } = await batch(topic, [
			{ Id: 'good', Message: 'good' },
			{ Id: 'bad', Message: '' },
		]);
		expect(Successful.map(({ Id }) => Id)).toEqual(['good']);
		expect(Failed).toEqual([expect.objectContaining({ Id: 'bad', SenderFault: true, Code: 'InvalidParameter' })]);
		expect(bodies(await arrived(queue, 1))).toEqual(['good']);
	});

	test('to a topic that is not there', async () => {
		const topic = await newTopic();
		await sns.deleteTopic({ TopicArn: topic });
		expect(await failure(batch(topic, entries(1)))).toMatchObject({ code: 'NotFound', status: 404 });
	});
});
