import { afterEach, describe, expect, test, vi } from 'vitest';
import { receive as receiveNatively } from '../http/client';
import { done, failure, urlOf } from './client';
import { deleting, type Message, queueWith, receiveMessage, receiveMessages } from './messages';

afterEach(() => {
	vi.useRealTimers();
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
