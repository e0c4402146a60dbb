import { once } from 'node:events';
import type { Message } from '@aws-sdk/client-sqs';
import { Consumer, type ConsumerOptions } from 'sqs-consumer';
import { Producer } from 'sqs-producer';
import { describe, expect, test } from 'vitest';
import {
	figuresOf,
	newFifoQueue,
	newQueue,
	newQueueWithDeadLetters,
	type Queue,
	receive,
	receiveOne,
	sqs,
} from './clients.ts';

// The two libraries that many Node services speak SQS through, as their READMEs use them.

function producerFor({ url }: Queue): Producer {
	return Producer.create({ queueUrl: url, sqs });
}

/** Consumes until `enough`, and answers the errors that the consumer told. */
async function consume(queue: Queue, options: Partial<ConsumerOptions>, enough: () => boolean): Promise<Error[]> {
	const consumer = Consumer.create({
		queueUrl: queue.url,
		sqs,
		waitTimeSeconds: 1,
		suppressFifoWarning: true,
		...options,
	} as ConsumerOptions);
	const errors: Error[] = [];
	consumer.on('error', (error) => errors.push(error));
	consumer.start();
	await new Promise<void>((resolve) => {
		consumer.on('response_processed', () => enough() && resolve());
		consumer.on('empty', () => enough() && resolve());
	});
	const stopped = once(consumer, 'stopped');
	consumer.stop({ abort: true });
	await stopped;
	return errors;
}

describe('sqs-producer and sqs-consumer', () => {
	test('bring every message, with its attributes, and leave nothing', async () => {
		const queue = await newQueue();
		const producer = producerFor(queue);
		// More than a batch of SQS holds: the producer makes several.
		const ids = Array.from({ length: 25 }, (_, index) => `m${index}`);
		const sent = await producer.send(
			ids.map((id) => ({
				id,
				body: `body of ${id}`,
				messageAttributes: { id: { DataType: 'String', StringValue: id } },
			})),
		);
		expect(sent).toHaveLength(25);
		expect(await producer.queueSize()).toBe(25);
		const seen: Message[] = [];
		const errors = await consume(
			queue,
			{
				batchSize: 10,
				messageAttributeNames: ['All'],
				handleMessage: async (message) => {
					seen.push(message);
					return message;
				},
			},
			() => seen.length >= 25,
		);
		expect(errors).toEqual([]);
		expect(seen.map(({ MessageAttributes }) => MessageAttributes?.id?.StringValue).toSorted()).toEqual(ids.toSorted());
		expect(seen.every(({ Body, MessageAttributes }) => Body === `body of ${MessageAttributes?.id?.StringValue}`)).toBe(
			true,
		);
		expect(await figuresOf(queue.url)).toEqual([0, 0, 0]);
	});

	test('finish of a batch what the handler answers, and get the rest again', async () => {
		const queue = await newQueue();
		await producerFor(queue).send(['good', 'bad']);
		const seen: (string | undefined)[] = [];
		await consume(
			queue,
			{
				batchSize: 10,
				visibilityTimeout: 1,
				handleMessageBatch: async (messages) => {
					seen.push(...messages.map(({ Body }) => Body));
					return messages.filter(({ Body }) => Body === 'good' || seen.filter((body) => body === 'bad').length > 1);
				},
			},
			() => seen.length >= 3,
		);
		expect(seen.toSorted()).toEqual(['bad', 'bad', 'good']);
		expect(await figuresOf(queue.url)).toEqual([0, 0, 0]);
	});

	test('give back at once what the handler throws at, until it is a dead letter', async () => {
		const { source, dead } = await newQueueWithDeadLetters(2);
		await producerFor(source).send('poison');
		let tries = 0;
		const errors = await consume(
			source,
			{
				terminateVisibilityTimeout: true,
				handleMessage: async () => {
					tries++;
					throw new Error('cannot work');
				},
			},
			() => tries >= 2,
		);
		expect(tries).toBe(2);
		expect(errors).toEqual([]);
		expect(await receive(source.url)).toEqual([]);
		expect((await receiveOne(dead.url)).Body).toBe('poison');
	});

	test('keep a message that takes long, with a heartbeat', async () => {
		const queue = await newQueue();
		await producerFor(queue).send('slow');
		let tries = 0;
		await consume(
			queue,
			{
				visibilityTimeout: 2,
				heartbeatInterval: 1,
				handleMessage: async (message) => {
					tries++;
					await new Promise((resolve) => setTimeout(resolve, 2_500));
					return message;
				},
			},
			() => tries >= 1,
		);
		expect(tries).toBe(1);
		expect(await figuresOf(queue.url)).toEqual([0, 0, 0]);
	});

	test('keep the order of a FIFO group', async () => {
		const queue = await newFifoQueue();
		const bodies = Array.from({ length: 12 }, (_, index) => `m${index}`);
		await producerFor(queue).send(bodies.map((body) => ({ id: body, body, groupId: 'g', deduplicationId: body })));
		const seen: (string | undefined)[] = [];
		const errors = await consume(
			queue,
			{
				batchSize: 5,
				handleMessageBatch: async (messages) => {
					seen.push(...messages.map(({ Body }) => Body));
					return messages;
				},
			},
			() => seen.length >= bodies.length,
		);
		expect(errors).toEqual([]);
		expect(seen).toEqual(bodies);
	});

	test('tell their application that a queue is not there', async () => {
		const queue = await newQueue();
		const gone = { ...queue, url: `${queue.url}-gone` };
		const errors: Error[] = [];
		const consumer = Consumer.create({ queueUrl: gone.url, sqs, handleMessage: async (message) => message });
		const told = new Promise<void>((resolve) => {
			consumer.on('error', (error) => {
				errors.push(error);
				resolve();
			});
		});
		consumer.start();
		await told;
		consumer.stop({ abort: true });
		expect(errors[0]).toMatchObject({ code: 'QueueDoesNotExist' });
		await expect(producerFor(gone).send('x')).rejects.toThrow('The specified queue does not exist.');
	});
});
