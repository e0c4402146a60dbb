import { setTimeout as sleep } from 'node:timers/promises';
import type { ListMessageMoveTasksResultEntry } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import {
	bodies,
	failure,
	figuresOf,
	newQueue,
	newQueueWithDeadLetters,
	type Queue,
	receive,
	receiveOne,
	sqs,
	unique,
} from './clients.ts';

/** A queue, and so many of its messages in its dead-letter queue. */
async function buried(count: number): Promise<{ source: Queue; dead: Queue }> {
	const { source, dead } = await newQueueWithDeadLetters(1, { VisibilityTimeout: '0' });
	for (let index = 0; index < count; index++) {
		await sqs.sendMessage({ QueueUrl: source.url, MessageBody: `m${index}` });
	}
	for (let received = 0; received < count; ) received += (await receive(source.url)).length;
	await until(async () => {
		await receive(source.url);
		return (await figuresOf(dead.url))[0] === count;
	});
	await sqs.setQueueAttributes({ QueueUrl: source.url, Attributes: { VisibilityTimeout: '30' } });
	return { source, dead };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
	for (const begun = Date.now(); !(await isSo()); await sleep(50)) {
		if (Date.now() - begun > 10_000) throw new Error('it did not come to that within 10 s');
	}
}

async function tasksOf({ arn }: Queue): Promise<ListMessageMoveTasksResultEntry[]> {
	return (await sqs.listMessageMoveTasks({ SourceArn: arn, MaxResults: 10 })).Results ?? [];
}

async function ended(queue: Queue): Promise<ListMessageMoveTasksResultEntry | undefined> {
	await until(async () => (await tasksOf(queue))[0]?.Status !== 'RUNNING');
	return (await tasksOf(queue))[0];
}

describe('a message move task', () => {
	test('brings dead letters back to where they came from', async () => {
		const { source, dead } = await buried(3);
		const { TaskHandle } = await sqs.startMessageMoveTask({ SourceArn: dead.arn });
		expect(TaskHandle).toMatch(/./);
		const received = [];
		while (received.length < 3) received.push(...(await receive(source.url, { WaitTimeSeconds: 5 })));
		expect(bodies(received).toSorted()).toEqual(['m0', 'm1', 'm2']);
		const task = await ended(dead);
		expect(task).toMatchObject({
			Status: 'COMPLETED',
			SourceArn: dead.arn,
			ApproximateNumberOfMessagesMoved: 3,
			ApproximateNumberOfMessagesToMove: 3,
		});
		// Only a running one can be told what to do.
		expect(task?.TaskHandle).toBeUndefined();
		expect(task?.DestinationArn).toBeUndefined();
		expect(Math.abs(Number(task?.StartedTimestamp) - Date.now())).toBeLessThan(60_000);
		expect(await figuresOf(dead.url)).toEqual([0, 0, 0]);
	});

	test('counts the receives of what it brought anew', async () => {
		const { source, dead } = await buried(1);
		await sqs.startMessageMoveTask({ SourceArn: dead.arn });
		expect((await receiveOne(source.url)).Attributes?.ApproximateReceiveCount).toBe('1');
	});

	test('brings them to another queue where it is told to', async () => {
		const { source, dead } = await buried(2);
		const target = await newQueue();
		await sqs.startMessageMoveTask({ SourceArn: dead.arn, DestinationArn: target.arn });
		expect(await ended(dead)).toMatchObject({ Status: 'COMPLETED', DestinationArn: target.arn });
		await until(async () => (await figuresOf(target.url))[0] === 2);
		expect(await figuresOf(source.url)).toEqual([0, 0, 0]);
	});

	test('goes no faster than it is told, one at a time, and is cancelled in between', async () => {
		const { dead } = await buried(6);
		const target = await newQueue();
		const start = { SourceArn: dead.arn, DestinationArn: target.arn, MaxNumberOfMessagesPerSecond: 1 };
		const { TaskHandle } = await sqs.startMessageMoveTask(start);
		expect((await tasksOf(dead))[0]).toMatchObject({
			TaskHandle,
			Status: 'RUNNING',
			MaxNumberOfMessagesPerSecond: 1,
		});
		expect(await failure(sqs.startMessageMoveTask(start))).toMatchObject({
			message: expect.stringContaining(
				'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
			),
			status: 400,
		});
		const cancelled = await sqs.cancelMessageMoveTask({ TaskHandle });
		expect(cancelled.ApproximateNumberOfMessagesMoved).toBeLessThan(6);
		const task = await ended(dead);
		expect(task?.Status).toMatch(/^CANCELL(ED|ING)$/);
		const left = (await figuresOf(dead.url))[0];
		expect(left).toBeGreaterThan(0);
		await sleep(1_200);
		expect((await figuresOf(dead.url))[0]).toBe(left);
		expect(await failure(sqs.cancelMessageMoveTask({ TaskHandle }))).toMatchObject({
			name: 'ResourceNotFoundException',
			status: 404,
		});
	});

	test('is refused for a queue whose dead letters nobody sends', async () => {
		const { arn } = await newQueue();
		expect(await failure(sqs.startMessageMoveTask({ SourceArn: arn }))).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'Source queue must be configured as a Dead Letter Queue.',
			status: 400,
		});
	});

	test('is refused for queues that are not there, and a speed that there is not', async () => {
		const { dead } = await buried(1);
		const gone = dead.arn.replace(/[^:]+$/, unique('gone'));
		expect(await failure(sqs.startMessageMoveTask({ SourceArn: gone }))).toMatchObject({
			name: 'ResourceNotFoundException',
			status: 404,
		});
		const there = { SourceArn: dead.arn, DestinationArn: gone };
		expect(await failure(sqs.startMessageMoveTask(there))).toMatchObject({ name: 'ResourceNotFoundException' });
		const fast = { SourceArn: dead.arn, MaxNumberOfMessagesPerSecond: 501 };
		expect(await failure(sqs.startMessageMoveTask(fast))).toMatchObject({ code: 'InvalidParameterValue' });
		expect(await failure(sqs.cancelMessageMoveTask({ TaskHandle: 'made-up' }))).toMatchObject({ fault: 'client' });
		expect(await figuresOf(dead.url)).toEqual([1, 0, 0]);
	});

	test('fails where its destination goes away', async () => {
		const { dead } = await buried(3);
		const target = await newQueue();
		const start = { SourceArn: dead.arn, DestinationArn: target.arn, MaxNumberOfMessagesPerSecond: 1 };
		await sqs.startMessageMoveTask(start);
		await sqs.deleteQueue({ QueueUrl: target.url });
		expect(await ended(dead)).toMatchObject({
			Status: 'FAILED',
			FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
		});
	});
});

test('ListMessageMoveTasks answers the newest first, and as many as it is asked for', async () => {
	const { dead } = await buried(1);
	expect(await tasksOf(dead)).toEqual([]);
	const [first, second] = [await newQueue(), await newQueue()];
	for (const { arn } of [first, second]) {
		await sqs.startMessageMoveTask({ SourceArn: dead.arn, DestinationArn: arn });
		await ended(dead);
	}
	expect((await tasksOf(dead)).map(({ DestinationArn }) => DestinationArn)).toEqual([second.arn, first.arn]);
	expect((await sqs.listMessageMoveTasks({ SourceArn: dead.arn })).Results).toHaveLength(1);
});
