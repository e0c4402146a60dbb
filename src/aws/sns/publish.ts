import { z } from '@hono/zod-openapi';
import { isRefusal, type PublishOutcome, type Refusal, type Topic } from '../../../durable-objects/protocol';
import { topics } from '../../catalog';
import { Problem } from '../../problems';
import { listOf, publishBatch, publishOne } from '../../publishing';
import { AwsError, type ErrorKind } from '../errors';
import type { Actions, Call } from '../facade';
import { messageIdOf } from '../message-ids';
import { isFifo, topicOfArn } from '../names';
import { sequenceNumber } from '../sequence';
import { action, invalid, topicArnParameter } from './action';
import { compose, MOST_BYTES, messageFields } from './composing';
import { errorOf, SNS_ERRORS } from './errors';

const MOST_ENTRIES = 10;
const Entry = z.object({ ...messageFields, Id: z.string().default('') });
type Entry = z.output<typeof Entry>;

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
		parameters: z.object({ TopicArn: topicArnParameter, PublishBatchRequestEntries: z.array(Entry).default([]) }),
		about: ({ TopicArn }) => TopicArn,
		run: (call, { TopicArn: name, PublishBatchRequestEntries }) => {
			checkIds(PublishBatchRequestEntries.map(({ Id }) => Id));
			return publishEntries(call, name, PublishBatchRequestEntries);
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

function checkIds(ids: readonly string[]): void {
	const { tooManyEntries, emptyBatch, entryIdsNotDistinct, invalidEntryId } = SNS_ERRORS;
	if (ids.length === 0) throw new AwsError(emptyBatch, "The batch request doesn't contain any entries.");
	if (ids.length > MOST_ENTRIES) {
		throw new AwsError(tooManyEntries, 'The batch request contains more entries than permissible.');
	}
	const wrong = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
	if (wrong !== undefined) {
		const why = wrong.length > 80 ? 'is too long' : 'contains an impermissible character';
		throw new AwsError(invalidEntryId, `The Id of a batch entry in the batch request ${why}: ${wrong.slice(0, 100)}`);
	}
	if (new Set(ids).size < ids.length) {
		throw new AwsError(entryIdsNotDistinct, 'Two or more batch entries in the request have the same Id.');
	}
}

/** An entry that is not valid is refused for itself; the others are published. */
async function publishEntries({ env }: Call, name: string, given: readonly Entry[]) {
	const topic = await topics.cached(env, name);
	const composed = given.map((entry) => orError(() => compose(topic, entry)));
	const good = composed.flatMap((one) => (one instanceof AwsError ? [] : [one]));
	if (good.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) {
		throw new AwsError(SNS_ERRORS.batchTooLong, 'The length of all the messages put together is more than the limit.');
	}
	const outcomes =
		good.length === 0
			? []
			: await publishBatch(
					env,
					topics,
					name,
					good.map(({ message }) => message),
				);
	const published = listOf(outcomes).values();
	const answers = given.map(({ Id }, index) => {
		const refused = composed[index];
		return { Id, outcome: refused instanceof AwsError ? refused : outcomeOf(published.next().value) };
	});
	return {
		Successful: answers.flatMap(({ Id, outcome }) =>
			outcome instanceof AwsError ? [] : [{ Id, ...sentAnswer(topic, outcome) }],
		),
		Failed: answers.flatMap(({ Id, outcome }) => (outcome instanceof AwsError ? [{ Id, ...failed(outcome) }] : [])),
	};
}

type Accepted = Exclude<PublishOutcome, Refusal>;

function outcomeOf(outcome: PublishOutcome | Problem | undefined): Accepted | AwsError {
	if (outcome === undefined) throw new Error('fewer outcomes than messages');
	if (outcome instanceof Problem) return errorOf(outcome);
	return isRefusal(outcome) ? errorOf(Problem.of(outcome)) : outcome;
}

function orError<T>(read: () => T): T | AwsError {
	try {
		return read();
	} catch (error) {
		if (error instanceof AwsError) return error;
		throw error;
	}
}

function failed({ kind, message, isSenders }: { kind: ErrorKind; message: string; isSenders: boolean }) {
	return { Code: kind.code, Message: message, SenderFault: isSenders };
}

function sentAnswer({ name }: Topic, { id, sequence }: Accepted) {
	return { MessageId: messageIdOf(id), SequenceNumber: isFifo(name) ? sequenceNumber(sequence) : undefined };
}
