import { describe, expect, test } from 'vitest';
import { bodies, failure, figuresOf, newQueue, receive, receiveOne, sqs } from './clients.ts';
import { md5 } from './md5.ts';

describe('SendMessage', () => {
	test('answers an id and the MD5 of what it took, and the message comes as it went', async () => {
		const { url } = await newQueue();
		const sent = await sqs.sendMessage({ QueueUrl: url, MessageBody: 'hello' });
		expect(sent.MessageId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(sent.MD5OfMessageBody).toBe(md5('hello'));
		expect(sent.MD5OfMessageAttributes).toBeUndefined();
		expect(sent.SequenceNumber).toBeUndefined();
		const received = await receiveOne(url);
		expect(received).toMatchObject({ MessageId: sent.MessageId, Body: 'hello', MD5OfBody: md5('hello') });
		expect(received.MessageAttributes).toBeUndefined();
		expect(received.MD5OfMessageAttributes).toBeUndefined();
	});

	const texts = [
		['JSON', '{"order": 1, "items": ["a", "b"]}'],
		['markup', '<a href="x">&amp; \'quoted\'</a> ]]>'],
		['all line ends, tabs and blanks', ' a\tb\r\nc\nd\re '],
		['writing of the world and what lies beyond 16 bits', 'Grüße, 漢字, עברית, 🐌𝕊'],
		['the last characters that are allowed', '\ud7ff\ue000\ufffd\u{10ffff}'],
	] as const;
	test.each(texts)('carries %s', async (_, text) => {
		const { url } = await newQueue();
		expect((await sqs.sendMessage({ QueueUrl: url, MessageBody: text })).MD5OfMessageBody).toBe(md5(text));
		expect((await receiveOne(url)).Body).toBe(text);
	});

	test.each(['\u0000', '\u0008', '\u001f', '\ufffe', '\uffff'])('refuses the character %j', async (character) => {
		const { url } = await newQueue();
		const send = sqs.sendMessage({ QueueUrl: url, MessageBody: `before${character}after` });
		expect(await failure(send)).toMatchObject({
			name: 'InvalidMessageContents',
			code: 'InvalidMessageContents',
			status: 400,
		});
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
	});

	test('refuses a message without a body', async () => {
		const { url } = await newQueue();
		for (const body of [undefined, '']) {
			expect(await failure(sqs.sendMessage({ QueueUrl: url, MessageBody: body }))).toMatchObject({
				code: 'MissingParameter',
				message: 'The request must contain the parameter MessageBody.',
				status: 400,
			});
		}
	});

	test('takes 1 MiB, attributes included, and not a byte more', async () => {
		const { url } = await newQueue();
		const attribute = { a: { DataType: 'String', StringValue: 'xyz' } };
		// The name, the type and the value count.
		const room = 1_048_576 - 'a'.length - 'String'.length - 'xyz'.length;
		const largest = 'é'.repeat(Math.floor(room / 2));
		await sqs.sendMessage({ QueueUrl: url, MessageBody: largest, MessageAttributes: attribute });
		expect((await receiveOne(url)).Body).toBe(largest);
		const beyond = sqs.sendMessage({ QueueUrl: url, MessageBody: `${largest}é`, MessageAttributes: attribute });
		expect(await failure(beyond)).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
			status: 400,
		});
	});

	test('delays one message, also by nothing where the queue delays', async () => {
		const { url } = await newQueue({ DelaySeconds: '60' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'as the queue says' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'at once', DelaySeconds: 0 });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'soon', DelaySeconds: 0.3 });
		expect(bodies(await receive(url))).toEqual(['at once']);
		expect(await receive(url)).toEqual([]);
		expect((await receiveOne(url)).Body).toBe('soon');
		expect(await figuresOf(url)).toEqual([0, 2, 1]);
		const late = sqs.sendMessage({ QueueUrl: url, MessageBody: 'too late', DelaySeconds: 901 });
		expect(await failure(late)).toMatchObject({
			code: 'InvalidParameterValue',
			message: 'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
		});
	});
});

describe('ReceiveMessage', () => {
	test('answers no list where there is nothing', async () => {
		const { url } = await newQueue();
		expect(await sqs.receiveMessage({ QueueUrl: url })).not.toHaveProperty('Messages');
	});

	test('hands out one message unless it is asked for more, and up to ten', async () => {
		const { url } = await newQueue();
		for (const entries of [0, 1]) {
			const Entries = Array.from({ length: 10 }, (_, index) => {
				const Id = String(entries * 10 + index);
				return { Id, MessageBody: Id };
			});
			await sqs.sendMessageBatch({ QueueUrl: url, Entries });
		}
		const one = (await sqs.receiveMessage({ QueueUrl: url })).Messages ?? [];
		const ten = await receive(url, { MaxNumberOfMessages: 10 });
		const rest = await receive(url, { MaxNumberOfMessages: 10 });
		expect([one, ten, rest].map(({ length }) => length)).toEqual([1, 10, 9]);
		expect(new Set(bodies([...one, ...ten, ...rest])).size).toBe(20);
	});

	const beyond = [
		[{ MaxNumberOfMessages: 11 }, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.'],
		[{ MaxNumberOfMessages: 0 }, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.'],
		[{ WaitTimeSeconds: 21 }, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.'],
		[{ WaitTimeSeconds: -1 }, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.'],
		[{ VisibilityTimeout: 43_201 }, 'VisibilityTimeout', 'Must be >= 0 and <= 43200, if provided.'],
	] as const;
	test.each(beyond)('refuses %o', async (options, parameter, reason) => {
		const { url } = await newQueue();
		const value = Object.values(options)[0];
		expect(await failure(receive(url, options))).toMatchObject({
			code: 'InvalidParameterValue',
			message: `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
			status: 400,
		});
	});
});

describe('DeleteMessage', () => {
	test('finishes a message, and a repeat of it is no mistake', async () => {
		const { url } = await newQueue({ VisibilityTimeout: '1' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'once' });
		const { ReceiptHandle } = await receiveOne(url);
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
		await sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
		expect(await receive(url, { WaitTimeSeconds: 1.2 })).toEqual([]);
	});

	test('refuses what is no receipt handle', async () => {
		const { url } = await newQueue();
		expect(await failure(sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: 'made-up' }))).toMatchObject({
			name: 'ReceiptHandleIsInvalid',
			code: 'ReceiptHandleIsInvalid',
			message: 'The input receipt handle "made-up" is not a valid receipt handle.',
		});
	});

	test("refuses another queue's receipt handle, and leaves the message", async () => {
		const [mine, other] = [await newQueue(), await newQueue()];
		await sqs.sendMessage({ QueueUrl: mine.url, MessageBody: 'mine' });
		const { ReceiptHandle } = await receiveOne(mine.url);
		expect(await failure(sqs.deleteMessage({ QueueUrl: other.url, ReceiptHandle }))).toMatchObject({ status: 400 });
		expect(await figuresOf(mine.url)).toEqual([0, 1, 0]);
	});
});
