import { describe, expect, test } from 'vitest';
import { newName, newTopic } from '../http/client';
import { envelopeOf, newSnsTopic, received, sns, snsFailure, textIn, textsIn, topicArnOf } from './sns';
import { newSubscribed, raw } from './subscribed';

const attributes = {
	text: { DataType: 'String', StringValue: 'Grüße & <mehr>' },
	number: { DataType: 'Number.int', StringValue: '12' },
	bytes: { DataType: 'Binary', BinaryValue: 'AP8=' },
	list: { DataType: 'String.Array', StringValue: '["a",1,true]' },
	constructor: { DataType: 'String', StringValue: 'x' },
};

describe('PublishBatch', () => {
	const batch = (topic: string, entries: readonly { readonly [name: string]: string | object }[]) =>
		({ TopicArn: topicArnOf(topic), PublishBatchRequestEntries: entries }) as Parameters<typeof sns>[1];

	test('answers each entry, and brings all of them', async () => {
		const { topic, queue } = await newSubscribed();
		const answer = await sns(
			'PublishBatch',
			batch(topic, [
				{ Id: 'a', Message: '1', Subject: 'S' },
				{ Id: 'b-_1', Message: '2', MessageAttributes: { text: attributes.text } },
			]),
		);
		expect(answer).toMatch(
			/^<Successful><member><Id>a<\/Id><MessageId>[^<]+<\/MessageId><\/member><member><Id>b-_1<\/Id><MessageId>[^<]+<\/MessageId><\/member><\/Successful><Failed\/>$/,
		);
		const envelopes = (await received(queue, 2)).map(envelopeOf);
		expect(envelopes.map(({ MessageId }) => MessageId)).toEqual(textsIn(answer, 'MessageId'));
		expect(envelopes).toMatchObject([
			{ Message: '1', Subject: 'S' },
			{ Message: '2', MessageAttributes: { text: { Type: 'String' } } },
		]);
	});

	test('refuses an entry for itself and takes the others', async () => {
		const { topic, queue } = await newSubscribed(raw);
		const answer = await sns(
			'PublishBatch',
			batch(topic, [
				{ Id: 'empty', Message: '' },
				{ Id: 'good', Message: 'good' },
				{ Id: 'faulty', Message: 'x', MessageAttributes: { a: { DataType: 'String' } } },
				{ Id: 'better', Message: 'better' },
			]),
		);
		expect(answer).toContain(
			'<Failed><member><Id>empty</Id><Code>InvalidParameter</Code><Message>Invalid parameter: Empty message</Message>' +
				'<SenderFault>true</SenderFault></member><member><Id>faulty</Id><Code>ParameterValueInvalid</Code>',
		);
		expect(textsIn(textIn(answer, 'Successful'), 'Id')).toEqual(['good', 'better']);
		expect((await received(queue, 2)).map(({ body }) => body)).toEqual(['good', 'better']);
	});

	test('an entry without a message is one of those, too', async () => {
		const { topic, queue } = await newSubscribed(raw);
		const answer = await sns('PublishBatch', batch(topic, [{ Id: 'none' }, { Id: 'good', Message: 'good' }]));
		expect(textsIn(textIn(answer, 'Failed'), 'Id')).toEqual(['none']);
		expect(textIn(answer, 'Message')).toBe('Invalid parameter: Message Reason: no value for required parameter');
		expect((await received(queue, 1)).map(({ body }) => body)).toEqual(['good']);
	});

	test('of faulty entries only publishes nothing', async () => {
		const { topic } = await newSubscribed(raw);
		expect(await sns('PublishBatch', batch(topic, [{ Id: 'empty', Message: '' }]))).toMatch(/^<Successful\/><Failed>/);
	});

	const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, Message: 'x' }));
	const half = 'x'.repeat(131_073);
	const wholes: readonly [string, readonly { Id: string; Message: string }[], string, string][] = [
		['none', [], 'EmptyBatchRequest', "The batch request doesn't contain any entries."],
		['eleven', many(11), 'TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.'],
		[
			'two of one id',
			[...many(1), ...many(1)],
			'BatchEntryIdsNotDistinct',
			'Two or more batch entries in the request have the same Id.',
		],
		[
			'an id with a dot',
			[{ Id: 'a.b', Message: 'x' }],
			'InvalidBatchEntryId',
			'The Id of a batch entry in the batch request contains an impermissible character: a.b',
		],
		[
			'an id of 81 letters',
			[{ Id: 'a'.repeat(81), Message: 'x' }],
			'InvalidBatchEntryId',
			`The Id of a batch entry in the batch request is too long: ${'a'.repeat(81)}`,
		],
		[
			'more than 256 KiB',
			['a', 'b'].map((Id) => ({ Id, Message: half })),
			'BatchRequestTooLong',
			'The length of all the messages put together is more than the limit.',
		],
	];
	test.each(wholes)('refuses %s as a whole', async (_, entries, code, message) => {
		const { topic, queue } = await newSubscribed(raw);
		expect(await snsFailure('PublishBatch', batch(topic, entries))).toEqual({ status: 400, code, message });
		await sns('Publish', { TopicArn: topicArnOf(topic), Message: 'alone' });
		expect((await received(queue, 1)).map(({ body }) => body)).toEqual(['alone']);
	});

	test('of an empty list as clients write it', async () => {
		const given = { TopicArn: topicArnOf(await newSnsTopic()), PublishBatchRequestEntries: '' };
		expect(await snsFailure('PublishBatch', given)).toMatchObject({ code: 'EmptyBatchRequest' });
	});

	test('to a topic that is not there', async () => {
		expect(await snsFailure('PublishBatch', batch(newName(), many(1)))).toMatchObject({
			status: 404,
			code: 'NotFound',
		});
	});

	test('to a topic of many partitions answers in order', async () => {
		const topic = await newTopic({ partitions: 4 });
		const answer = await sns('PublishBatch', batch(topic, many(10)));
		expect(textsIn(answer, 'Id')).toEqual(many(10).map(({ Id }) => Id));
		expect(new Set(textsIn(answer, 'MessageId')).size).toBe(10);
	});
});
