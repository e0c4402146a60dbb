import { describe, expect, test } from 'vitest';
import {
	attributesOf,
	bodies,
	failure,
	figuresOf,
	newFifoQueue,
	newQueue,
	newQueueWithDeadLetters,
	type Queue,
	receive,
	receiveOne,
	sqs,
	unique,
} from './clients.ts';

const withoutHold = { VisibilityTimeout: '0' };

function policy(dead: Queue, maxReceiveCount: number | string): string {
	return JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
}

function setPolicy(source: Queue, RedrivePolicy: string) {
	return sqs.setQueueAttributes({ QueueUrl: source.url, Attributes: { RedrivePolicy } });
}

describe('RedrivePolicy', () => {
	test('moves what was received too often, with its id and all that it carries', async () => {
		const { source, dead } = await newQueueWithDeadLetters(2, withoutHold);
		const attributes = { a: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) } };
		const sent = await sqs.sendMessage({ QueueUrl: source.url, MessageBody: 'poison', MessageAttributes: attributes });
		for (const count of ['1', '2']) {
			expect((await receiveOne(source.url)).Attributes?.ApproximateReceiveCount).toBe(count);
		}
		expect(await receive(source.url)).toEqual([]);
		const buried = await receiveOne(dead.url);
		expect(buried).toMatchObject({ MessageId: sent.MessageId, Body: 'poison', MessageAttributes: attributes });
		expect(buried.Attributes?.DeadLetterQueueSourceArn).toBe(source.arn);
		expect(await figuresOf(source.url)).toEqual([0, 0, 0]);
	});

	test('without one a message is handed out for ever', async () => {
		const { url } = await newQueue(withoutHold);
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
		for (let count = 1; count <= 12; count++) {
			expect((await receiveOne(url)).Attributes?.ApproximateReceiveCount).toBe(String(count));
		}
	});

	test('is read as it was written, changed, and taken away', async () => {
		const [source, dead] = [await newQueue(), await newQueue()];
		expect(await attributesOf(source.url)).not.toHaveProperty('RedrivePolicy');
		// The count may be text.
		await setPolicy(source, policy(dead, '7'));
		const { RedrivePolicy = '' } = await attributesOf(source.url);
		const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(RedrivePolicy);
		expect([deadLetterTargetArn, Number(maxReceiveCount)]).toEqual([dead.arn, 7]);
		await setPolicy(source, '');
		expect(await attributesOf(source.url)).not.toHaveProperty('RedrivePolicy');
	});

	test('of a FIFO queue takes the head away, and the group goes on', async () => {
		const { source, dead } = await newQueueWithDeadLetters(1, {
			FifoQueue: 'true',
			ContentBasedDeduplication: 'true',
			VisibilityTimeout: '0',
		});
		for (const body of ['1', '2']) {
			await sqs.sendMessage({ QueueUrl: source.url, MessageBody: body, MessageGroupId: 'g' });
		}
		expect(bodies([await receiveOne(source.url, { MaxNumberOfMessages: 1 })])).toEqual(['1']);
		expect(bodies([await receiveOne(source.url, { MaxNumberOfMessages: 1 })])).toEqual(['2']);
		expect(await receive(source.url)).toEqual([]);
		const buried = await receiveOne(dead.url, { MaxNumberOfMessages: 1 });
		expect(buried).toMatchObject({ Body: '1', Attributes: { MessageGroupId: 'g' } });
		expect(buried.Attributes?.DeadLetterQueueSourceArn).toBe(source.arn);
	});

	test('is refused where it cannot work', async () => {
		const [source, dead, fifo] = [await newQueue(), await newQueue(), await newFifoQueue()];
		const gone = { ...dead, arn: `${dead.arn}-gone` };
		const wrong = [
			policy(gone, 1),
			policy(fifo, 1),
			policy(dead, 0),
			policy(dead, 1_001),
			policy(dead, 'many'),
			JSON.stringify({ maxReceiveCount: 1 }),
			JSON.stringify({ deadLetterTargetArn: dead.arn }),
			'{',
			'[]',
		];
		for (const text of wrong) {
			expect(await failure(setPolicy(source, text)), text).toMatchObject({
				code: expect.stringMatching(
					/^(InvalidParameterValue|InvalidAttributeValue|AWS\.SimpleQueueService\.NonExistentQueue)$/,
				),
				status: 400,
				fault: 'client',
			});
		}
		expect(await attributesOf(source.url)).not.toHaveProperty('RedrivePolicy');
		expect(await failure(setPolicy(fifo, policy(dead, 1)))).toMatchObject({ status: 400 });
		const create = sqs.createQueue({ QueueName: unique('q'), Attributes: { RedrivePolicy: policy(gone, 1) } });
		expect(await failure(create)).toMatchObject({ status: 400 });
	});

	test('RedriveAllowPolicy is kept', async () => {
		const { url } = await newQueue();
		const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'allowAll' });
		await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { RedriveAllowPolicy } });
		expect((await attributesOf(url)).RedriveAllowPolicy).toBe(RedriveAllowPolicy);
	});
});

describe('ListDeadLetterSourceQueues', () => {
	test('answers the queues that name this one, page by page', async () => {
		const dead = await newQueue();
		expect((await sqs.listDeadLetterSourceQueues({ QueueUrl: dead.url })).queueUrls).toEqual([]);
		const prefix = unique('source');
		const sources = await Promise.all(
			[1, 2, 3].map((end) => newQueue({ RedrivePolicy: policy(dead, 5) }, `${prefix}-${end}`)),
		);
		const wanted = sources.map(({ url }) => url);
		const all = await sqs.listDeadLetterSourceQueues({ QueueUrl: dead.url });
		expect(all.queueUrls?.toSorted()).toEqual(wanted);
		const first = await sqs.listDeadLetterSourceQueues({ QueueUrl: dead.url, MaxResults: 2 });
		const second = await sqs.listDeadLetterSourceQueues({
			QueueUrl: dead.url,
			MaxResults: 2,
			NextToken: first.NextToken,
		});
		expect(first.queueUrls).toHaveLength(2);
		expect([...(first.queueUrls ?? []), ...(second.queueUrls ?? [])].toSorted()).toEqual(wanted);
		expect(second.NextToken).toBeUndefined();
	});
});
