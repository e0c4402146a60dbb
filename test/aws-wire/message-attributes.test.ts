import { describe, expect, test } from 'vitest';
import { ask } from '../http/client';
import { done, failure, urlOf } from './client';
import { md5, raw, receiveMessage, receiveMessages, sendText, sqsQueue, text } from './messages';

describe('message attributes', () => {
	test('the MD5 of attributes is the one that AWS documents', async () => {
		const queue = await sqsQueue();
		const MessageAttributes = { b: text('2', 'Number.int'), a: { DataType: 'Binary', BinaryValue: 'AQI=' } };
		const { MD5OfMessageAttributes } = await sendText(queue, 'x', { MessageAttributes });
		const part = (value: string) => `\0\0\0${String.fromCharCode(value.length)}${value}`;
		const bytes = `${part('a')}${part('Binary')}\x02${part('\x01\x02')}${part('b')}${part('Number.int')}\x01${part('2')}`;
		expect(MD5OfMessageAttributes).toBe(md5(bytes));
	});

	test.each([
		[
			'no value',
			'a',
			{ DataType: 'String' },
			"The message (user) attribute 'a' must contain a non-empty message attribute value.",
		],
		['an empty value', 'a', text(''), "Message (user) attribute 'a' must contain a non-empty value of type 'String'."],
		[
			'no bytes',
			'a',
			{ DataType: 'Binary', BinaryValue: '' },
			"Message (user) attribute 'a' must contain a non-empty value of type 'Binary'.",
		],
		['bytes that are no base64', 'a', { DataType: 'Binary', BinaryValue: '%' }, /not valid base64/],
		[
			'text for bytes',
			'a',
			text('x', 'Binary'),
			"The message attribute 'a' with type 'Binary' must use field 'Binary'.",
		],
		[
			'bytes for text',
			'a',
			{ DataType: 'String', BinaryValue: 'AA==' },
			"The message attribute 'a' with type 'String' must use field 'String'.",
		],
		['no type', 'a', { StringValue: 'x' }, /non-empty message attribute type/],
		['an unknown type', 'a', text('x', 'Stringy'), /^The type of message \(user\) attribute 'a' is invalid\./],
		['a type that goes on for ever', 'a', text('x', `String.${'x'.repeat(250)}`), /types must be shorter/],
		[
			'a number that is none',
			'a',
			text('0x10', 'Number'),
			"Can't cast the value of message (user) attribute 'a' to a number.",
		],
		[
			'a number beyond all bounds',
			'a',
			text('2e126', 'Number.big'),
			"Can't cast the value of message (user) attribute 'a' to a number.",
		],
		['an empty name', '', text('x'), 'The request must contain non-empty message (user) attribute names.'],
		['a long name', 'a'.repeat(257), text('x'), /names must be shorter/],
		['a name of AWS', 'Amazon.a', text('x'), /^You can't use message attribute names beginning with/],
		['a name that begins with a dot', '.a', text('x'), /^You can't use message attribute names/],
		['a name with two dots in a row', 'a..b', text('x'), /^You can't use message attribute names/],
		['a name with other characters', 'a b', text('x'), /^Message \(user\) attributes name can only contain/],
	])('an attribute with %s is refused', async (_, name, value, message) => {
		const queue = await sqsQueue();
		const refused = await failure('SendMessage', {
			QueueUrl: urlOf(queue),
			MessageBody: 'x',
			MessageAttributes: { [name]: value },
		});
		expect(refused).toMatchObject({ status: 400, code: 'InvalidParameterValue' });
		expect(refused.message).toMatch(message);
	});

	test('so are lists of values, a name that no map can have, and characters of no use to XML', async () => {
		const queue = await sqsQueue();
		const sending = (attributes: string) =>
			raw('SendMessage', `{"QueueUrl":"${urlOf(queue)}","MessageBody":"x","MessageAttributes":${attributes}}`);
		const codeOf = async (attributes: string) =>
			(await sending(attributes)).headers.get('x-amzn-query-error')?.split(';')[0];
		expect(await codeOf('{"a":{"DataType":"String","StringListValues":["x"]}}')).toBe(
			'AWS.SimpleQueueService.UnsupportedOperation',
		);
		expect(await codeOf('{"__proto__":{"DataType":"String","StringValue":"x"}}')).toBe('InvalidParameterValue');
		expect(await codeOf('{"a":{"DataType":"String","StringValue":"\\u0001"}}')).toBe('InvalidMessageContents');
		expect(await codeOf('[]')).toBe('InvalidParameterValue');
		expect((await sending('{"a":{"DataType":"String","StringValue":"x","BinaryListValues":[]}}')).status).toBe(200);
	});

	test('1 MiB of attributes fits, as bytes too; only what no row could hold is refused', async () => {
		const [queue, dead] = [await sqsQueue(), await sqsQueue()];
		await ask('PATCH', `/v1/queues/${queue}`, { json: { deadLetter: dead, maxReceives: 2 } });
		const largest = 1_048_576 - 'xaString'.length;
		const sendOne = (a: object) => ({ QueueUrl: urlOf(queue), MessageBody: 'x', MessageAttributes: { a } });
		const bytes = { DataType: 'Binary', BinaryValue: Buffer.alloc(largest, 7).toString('base64') };
		const wide = text('é'.repeat(largest / 2));
		for (const value of [bytes, wide]) {
			await done('SendMessage', sendOne(value));
			for (const VisibilityTimeout of [0, 0]) {
				const { MessageAttributes } = await receiveMessage(queue, { VisibilityTimeout });
				expect(MessageAttributes).toEqual({ a: value });
			}
			expect(await receiveMessages(queue)).toEqual([]);
			expect((await receiveMessage(dead, { WaitTimeSeconds: 10 })).MessageAttributes).toEqual({ a: value });
		}
		const quotes = await failure('SendMessage', sendOne(text('"'.repeat(largest))));
		expect(quotes.message).toBe(
			'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
		);
	});
});
