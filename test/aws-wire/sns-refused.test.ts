import { describe, expect, test } from 'vitest';
import { newKey, newName } from '../http/client';
import { arnOf, type Credentials } from './client';
import { newSnsTopic, one, sns, snsFailure, topicArnOf } from './sns';
import { newSubscribed, raw } from './subscribed';

describe('Publish refuses', () => {
	const string = { DataType: 'String', StringValue: 'x' };
	const wrong: readonly [string, Parameters<typeof sns>[1], string, string][] = [
		['no message', { Message: '' }, 'InvalidParameter', 'Invalid parameter: Empty message'],
		['an empty subject', { Subject: '' }, 'InvalidParameter', 'Invalid parameter: Subject'],
		['a long subject', { Subject: 's'.repeat(101) }, 'InvalidParameter', 'Invalid parameter: Subject'],
		['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameter', 'Invalid parameter: Subject'],
		[
			'a message of more than 256 KiB',
			{ Message: 'x'.repeat(262_145) },
			'InvalidParameter',
			'Invalid parameter: Message too long',
		],
		[
			'more than 256 KiB with its attributes',
			{ Message: 'x'.repeat(262_137), MessageAttributes: { a: string } },
			'InvalidParameter',
			'Invalid parameter: Message too long',
		],
		['another structure', { MessageStructure: 'xml' }, 'InvalidParameter', 'Invalid parameter: MessageStructure'],
		[
			'a telephone',
			{ PhoneNumber: '+491234567' },
			'InvalidParameter',
			'Invalid parameter: PhoneNumber Reason: Text messages are not supported: publish to a topic',
		],
		[
			'a deduplication id where there is no order',
			{ MessageDeduplicationId: 'd' },
			'InvalidParameter',
			'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
		],
		[
			'an attribute of no type',
			{ MessageAttributes: { a: { StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
		],
		[
			'an attribute of another type',
			{ MessageAttributes: { a: { DataType: 'Stringy', StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
		],
		[
			'an empty attribute',
			{ MessageAttributes: { a: { DataType: 'String', StringValue: '' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
		],
		[
			'an attribute without a value',
			{ MessageAttributes: { a: { DataType: 'Binary' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' must contain non-empty message attribute value for message attribute type 'Binary'.",
		],
		[
			'bytes as text',
			{ MessageAttributes: { a: { DataType: 'Binary', StringValue: 'x' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' with type 'Binary' must use field 'Binary'.",
		],
		[
			'bytes that are not base64',
			{ MessageAttributes: { a: { DataType: 'Binary', BinaryValue: '?' } } },
			'ParameterValueInvalid',
			"The message attribute 'a' has a value that is not base64.",
		],
		[
			'a number that is none',
			{ MessageAttributes: { a: { DataType: 'Number', StringValue: 'ten' } } },
			'ParameterValueInvalid',
			"Could not cast message attribute 'a' value to number.",
		],
		[
			'a name with another character',
			{ MessageAttributes: { 'a b': string } },
			'ParameterValueInvalid',
			"Invalid non-alphanumeric character '#x20' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
		],
		[
			'a name with two dots',
			{ MessageAttributes: { 'a..b': string } },
			'ParameterValueInvalid',
			"Message attribute name can not have successive '.' character.",
		],
		[
			'a name that begins with a dot',
			{ MessageAttributes: { '.a': string } },
			'ParameterValueInvalid',
			"Invalid message attribute name starting with character '.' was found.",
		],
	];
	test.each(wrong)('%s', async (_, parameters, code, message) => {
		const topic = await newSnsTopic();
		const refused = await snsFailure('Publish', { TopicArn: topicArnOf(topic), Message: 'x', ...parameters });
		expect(refused).toEqual({ status: 400, code, message });
	});

	test('takes 256 KiB', async () => {
		const { topic, queue } = await newSubscribed(raw);
		const Message = 'x'.repeat(262_136);
		await sns('Publish', { TopicArn: topicArnOf(topic), Message, MessageAttributes: { a: string } });
		expect((await one(queue)).body).toBe(Message);
	});

	test('what is no topic', async () => {
		const refused = (parameters: Parameters<typeof sns>[1]) => snsFailure('Publish', { Message: 'x', ...parameters });
		expect(await refused({ TopicArn: topicArnOf(newName()) })).toEqual({
			status: 404,
			code: 'NotFound',
			message: 'Topic does not exist',
		});
		expect((await refused({})).message).toBe(
			'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
		);
		const TargetArn = 'arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/5e3e9847-3183-3f18-a7e8-671c3a57d4b3';
		expect((await refused({ TargetArn })).message).toBe(
			'Invalid parameter: TargetArn Reason: Mobile push is not supported: publish to a topic',
		);
		expect((await refused({ TopicArn: arnOf('q') })).code).toBe('InvalidParameter');
	});

	test('a key that does not publish here', async () => {
		const topic = await newSnsTopic();
		const given = { TopicArn: topicArnOf(topic), Message: 'x' };
		const consumer: Credentials = await newKey(['consume', 'manage'], [topic]);
		const elsewhere: Credentials = await newKey(['publish'], [newName()]);
		const publisher: Credentials = await newKey(['publish'], [topic]);
		for (const credentials of [consumer, elsewhere]) {
			expect(await snsFailure('Publish', given, credentials)).toMatchObject({
				status: 403,
				code: 'AuthorizationError',
			});
		}
		await sns('Publish', given, publisher);
	});
});
