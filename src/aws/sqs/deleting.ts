import { z } from '@hono/zod-openapi';
import type { SettleOutcome } from '../../../durable-objects/protocol';
import type { Entry } from '../../entries';
import { batchAnswer, batchEntries, eachWith, goodOf, readEntries } from '../batches';
import { AwsError } from '../errors';
import type { Actions, Call } from '../facade';
import { isFifo } from '../names';
import { action, queueUrlParameter } from './action';
import { batchWords, withoutEmpty } from './batch-words';
import { settleHandles, uselessHandle } from './handles';

const fields = { ReceiptHandle: z.string() };
const WORDS = batchWords('DeleteMessageBatchRequestEntry');

export const deletingActions: Actions = {
	DeleteMessage: action({
		access: 'consume',
		parameters: z.object({ QueueUrl: queueUrlParameter, ...fields }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, ReceiptHandle }) => {
			const [deleted] = await deleteMessages(call, name, [ReceiptHandle]);
			if (deleted instanceof AwsError) throw deleted;
		},
	}),
	DeleteMessageBatch: action({
		access: 'consume',
		parameters: z.object({ QueueUrl: queueUrlParameter, Entries: batchEntries }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, Entries }) => {
			const wishes = readEntries(WORDS, Entries, z.object(fields));
			const handles = goodOf(wishes).map(({ ReceiptHandle }) => ReceiptHandle);
			const deleted = eachWith(wishes, await deleteMessages(call, name, handles), () => ({}));
			return withoutEmpty(batchAnswer(WORDS, deleted));
		},
	}),
};

/** Deletes by each handle: null, also where there was nothing to delete any more, or an error. */
async function deleteMessages({ env }: Call, name: string, handles: readonly string[]): Promise<(AwsError | null)[]> {
	// What comes late must not delete on a FIFO queue: by then the message may be with somebody else, and its group goes on from there.
	const strict = isFifo(name) ? { onlyLeased: true as const } : {};
	const entries = handles.map((receipt, index): Entry => ({ verb: 'ack', path: [index], receipt, ...strict }));
	const outcomes = await settleHandles(env, name, entries);
	return outcomes.map((outcome, index) => errorIn(outcome, handles[index] as string, isFifo(name)));
}

function errorIn(outcome: SettleOutcome | AwsError, handle: string, isFifoQueue: boolean): AwsError | null {
	if (outcome instanceof AwsError) return outcome;
	const isLate = isFifoQueue && (outcome.outcome === 'expired' || outcome.outcome === 'stale');
	return isLate ? uselessHandle(handle, 'The receipt handle has expired.') : null;
}
