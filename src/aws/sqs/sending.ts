import { z } from '@hono/zod-openapi';
import { isRefusal } from '../../../durable-objects/protocol';
import { queues } from '../../catalog';
import { Problem } from '../../problems';
import { listOf, publishBatch, publishOne } from '../../publishing';
import { batchAnswer, batchEntries, type Entry, each, eachWith, goodOf, readEntries } from '../batches';
import { AwsError } from '../errors';
import type { Actions } from '../facade';
import { action, queueUrlParameter } from './action';
import { batchWords, withoutEmpty } from './batch-words';
import { SQS_ERRORS } from './errors';
import { MAXIMUM_MESSAGE_BYTES } from './kept';
import { checkSize, compose, messageFields, type Outgoing, sentAnswer } from './outgoing';

const WORDS = batchWords('SendMessageBatchRequestEntry');

/** Sending: each costs one call of an object for each partition that it goes to, as natively. */
export const sendingActions: Actions = {
	SendMessage: action({
		access: 'publish',
		parameters: z.object({ QueueUrl: queueUrlParameter, ...messageFields }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, ...fields }) => {
			const queue = await queues.cached(call.env, name);
			const outgoing = compose(call, queue, fields);
			checkSize(queue, outgoing);
			return sentAnswer(queue, outgoing, await publishOne(call.env, queues, name, outgoing.message));
		},
	}),
	SendMessageBatch: action({
		access: 'publish',
		parameters: z.object({ QueueUrl: queueUrlParameter, Entries: batchEntries }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, Entries }) => {
			const queue = await queues.cached(call.env, name);
			const wishes = readEntries(WORDS, Entries, z.object(messageFields));
			const composed = each(wishes, (fields) => compose(call, queue, fields));
			checkTotal(composed);
			const checked = each(composed, (outgoing) => {
				checkSize(queue, outgoing);
				return outgoing;
			});
			const good = goodOf(checked).map(({ message }) => message);
			const outcomes = good.length === 0 ? [] : listOf(await publishBatch(call.env, queues, name, good));
			const sent = eachWith(checked, outcomes, (outgoing, outcome) => {
				if (isRefusal(outcome)) throw Problem.of(outcome);
				return sentAnswer(queue, outgoing, outcome);
			});
			return withoutEmpty(batchAnswer(WORDS, sent));
		},
	}),
};

/** A batch may be as long as one message may at most, whatever the queue takes of each. */
function checkTotal(entries: readonly Entry<Outgoing>[]): void {
	const total = goodOf(entries).reduce((sum, { bytes }) => sum + bytes, 0);
	if (total <= MAXIMUM_MESSAGE_BYTES) return;
	const rule = `Batch requests cannot be longer than ${MAXIMUM_MESSAGE_BYTES} bytes. You have sent ${total} bytes.`;
	throw new AwsError(SQS_ERRORS.batchTooLong, rule);
}
