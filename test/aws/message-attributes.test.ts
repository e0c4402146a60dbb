import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { failure, newQueue, receive, receiveOne, sqs } from './clients.ts';
import { md5OfAttributes } from './md5.ts';

const everyType: Record<string, MessageAttributeValue> = {
	text: { DataType: 'String', StringValue: 'Grüße 🐌' },
	number: { DataType: 'Number', StringValue: '-12.50' },
	bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from([0, 1, 127, 128, 254, 255]) },
	'text.of-a-kind': { DataType: 'String.uuid', StringValue: 'abc' },
	'number.of-a-kind': { DataType: 'Number.int', StringValue: '007' },
	'bytes.of-a-kind': { DataType: 'Binary.png', BinaryValue: Uint8Array.from([137, 80, 78, 71]) },
};

function only(...names: readonly string[]): Record<string, MessageAttributeValue> {
	return Object.fromEntries(Object.entries(everyType).filter(([name]) => names.includes(name)));
}

describe('message attributes', () => {
	test('of every type come as they went, with the MD5 of all of them', async () => {
		const { url } = await newQueue();
		const sent = await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: everyType });
		expect(sent.MD5OfMessageAttributes).toBe(md5OfAttributes(everyType));
		const received = await receiveOne(url);
		expect(received.MessageAttributes).toEqual(everyType);
		expect(received.MD5OfMessageAttributes).toBe(md5OfAttributes(everyType));
	});

	const wishes: readonly [string[], string[]][] = [
		[['All'], Object.keys(everyType)],
		[['.*'], Object.keys(everyType)],
		[['text'], ['text']],
		[
			['number', 'bytes', 'unheard-of'],
			['number', 'bytes'],
		],
		[['text.*'], ['text.of-a-kind']],
		[['bytes*'], []],
		[[], []],
		[['unheard-of'], []],
	];
	test.each(wishes)('a receive that names %j gets %j, and the MD5 of just these', async (names, expected) => {
		const { url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: everyType });
		const received = await receiveOne(url, { MessageAttributeNames: names });
		const attributes = only(...expected);
		expect(received.MessageAttributes ?? {}).toEqual(attributes);
		expect(received.MD5OfMessageAttributes).toBe(expected.length > 0 ? md5OfAttributes(attributes) : undefined);
	});

	test('are still there when the message is handed out again', async () => {
		const { url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: everyType });
		await receiveOne(url, { VisibilityTimeout: 0.2 });
		expect((await receiveOne(url)).MessageAttributes).toEqual(everyType);
	});

	const faults: readonly [string, string, MessageAttributeValue][] = [
		['no value', 'a', { DataType: 'String' }],
		['an empty value', 'a', { DataType: 'String', StringValue: '' }],
		['no type', 'a', { DataType: undefined, StringValue: 'x' }],
		['a type that there is not', 'a', { DataType: 'Date', StringValue: 'x' }],
		['a number that is none', 'a', { DataType: 'Number', StringValue: 'twelve' }],
		['text for bytes', 'a', { DataType: 'Binary', StringValue: 'x' }],
		['a name that AWS keeps for itself', 'AWS.a', { DataType: 'String', StringValue: 'x' }],
		['a name with a blank', 'a b', { DataType: 'String', StringValue: 'x' }],
		['a name that ends with a dot', 'a.', { DataType: 'String', StringValue: 'x' }],
		['a name of 257 characters', 'a'.repeat(257), { DataType: 'String', StringValue: 'x' }],
	];
	test.each(faults)('with %s are refused', async (_, name, value) => {
		const { url } = await newQueue();
		const send = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: { [name]: value } });
		expect(await failure(send)).toMatchObject({ code: 'InvalidParameterValue', status: 400, fault: 'client' });
		expect(await receive(url)).toEqual([]);
	});

	test('with characters that no message may have are refused as such', async () => {
		const { url } = await newQueue();
		const attributes = { a: { DataType: 'String', StringValue: 'a\u0001' } };
		const send = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: attributes });
		expect(await failure(send)).toMatchObject({ status: 400, fault: 'client' });
	});

	test('are ten at most', async () => {
		const { url } = await newQueue();
		const some = (count: number) =>
			Object.fromEntries(
				Array.from({ length: count }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
			);
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: some(10) });
		expect((await receiveOne(url)).MessageAttributes).toEqual(some(10));
		const eleven = sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: some(11) });
		expect(await failure(eleven)).toMatchObject({ code: 'InvalidParameterValue' });
	});
});

describe('system attributes', () => {
	test('tell who sent the message, when, and how often it was handed out', async () => {
		const { url } = await newQueue();
		const before = Date.now();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
		const first = (await receiveOne(url, { VisibilityTimeout: 0.2 })).Attributes ?? {};
		const between = Date.now();
		const second = (await receiveOne(url)).Attributes ?? {};
		expect(first.SenderId).toMatch(/./);
		expect(first.ApproximateReceiveCount).toBe('1');
		expect(second.ApproximateReceiveCount).toBe('2');
		expect(second.SentTimestamp).toBe(first.SentTimestamp);
		expect(Number(first.SentTimestamp)).toBeGreaterThanOrEqual(before);
		expect(Number(first.SentTimestamp)).toBeLessThanOrEqual(between);
		expect(second.ApproximateFirstReceiveTimestamp).toBe(first.ApproximateFirstReceiveTimestamp);
		expect(Number(first.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(Number(first.SentTimestamp));
		expect(Number(first.ApproximateFirstReceiveTimestamp)).toBeLessThanOrEqual(between);
		for (const absent of ['SequenceNumber', 'MessageDeduplicationId', 'MessageGroupId', 'AWSTraceHeader']) {
			expect(first).not.toHaveProperty(absent);
		}
	});

	test('come where they are asked for, under the new name of the list and the old', async () => {
		const { url } = await newQueue({ VisibilityTimeout: '0' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' });
		const wish = async (options: object) => Object.keys((await receive(url, options))[0]?.Attributes ?? {}).toSorted();
		expect(await wish({})).toEqual([]);
		expect(await wish({ MessageSystemAttributeNames: ['SentTimestamp'] })).toEqual(['SentTimestamp']);
		expect(await wish({ AttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'] })).toEqual([
			'ApproximateReceiveCount',
			'SentTimestamp',
		]);
		expect(await wish({ AttributeNames: ['All'] })).toEqual(await wish({ MessageSystemAttributeNames: ['All'] }));
		const unknown = receive(url, { MessageSystemAttributeNames: ['Colour'] } as object);
		expect(await failure(unknown)).toMatchObject({ status: 400, fault: 'client' });
	});

	test('carry a trace header, with its own MD5', async () => {
		const { url } = await newQueue();
		const header = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' };
		const sent = await sqs.sendMessage({
			QueueUrl: url,
			MessageBody: 'x',
			MessageSystemAttributes: { AWSTraceHeader: header },
		});
		expect(sent.MD5OfMessageSystemAttributes).toBe(md5OfAttributes({ AWSTraceHeader: header }));
		const received = await receiveOne(url);
		expect(received.Attributes?.AWSTraceHeader).toBe(header.StringValue);
		expect(received.MessageAttributes).toBeUndefined();
		const other = sqs.sendMessage({
			QueueUrl: url,
			MessageBody: 'x',
			MessageSystemAttributes: { Colour: header } as object,
		});
		expect(await failure(other)).toMatchObject({ status: 400, fault: 'client' });
	});

	test('tell the group of a message also where the queue is not FIFO, and such a group waits for nobody', async () => {
		const { url } = await newQueue();
		await sqs.sendMessage({ QueueUrl: url, MessageBody: '1', MessageGroupId: 'tenant' });
		await sqs.sendMessage({ QueueUrl: url, MessageBody: '2', MessageGroupId: 'tenant' });
		const first = await receiveOne(url, { MaxNumberOfMessages: 1 });
		const second = await receiveOne(url, { MaxNumberOfMessages: 1 });
		expect([first, second].map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(['tenant', 'tenant']);
		expect([first.Body, second.Body].toSorted()).toEqual(['1', '2']);
	});
});
