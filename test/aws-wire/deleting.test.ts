import { describe, expect, test } from 'vitest';
import { ask, receive as receiveNatively, settled } from '../http/client';
import { done, failure, query, resultIn, urlOf } from './client';
import {
	deleting,
	fifoQueue,
	figures,
	type Message,
	queueWith,
	receiveMessage,
	receiveMessages,
	sendText,
} from './messages';

/** With two messages of two groups, the first of which was handed out and is not held any more. */
async function fifoWithExpired(): Promise<{ queue: string; old: Message }> {
	const queue = await fifoQueue({ ContentBasedDeduplication: 'true' });
	for (const group of ['a', 'b']) await sendText(queue, group, { MessageGroupId: group });
	const [old] = await receiveMessages(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
	return { queue, old: old as Message };
}

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

	test('a receipt of the native API that stands for several messages is none', async () => {
		const queue = await queueWith('x', 'y');
		const { body } = await ask('POST', `/v1/queues/${queue}/receive`);
		const [several] = (body as { receipts: string[] }).receipts as [string];
		expect(await failure('DeleteMessage', deleting(queue, several))).toMatchObject({ code: 'ReceiptHandleIsInvalid' });
		expect(await figures(queue)).toEqual([0, 2]);
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
				'<BatchResultErrorEntry><Id>d0</Id><Code>InvalidParameterValue</Code>' +
				`<Message>Value ${old.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.</Message><SenderFault>true</SenderFault>` +
				'</BatchResultErrorEntry>',
		);
		expect(await figures(queue)).toEqual([0, 0]);
	});
});
