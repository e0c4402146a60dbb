import { describe, expect, test } from 'vitest';
import { keptBy } from '../../src/aws/sqs/kept';
import { envelopeOf, newSnsTopic, received, sns, snsFailure, textIn, topicArnOf } from './sns';
import { type Ends, newSubscribed, raw } from './subscribed';

describe('a FIFO topic', () => {
	const inGroup = (topic: string, group: string, Message: string, id?: string) => ({
		TopicArn: topicArnOf(topic),
		Message,
		MessageGroupId: group,
		...(id === undefined ? {} : { MessageDeduplicationId: id }),
	});
	const numbersOf = (answer: string) => [textIn(answer, 'MessageId'), textIn(answer, 'SequenceNumber')];

	async function fifo(topic: Record<string, string> = {}, subscription: Record<string, string> = {}): Promise<Ends> {
		return newSubscribed(subscription, { topic: await newSnsTopic({ FifoTopic: 'true', ...topic }) });
	}

	test('numbers its messages, also in their notifications, and does not sign them', async () => {
		const { topic, queue } = await fifo();
		const answers = [];
		for (const id of ['1', '2']) answers.push(await sns('Publish', inGroup(topic, 'g', id, id)));
		const batch = [{ Id: 'c', Message: '3', MessageGroupId: 'g', MessageDeduplicationId: '3' }];
		answers.push(await sns('PublishBatch', { TopicArn: topicArnOf(topic), PublishBatchRequestEntries: batch }));
		const told = answers.map(numbersOf);
		expect(told.map(([, number]) => number)).toEqual(['1', '2', '3'].map((number) => number.padStart(20, '0')));
		const messages = await received(queue, 3);
		const envelopes = messages.map(envelopeOf);
		expect(envelopes.map(({ MessageId, SequenceNumber }) => [MessageId, SequenceNumber])).toEqual(told);
		expect(envelopes.map(({ Message }) => Message)).toEqual(['1', '2', '3']);
		expect(envelopes[0]).not.toHaveProperty('Signature');
		expect(messages.map((message) => [message.key, keptBy(message).dedupId])).toEqual([
			['g', '1'],
			['g', '2'],
			['g', '3'],
		]);
	});

	test('takes the same deduplication id once', async () => {
		const { topic, queue } = await fifo({}, raw);
		const first = await sns('Publish', inGroup(topic, 'g', 'a', 'one'));
		expect(numbersOf(await sns('Publish', inGroup(topic, 'h', 'b', 'one')))).toEqual(numbersOf(first));
		await sns('Publish', inGroup(topic, 'g', 'c', 'two'));
		expect((await received(queue, 2)).map(({ body }) => body)).toEqual(['a', 'c']);
	});

	test('takes the same content once, where it goes by that', async () => {
		const { topic, queue } = await fifo({ ContentBasedDeduplication: 'true' }, raw);
		for (const [message, id] of [['a'], ['a'], ['a', 'own'], ['b'], ['b']] as const) {
			await sns('Publish', inGroup(topic, 'g', message, id));
		}
		expect((await received(queue, 3)).map(({ body }) => body)).toEqual(['a', 'a', 'b']);
	});

	test('takes the same deduplication id once per group, where it goes by that', async () => {
		const { topic, queue } = await fifo({ FifoThroughputScope: 'MessageGroup' }, raw);
		for (const [group, message] of [
			['g', '1'],
			['g', '2'],
			['h', '3'],
			['h', '4'],
		] as const) {
			await sns('Publish', inGroup(topic, group, message, 'one'));
		}
		const messages = await received(queue, 2);
		expect(messages.map(({ body, key }) => [key, body])).toEqual([
			['g', '1'],
			['h', '3'],
		]);
		expect(messages.map((message) => keptBy(message).dedupId)).toEqual(['one', 'one']);
	});

	test('refuses a message without a group, without a deduplication id, or with one that is none', async () => {
		const topic = await newSnsTopic({ FifoTopic: 'true' });
		const { MessageGroupId: _, ...without } = inGroup(topic, 'g', 'x', 'one');
		for (const [given, message] of [
			[without, 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics'],
			[
				inGroup(topic, 'g', 'x'),
				'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
			],
			[
				inGroup(topic, 'a b', 'x', 'one'),
				'Invalid parameter: MessageGroupId Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length',
			],
			[
				inGroup(topic, 'g', 'x', 'i'.repeat(129)),
				'Invalid parameter: MessageDeduplicationId Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length',
			],
		] as const) {
			expect(await snsFailure('Publish', given)).toEqual({ status: 400, code: 'InvalidParameter', message });
		}
	});
});
