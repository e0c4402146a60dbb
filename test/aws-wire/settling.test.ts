import { afterEach, describe, expect, test, vi } from 'vitest';
import { ask, getQueue, receive as receiveNatively, settled } from '../http/client';
import { done, failure, query, resultIn, urlOf } from './client';
import { fifoQueue, type Message, receiveMessage, receiveMessages, sendText, sqsQueue } from './messages';

afterEach(() => {
	vi.useRealTimers();
});

async function figures(queue: string): Promise<readonly [visible: number, leased: number]> {
	const { visible, leased } = (await getQueue(queue)).figures;
	return [visible, leased];
}

async function queueWith(...bodies: readonly string[]): Promise<string> {
	const queue = await sqsQueue();
	for (const body of bodies) await sendText(queue, body);
	return queue;
}

/** With two messages of two groups, the first of which was handed out and is not held any more. */
async function fifoWithExpired(): Promise<{ queue: string; old: Message }> {
	const queue = await fifoQueue({ ContentBasedDeduplication: 'true' });
	for (const group of ['a', 'b']) await sendText(queue, group, { MessageGroupId: group });
	const [old] = await receiveMessages(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
	return { queue, old: old as Message };
}

const deleting = (queue: string, ReceiptHandle: string) => ({ QueueUrl: urlOf(queue), ReceiptHandle });

describe('DeleteMessage', () => {
	test('answers nothing, in either protocol, and does it once', async () => {
		const queue = await queueWith('x', 'y');
		const [x, y] = (await receiveMessages(queue)) as [Message, Message];
		for (const _ of [1, 2]) expect(await done('DeleteMessage', deleting(queue, x.ReceiptHandle))).toEqual({});
		const { xml } = await query({ Action: 'DeleteMessage', ...deleting(queue, y.ReceiptHandle) });
		expect(xml).toMatch(
			/^<\?xml version="1.0"\?><DeleteMessageResponse xmlns="[^"]*"><ResponseMetadata><RequestId>.{36}<\/RequestId><\/ResponseMetadata><\/DeleteMessageResponse>$/,
		);
		expect(await figures(queue)).toEqual([0, 0]);
	});

	test('the address of the request may name the queue, as older clients have it', async () => {
		const queue = await queueWith('x');
		const { ReceiptHandle } = await receiveMessage(queue);
		const path = `/123456789012/${queue}`;
		expect((await query({ Action: 'DeleteMessage', ReceiptHandle }, { path })).status).toBe(200);
		expect(await figures(queue)).toEqual([0, 0]);
	});

	test('by an older handle succeeds, and changes nothing', async () => {
		const queue = await queueWith('x');
		const old = await receiveMessage(queue, { VisibilityTimeout: 0 });
		await receiveMessage(queue);
		await done('DeleteMessage', deleting(queue, old.ReceiptHandle));
		expect(await figures(queue)).toEqual([0, 1]);
	});

	test.each(['', 'made-up', 'x'.repeat(32), 'x'.repeat(1_000)])('"%s" is no handle', async (handle) => {
		const queue = await queueWith('x');
		expect(await failure('DeleteMessage', deleting(queue, handle))).toEqual({
			status: 400,
			type: 'ReceiptHandleIsInvalid',
			code: 'ReceiptHandleIsInvalid',
			message: `The input receipt handle "${handle.slice(0, 80)}" is not a valid receipt handle.`,
		});
	});

	test('a handle of the queue that had this name before is none', async () => {
		const queue = await queueWith('x');
		const { ReceiptHandle } = await receiveMessage(queue);
		await ask('DELETE', `/v1/queues/${queue}?force=true`);
		await done('CreateQueue', { QueueName: queue });
		expect(await failure('DeleteMessage', deleting(queue, ReceiptHandle))).toMatchObject({
			code: 'ReceiptHandleIsInvalid',
		});
	});

	test('handles are native receipts', async () => {
		const queue = await queueWith('x', 'y');
		const [x] = (await receiveMessages(queue, { MaxNumberOfMessages: 1 })) as [Message];
		expect(await settled(queue, 'ack', [x.ReceiptHandle])).toMatchObject([{ outcome: 'acked' }]);
		const [y] = await receiveNatively(queue);
		await done('DeleteMessage', deleting(queue, y?.receipt as string));
		expect(await figures(queue)).toEqual([0, 0]);
	});

	test('on a FIFO queue, a handle whose time is over finishes nothing, held by somebody else or not', async () => {
		const { queue, old } = await fifoWithExpired();
		const late = {
			code: 'InvalidParameterValue',
			message: `Value ${old.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
		};
		expect(await failure('DeleteMessage', deleting(queue, old.ReceiptHandle))).toMatchObject(late);
		const [current] = (await receiveMessages(queue, { MaxNumberOfMessages: 1 })) as [Message];
		expect(await failure('DeleteMessage', deleting(queue, old.ReceiptHandle))).toMatchObject(late);
		expect(await figures(queue)).toEqual([1, 1]);
		for (const _ of [1, 2]) await done('DeleteMessage', deleting(queue, current.ReceiptHandle));
		expect(await figures(queue)).toEqual([1, 0]);
	});
});

describe('DeleteMessageBatch', () => {
	test('one bad handle does not keep the others, one that is named twice is deleted once', async () => {
		const queue = await queueWith('x', 'y');
		const [x, y] = (await receiveMessages(queue)) as [Message, Message];
		const answer = await done('DeleteMessageBatch', {
			QueueUrl: urlOf(queue),
			Entries: [
				{ Id: 'x', ReceiptHandle: x.ReceiptHandle },
				{ Id: 'bad', ReceiptHandle: 'made-up' },
				{ Id: 'none' },
				{ Id: 'again', ReceiptHandle: x.ReceiptHandle },
				{ Id: 'y', ReceiptHandle: y.ReceiptHandle },
			],
		});
		expect(answer).toEqual({
			Successful: [{ Id: 'x' }, { Id: 'again' }, { Id: 'y' }],
			Failed: [
				{
					Id: 'bad',
					SenderFault: true,
					Code: 'ReceiptHandleIsInvalid',
					Message: 'The input receipt handle "made-up" is not a valid receipt handle.',
				},
				{
					Id: 'none',
					SenderFault: true,
					Code: 'MissingParameter',
					Message: 'The request must contain the parameter ReceiptHandle.',
				},
			],
		});
		expect(await figures(queue)).toEqual([0, 0]);
	});

	test('in the Query protocol, as XML', async () => {
		const { queue, old } = await fifoWithExpired();
		const all = await receiveMessages(queue);
		const handles = [old, ...all].map(({ ReceiptHandle }) => ReceiptHandle);
		const entries = handles.flatMap((handle, index) => [
			[`DeleteMessageBatchRequestEntry.${index + 1}.Id`, `d${index}`],
			[`DeleteMessageBatchRequestEntry.${index + 1}.ReceiptHandle`, handle],
		]);
		const { xml } = await query({
			Action: 'DeleteMessageBatch',
			QueueUrl: urlOf(queue),
			...Object.fromEntries(entries),
		});
		expect(resultIn(xml)).toBe(
			'<DeleteMessageBatchResultEntry><Id>d1</Id></DeleteMessageBatchResultEntry>' +
				'<DeleteMessageBatchResultEntry><Id>d2</Id></DeleteMessageBatchResultEntry>' +
				'<BatchResultErrorEntry><Id>d0</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code>' +
				`<Message>Value ${old.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.</Message>` +
				'</BatchResultErrorEntry>',
		);
		expect(await figures(queue)).toEqual([0, 0]);
	});
});

describe('ChangeMessageVisibility', () => {
	const change = (queue: string, ReceiptHandle: string, VisibilityTimeout?: number) => ({
		QueueUrl: urlOf(queue),
		ReceiptHandle,
		VisibilityTimeout,
	});

	test('of 0 gives back, and says natively who did', async () => {
		const queue = await queueWith('x');
		const { ReceiptHandle } = await receiveMessage(queue);
		expect(await done('ChangeMessageVisibility', change(queue, ReceiptHandle, 0))).toEqual({});
		const [message] = await receiveNatively(queue);
		expect(message).toMatchObject({ attempt: 2, failures: [{ reason: 'ChangeMessageVisibility(0)' }] });
	});

	test('begins anew, longer or shorter', async () => {
		const queue = await queueWith('x');
		const { ReceiptHandle } = await receiveMessage(queue, { VisibilityTimeout: 0.2 });
		await done('ChangeMessageVisibility', change(queue, ReceiptHandle, 600));
		expect(await receiveMessages(queue, { WaitTimeSeconds: 0.3 })).toEqual([]);
		await done('ChangeMessageVisibility', change(queue, ReceiptHandle, 0.05));
		expect(await receiveMessages(queue, { WaitTimeSeconds: 5 })).toHaveLength(1);
	});

	test('is refused where nothing is in flight, where somebody else has it, and where it is gone', async () => {
		const queue = await queueWith('x');
		const old = await receiveMessage(queue, { VisibilityTimeout: 0 });
		expect(await failure('ChangeMessageVisibility', change(queue, old.ReceiptHandle, 10))).toMatchObject({
			type: 'MessageNotInflight',
			code: 'AWS.SimpleQueueService.MessageNotInflight',
		});
		const current = await receiveMessage(queue);
		const gone = (handle: string) => ({
			code: 'InvalidParameterValue',
			message: `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
		});
		for (const timeout of [0, 10]) {
			const refused = await failure('ChangeMessageVisibility', change(queue, old.ReceiptHandle, timeout));
			expect(refused).toMatchObject(gone(old.ReceiptHandle));
		}
		await done('DeleteMessage', deleting(queue, current.ReceiptHandle));
		const refused = await failure('ChangeMessageVisibility', change(queue, current.ReceiptHandle, 10));
		expect(refused).toMatchObject(gone(current.ReceiptHandle));
	});

	test('twelve hours are the most at once, and in all', async () => {
		const start = Date.now() + 86_400_000;
		vi.useFakeTimers({ now: start, toFake: ['Date'] });
		const queue = await queueWith('x');
		const { ReceiptHandle } = await receiveMessage(queue);
		vi.setSystemTime(start + 999);
		await done('ChangeMessageVisibility', change(queue, ReceiptHandle, 43_200));
		vi.setSystemTime(start + 1_000);
		expect(await failure('ChangeMessageVisibility', change(queue, ReceiptHandle, 43_200))).toMatchObject({
			code: 'InvalidParameterValue',
			message:
				'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
		});
		await done('ChangeMessageVisibility', change(queue, ReceiptHandle, 43_199));
		expect(await failure('ChangeMessageVisibility', change(queue, ReceiptHandle, 43_201))).toMatchObject({
			message:
				'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.',
		});
		expect(await failure('ChangeMessageVisibility', change(queue, ReceiptHandle))).toMatchObject({
			code: 'MissingParameter',
			message: 'The request must contain the parameter VisibilityTimeout.',
		});
	});

	test('in a batch, each for itself; of one message, what is asked last counts', async () => {
		const queue = await queueWith('x', 'y');
		const [x, y] = (await receiveMessages(queue)) as [Message, Message];
		const { Successful, Failed } = await done('ChangeMessageVisibilityBatch', {
			QueueUrl: urlOf(queue),
			Entries: [
				{ Id: 'back', ReceiptHandle: x.ReceiptHandle, VisibilityTimeout: 0 },
				{ Id: 'late', ReceiptHandle: x.ReceiptHandle, VisibilityTimeout: 30 },
				{ Id: 'longer', ReceiptHandle: y.ReceiptHandle, VisibilityTimeout: 600 },
				{ Id: 'bad', ReceiptHandle: 'made-up', VisibilityTimeout: 1 },
				{ Id: 'beyond', ReceiptHandle: y.ReceiptHandle, VisibilityTimeout: 43_201 },
			],
		});
		expect(Successful).toEqual([{ Id: 'back' }, { Id: 'longer' }]);
		expect(Failed).toMatchObject([
			{ Id: 'late', Code: 'AWS.SimpleQueueService.MessageNotInflight' },
			{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' },
			{ Id: 'beyond', Code: 'InvalidParameterValue' },
		]);
		expect((await receiveMessages(queue)).map(({ Body }) => Body)).toEqual(['x']);
	});
});
