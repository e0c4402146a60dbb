import { describe, expect, test } from 'vitest';
import { ask, getQueue, newKey, newName, publish, receive, receiveAll, settled, until } from '../http/client';
import { arnOf, done, failure, query, urlOf } from './client';
import { fifoQueue, policy, sqsQueue } from './queues';

/** A queue that gives up at once, and where its messages go. */
async function pair(ending = ''): Promise<{ readonly source: string; readonly dead: string }> {
	const dead = await sqsQueue({}, newName() + ending);
	return { source: await sqsQueue({ RedrivePolicy: policy(dead, 1) }, newName() + ending), dead };
}

/** Dead letters of the queue. */
async function bury(source: string, dead: string, bodies: readonly string[]): Promise<void> {
	const before = (await getQueue(dead)).figures.visible;
	for (const body of bodies) await publish(source, body);
	const receipts = (await receive(source, { max: 100 })).map(({ receipt }) => ({ receipt }));
	await settled(source, 'retry', receipts);
	await until(async () => (await getQueue(dead)).figures.visible === before + bodies.length);
}

async function moveOf(source: string): Promise<Record<string, unknown>> {
	const { Results } = await done('ListMessageMoveTasks', { SourceArn: arnOf(source) });
	return (Results as Record<string, unknown>[])[0] ?? {};
}

async function ended(source: string): Promise<Record<string, unknown>> {
	await until(async () => (await moveOf(source)).Status !== 'RUNNING');
	return moveOf(source);
}

function decoded(handle: unknown): unknown {
	return JSON.parse(atob(String(handle)));
}

describe('a move of dead letters', () => {
	test('goes back to where each of them came from', async () => {
		const { source, dead } = await pair();
		const other = await sqsQueue({ RedrivePolicy: policy(dead, 1) });
		await bury(source, dead, ['a', 'b']);
		await bury(other, dead, ['c']);
		const { TaskHandle } = await done('StartMessageMoveTask', { SourceArn: arnOf(dead) });
		expect(decoded(TaskHandle)).toEqual({ taskId: expect.stringMatching(/^[0-9a-f-]{36}$/), sourceArn: arnOf(dead) });
		expect((await receiveAll(source, 2)).map(({ body }) => body).sort()).toEqual(['a', 'b']);
		expect((await receiveAll(other, 1)).map(({ body }) => body)).toEqual(['c']);
		expect(await ended(dead)).toEqual({
			Status: 'COMPLETED',
			SourceArn: arnOf(dead),
			ApproximateNumberOfMessagesMoved: 3,
			ApproximateNumberOfMessagesToMove: 3,
			StartedTimestamp: expect.any(Number),
		});
	});

	test('or to another queue, at a rate; the newest is listed first, in XML as in JSON', async () => {
		const { dead } = await pair();
		const target = await sqsQueue();
		const wanted = { SourceArn: arnOf(dead), DestinationArn: arnOf(target), MaxNumberOfMessagesPerSecond: 500 };
		for (const body of ['a', 'b']) {
			await publish(dead, body);
			await done('StartMessageMoveTask', wanted);
			expect((await receiveAll(target, 1))[0]?.body).toBe(body);
			expect(await ended(dead)).toMatchObject({ Status: 'COMPLETED', MaxNumberOfMessagesPerSecond: 500 });
		}
		const { Results } = await done('ListMessageMoveTasks', { SourceArn: arnOf(dead), MaxResults: 10 });
		const times = (Results as { StartedTimestamp: number }[]).map(({ StartedTimestamp }) => StartedTimestamp);
		expect(times).toHaveLength(2);
		expect(times).toEqual([...times].sort((one, other) => other - one));
		const { xml } = await query({ Action: 'ListMessageMoveTasks', SourceArn: arnOf(dead) });
		expect(xml).toMatch(
			/<ListMessageMoveTasksResult><ListMessageMoveTasksResultEntry>.*<Status>COMPLETED<\/Status>.*<\/ListMessageMoveTasksResultEntry><\/ListMessageMoveTasksResult>/,
		);
	});

	test('is one at a time, and can be cancelled', async () => {
		const { dead } = await pair();
		const target = await sqsQueue();
		for (const body of ['a', 'b', 'c', 'd']) await publish(dead, body);
		const wanted = { SourceArn: arnOf(dead), DestinationArn: arnOf(target), MaxNumberOfMessagesPerSecond: 1 };
		const { TaskHandle } = await done('StartMessageMoveTask', wanted);
		expect(await moveOf(dead)).toMatchObject({
			TaskHandle,
			Status: 'RUNNING',
			DestinationArn: arnOf(target),
			MaxNumberOfMessagesPerSecond: 1,
			ApproximateNumberOfMessagesToMove: 4,
		});
		expect(await failure('StartMessageMoveTask', wanted)).toEqual({
			status: 400,
			type: 'InvalidParameterValueException',
			code: 'InvalidParameterValue',
			message:
				'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
		});
		const { ApproximateNumberOfMessagesMoved: moved } = await done('CancelMessageMoveTask', { TaskHandle });
		const after = await moveOf(dead);
		expect(after).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: moved });
		expect(after).not.toHaveProperty('TaskHandle');
		expect((await getQueue(dead)).figures.visible).toBe(4 - Number(moved));
		expect(await failure('CancelMessageMoveTask', { TaskHandle })).toMatchObject({
			code: 'ResourceNotFoundException',
			message: 'Task does not exist.',
		});
	});

	test('fails with its target', async () => {
		const { dead } = await pair();
		const target = await sqsQueue();
		for (const body of ['a', 'b', 'c', 'd']) await publish(dead, body);
		const wanted = { SourceArn: arnOf(dead), DestinationArn: arnOf(target), MaxNumberOfMessagesPerSecond: 5 };
		await done('StartMessageMoveTask', wanted);
		await done('DeleteQueue', { QueueUrl: urlOf(target) });
		expect(await ended(dead)).toMatchObject({
			Status: 'FAILED',
			FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
		});
	});
});

describe('what a move needs', () => {
	const missing = (parameter: string) => ({
		status: 404,
		type: 'ResourceNotFoundException',
		code: 'ResourceNotFoundException',
		message: `The resource that you specified for the ${parameter} parameter doesn't exist.`,
	});

	test('a source that is a dead-letter queue', async () => {
		const SourceArn = arnOf(await sqsQueue());
		expect(await failure('StartMessageMoveTask', { SourceArn })).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'Source queue must be configured as a Dead Letter Queue.',
		});
		for (const action of ['StartMessageMoveTask', 'ListMessageMoveTasks']) {
			expect(await failure(action, { SourceArn: arnOf(newName()) })).toEqual(missing('SourceArn'));
			expect((await failure(action, { SourceArn: 'dummy' })).message).toBe(
				'You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>',
			);
			expect((await failure(action, {})).message).toBe('The request must contain the parameter SourceArn.');
		}
	});

	test('a destination that is there, another one and of the same kind', async () => {
		const { dead } = await pair();
		const fifo = await fifoQueue();
		const start = (target: string) => ({ SourceArn: arnOf(dead), DestinationArn: arnOf(target) });
		expect(await failure('StartMessageMoveTask', start(newName()))).toEqual(missing('DestinationArn'));
		for (const target of [dead, fifo]) {
			expect((await failure('StartMessageMoveTask', start(target))).code).toBe('InvalidParameterValue');
		}
		const rated = { ...start(fifo), MaxNumberOfMessagesPerSecond: 501 };
		expect((await failure('StartMessageMoveTask', rated)).message).toMatch(/MaxNumberOfMessagesPerSecond is invalid/);
	});

	test('a handle that was answered', async () => {
		const name = await sqsQueue();
		const handle = (queue: string) =>
			btoa(JSON.stringify({ taskId: '10f57157-fc38-4da9-a113-4de7e12d05aa', sourceArn: arnOf(queue) }));
		for (const TaskHandle of ['foobared', '', btoa('null'), btoa('{"taskId":1}')]) {
			expect(await failure('CancelMessageMoveTask', { TaskHandle })).toEqual({
				status: 400,
				type: 'InvalidParameterValueException',
				code: 'InvalidParameterValue',
				message: 'Value for parameter TaskHandle is invalid.',
			});
		}
		expect(await failure('CancelMessageMoveTask', { TaskHandle: handle(newName()) })).toEqual(missing('SourceArn'));
		expect(await failure('CancelMessageMoveTask', { TaskHandle: handle(name) })).toMatchObject({
			status: 404,
			message: 'Task does not exist.',
		});
	});

	test('a key that manages both queues', async () => {
		const { dead } = await pair();
		const target = await sqsQueue();
		const wanted = { SourceArn: arnOf(dead), DestinationArn: arnOf(target) };
		const denied = { code: 'AccessDenied', status: 403 };
		expect(await failure('StartMessageMoveTask', wanted, await newKey(['manage'], [dead]))).toMatchObject(denied);
		expect(await failure('StartMessageMoveTask', wanted, await newKey(['manage'], [target]))).toMatchObject(denied);
		await done('StartMessageMoveTask', wanted, await newKey(['manage'], [dead, target]));
	});

	test('and is a redrive of the native API', async () => {
		const { dead } = await pair();
		const target = await sqsQueue();
		await publish(dead, 'a');
		const wanted = { SourceArn: arnOf(dead), DestinationArn: arnOf(target) };
		const { TaskHandle } = await done('StartMessageMoveTask', wanted);
		const { body } = await ask('GET', `/v1/queues/${dead}/redrives`);
		expect(body).toMatchObject({ redrives: [{ id: (decoded(TaskHandle) as { taskId: string }).taskId, to: target }] });
	});
});
