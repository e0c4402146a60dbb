import { describe, expect, test } from 'vitest';
import { bodies, failure, figuresOf, newFifoQueue, newQueue, receive, sqs } from './clients.ts';
import { md5, md5OfAttributes } from './md5.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);
const entries = (count: number) => ids(count).map((Id) => ({ Id, MessageBody: `body of ${Id}` }));

describe('SendMessageBatch', () => {
	test('answers each entry, and hands all of them out', async () => {
		const { url } = await newQueue();
		const attributes = { n: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) } };
		const { Successful = [], Failed = [] } = await sqs.sendMessageBatch({
			QueueUrl: url,
			Entries: [...entries(8), { Id: 'with', MessageBody: 'attributes', MessageAttributes: attributes }],
		});
		expect(Failed).toEqual([]);
		expect(Successful.map(({ Id }) => Id).toSorted()).toEqual([...ids(8), 'with'].toSorted());
		const one = Successful.find(({ Id }) => Id === 'e3');
		expect(one).toMatchObject({ MD5OfMessageBody: md5('body of e3') });
		expect(one?.MD5OfMessageAttributes).toBeUndefined();
		expect(Successful.find(({ Id }) => Id === 'with')?.MD5OfMessageAttributes).toBe(md5OfAttributes(attributes));
		const received = await receive(url);
		expect(bodies(received).toSorted()).toEqual(['attributes', ...entries(8).map((entry) => entry.MessageBody)]);
		const sentIds = new Set(Successful.map(({ MessageId }) => MessageId));
		expect(sentIds.size).toBe(9);
		expect(received.every(({ MessageId }) => sentIds.has(MessageId))).toBe(true);
	});

	test('refuses an entry for itself and takes the others', async () => {
		const { url } = await newQueue();
		const { Successful = [], Failed = [] } = await sqs.sendMessageBatch({
			QueueUrl: url,
			Entries: [
				{ Id: 'good', MessageBody: 'good' },
				{ Id: 'character', MessageBody: 'bad \u0000' },
				{ Id: 'delay', MessageBody: 'bad', DelaySeconds: 901 },
			],
		});
		expect(Successful.map(({ Id }) => Id)).toEqual(['good']);
		expect(Failed).toHaveLength(2);
		expect(Failed.find(({ Id }) => Id === 'character')).toMatchObject({
			SenderFault: true,
			Code: 'InvalidMessageContents',
		});
		expect(Failed.find(({ Id }) => Id === 'delay')).toMatchObject({
			SenderFault: true,
			Code: 'InvalidParameterValue',
			Message: expect.stringContaining('DelaySeconds'),
		});
		expect(bodies(await receive(url))).toEqual(['good']);
	});

	test('delays entries one by one', async () => {
		const { url } = await newQueue();
		const [now, later] = [
			{ Id: 'now', MessageBody: 'now' },
			{ Id: 'later', MessageBody: 'later', DelaySeconds: 60 },
		];
		await sqs.sendMessageBatch({ QueueUrl: url, Entries: [later, now] });
		expect(await figuresOf(url)).toEqual([1, 0, 1]);
		expect(bodies(await receive(url))).toEqual(['now']);
	});

	test('keeps the order of its entries within a FIFO group', async () => {
		const { url } = await newFifoQueue({ ContentBasedDeduplication: 'true' });
		const Entries = entries(10).map((entry) => ({ ...entry, MessageGroupId: 'g' }));
		const { Successful = [] } = await sqs.sendMessageBatch({ QueueUrl: url, Entries });
		const numbers = ids(10).map((wanted) => BigInt(Successful.find(({ Id }) => Id === wanted)?.SequenceNumber ?? 0));
		expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
		expect(new Set(numbers).size).toBe(10);
		expect(bodies(await receive(url))).toEqual(Entries.map((entry) => entry.MessageBody));
	});

	const wholes = [
		[
			'eleven entries',
			entries(11),
			'TooManyEntriesInBatchRequest',
			'Maximum number of entries per request are 10. You have sent 11.',
		],
		['none', [], 'EmptyBatchRequest', 'There should be at least one SendMessageBatchRequestEntry in the request.'],
		['two of one id', [...entries(2), ...entries(1)], 'BatchEntryIdsNotDistinct', 'Id e0 repeated.'],
		[
			'an id with a dot',
			[{ Id: 'a.b', MessageBody: 'x' }],
			'InvalidBatchEntryId',
			'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
		],
		[
			'more than 1 MiB in all',
			['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(524_289) })),
			'BatchRequestTooLong',
			'Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.',
		],
	] as const;
	test.each(wholes)('refuses %s as a whole', async (_, Entries, name, message) => {
		const { url } = await newQueue();
		const send = sqs.sendMessageBatch({ QueueUrl: url, Entries: [...Entries] });
		expect(await failure(send)).toEqual({
			name,
			code: `AWS.SimpleQueueService.${name}`,
			message,
			status: 400,
			fault: 'client',
		});
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});
});

describe('DeleteMessageBatch', () => {
	test('finishes each message whose handle is good, and refuses the others for themselves', async () => {
		const { url } = await newQueue();
		await sqs.sendMessageBatch({ QueueUrl: url, Entries: entries(4) });
		const received = await receive(url);
		const { Successful = [], Failed = [] } = await sqs.deleteMessageBatch({
			QueueUrl: url,
			Entries: [
				...received.map(({ ReceiptHandle }, index) => ({ Id: `d${index}`, ReceiptHandle })),
				{ Id: 'bad', ReceiptHandle: 'made-up' },
			],
		});
		expect(Successful.map(({ Id }) => Id).toSorted()).toEqual(['d0', 'd1', 'd2', 'd3']);
		expect(Failed).toEqual([expect.objectContaining({ Id: 'bad', SenderFault: true, Code: 'ReceiptHandleIsInvalid' })]);
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});

	test('refuses too many, none, and two of one id', async () => {
		const { url } = await newQueue();
		const some = (names: string[]) => names.map((Id) => ({ Id, ReceiptHandle: 'x' }));
		const ask = (names: string[]) => failure(sqs.deleteMessageBatch({ QueueUrl: url, Entries: some(names) }));
		expect((await ask(ids(11))).name).toBe('TooManyEntriesInBatchRequest');
		expect((await ask([])).name).toBe('EmptyBatchRequest');
		expect((await ask(['a', 'a'])).name).toBe('BatchEntryIdsNotDistinct');
	});
});

describe('ChangeMessageVisibilityBatch', () => {
	test('changes each, and refuses the others for themselves', async () => {
		const { url } = await newQueue();
		await sqs.sendMessageBatch({ QueueUrl: url, Entries: entries(2) });
		const [first, second] = await receive(url);
		const { Successful = [], Failed = [] } = await sqs.changeMessageVisibilityBatch({
			QueueUrl: url,
			Entries: [
				{ Id: 'back', ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 },
				{ Id: 'longer', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 600 },
				{ Id: 'beyond', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 43_201 },
				{ Id: 'bad', ReceiptHandle: 'made-up', VisibilityTimeout: 1 },
			],
		});
		expect(Successful.map(({ Id }) => Id).toSorted()).toEqual(['back', 'longer']);
		expect(Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]).toSorted()).toEqual([
			['bad', 'ReceiptHandleIsInvalid', true],
			['beyond', 'InvalidParameterValue', true],
		]);
		expect(bodies(await receive(url))).toEqual([first?.Body]);
	});
});
