import { z } from '@hono/zod-openapi';
import { isRefusal, type PublishOutcome, type Refusal, type Topic } from '../../../durable-objects/protocol';
import { topics } from '../../catalog';
import { Problem } from '../../problems';
import { listOf, publishBatch, publishOne } from '../../publishing';
import { batchAnswer, batchEntries, type Entry, each, eachWith, goodOf, readEntries } from '../batches';
import { AwsError } from '../errors';
import type { Actions } from '../facade';
import { messageIdOf } from '../message-ids';
import { isFifo, topicOfArn } from '../names';
import { sequenceNumber } from '../sequence';
import { action, invalid, topicArnParameter } from './action';
import { WORDS } from './batch-words';
import { compose, MOST_BYTES, messageFields } from './composing';
import { SNS_ERRORS } from './errors';

const PublishParameters = z
	.object({
		...messageFields,
		TopicArn: z.string().optional(),
		TargetArn: z.string().optional(),
		PhoneNumber: z.string().optional(),
	})
	.transform((fields) => ({ ...fields, topic: topicOf(fields) }));

export const publishActions: Actions = {
	Publish: action({
		access: 'publish',
		parameters: PublishParameters,
		about: ({ topic }) => topic,
		run: async ({ env }, { topic: name, ...fields }) => {
			const topic = await topics.cached(env, name);
			const { message, bytes } = compose(topic, fields);
			if (bytes > MOST_BYTES) throw invalid('Message too long');
			return sentAnswer(topic, await publishOne(env, topics, name, message));
		},
	}),

	PublishBatch: action({
		access: 'publish',
		parameters: z.object({ TopicArn: topicArnParameter, PublishBatchRequestEntries: batchEntries }),
		about: ({ TopicArn }) => TopicArn,
		run: async ({ env }, { TopicArn: name, PublishBatchRequestEntries }) => {
			const wishes = readEntries(WORDS, PublishBatchRequestEntries, z.object(messageFields));
			const topic = await topics.cached(env, name);
			const composed = each(wishes, (fields) => compose(topic, fields));
			checkTotal(composed);
			const good = goodOf(composed).map(({ message }) => message);
			const outcomes = good.length === 0 ? [] : listOf(await publishBatch(env, topics, name, good));
			const published = eachWith(composed, outcomes, (_, outcome) => {
				if (isRefusal(outcome)) throw Problem.of(outcome);
				return sentAnswer(topic, outcome);
			});
			return batchAnswer(WORDS, published);
		},
	}),
};

interface Targets {
	readonly TopicArn?: string | undefined;
	readonly TargetArn?: string | undefined;
	readonly PhoneNumber?: string | undefined;
}

/** A topic may be named as either. */
function topicOf({ TopicArn, TargetArn, PhoneNumber }: Targets): string {
	if (PhoneNumber !== undefined) throw invalid('PhoneNumber', 'Text messages are not supported: publish to a topic');
	const arn = TopicArn ?? TargetArn;
	if (arn === undefined) throw invalid('TopicArn or TargetArn', 'no value for required parameter');
	if (arn.includes(':endpoint/')) throw invalid('TargetArn', 'Mobile push is not supported: publish to a topic');
	const name = topicOfArn(arn);
	if (name === undefined)
		throw invalid(TopicArn === undefined ? 'TargetArn' : 'TopicArn', 'It is not the ARN of a topic');
	return name;
}

function checkTotal(entries: readonly Entry<{ readonly bytes: number }>[]): void {
	if (goodOf(entries).reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_BYTES) return;
	throw new AwsError(SNS_ERRORS.batchTooLong, 'The length of all the messages put together is more than the limit.');
}

type Accepted = Exclude<PublishOutcome, Refusal>;

function sentAnswer({ name }: Topic, { id, sequence }: Accepted) {
	return { MessageId: messageIdOf(id), SequenceNumber: isFifo(name) ? sequenceNumber(sequence) : undefined };
}
