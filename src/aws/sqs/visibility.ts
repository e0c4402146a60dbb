import { z } from '@hono/zod-openapi';
import { LIMITS, type SettleOutcome } from '../../../durable-objects/protocol';
import type { Entry } from '../../entries';
import { milliseconds } from '../../schemas/common';
import { batchAnswer, batchEntries, eachWith, goodOf, readEntries } from '../batches';
import { AwsError } from '../errors';
import type { Actions, Call } from '../facade';
import { numberParameter } from '../parameters';
import { action, queueUrlParameter } from './action';
import { batchWords, withoutEmpty } from './batch-words';
import { invalidParameter, SQS_ERRORS } from './errors';
import { settleHandles, uselessHandle } from './handles';

const LONGEST_SECONDS = LIMITS.visibilityTimeoutMs / 1_000;
/** AWS counts whole seconds: the longest timeout may be asked for a moment after the receive. */
const LONGEST_TOTAL_MS = LIMITS.visibilityTimeoutMs + 999;

const fields = { ReceiptHandle: z.string(), VisibilityTimeout: numberParameter(0, LONGEST_SECONDS) };
const WORDS = batchWords('ChangeMessageVisibilityBatchRequestEntry');

interface Change {
	readonly ReceiptHandle: string;
	readonly VisibilityTimeout: number;
}

export const visibilityActions: Actions = {
	ChangeMessageVisibility: action({
		access: 'consume',
		parameters: z.object({ QueueUrl: queueUrlParameter, ...fields }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, ...change }) => {
			const [changed] = await changeAll(call, name, [change]);
			if (changed instanceof AwsError) throw changed;
		},
	}),
	ChangeMessageVisibilityBatch: action({
		access: 'consume',
		parameters: z.object({ QueueUrl: queueUrlParameter, Entries: batchEntries }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, Entries }) => {
			const wishes = readEntries(WORDS, Entries, z.object(fields));
			const changed = eachWith(wishes, await changeAll(call, name, goodOf(wishes)), () => ({}));
			return withoutEmpty(batchAnswer(WORDS, changed));
		},
	}),
};

/** Makes each change: null, or an error. */
async function changeAll({ env }: Call, name: string, changes: readonly Change[]): Promise<(AwsError | null)[]> {
	const outcomes = await settleHandles(env, name, changes.map(entryOf));
	return outcomes.map((outcome, index) => errorIn(outcome, changes[index] as Change));
}

/** A timeout of 0 gives the message back. */
function entryOf({ ReceiptHandle: receipt, VisibilityTimeout }: Change, index: number): Entry {
	const entry = { path: [index], receipt, onlyLeased: true } as const;
	if (VisibilityTimeout === 0) return { ...entry, verb: 'retry', delayMs: 0, reason: 'ChangeMessageVisibility(0)' };
	const visibilityTimeoutMs = milliseconds(VisibilityTimeout);
	return { ...entry, verb: 'extend', visibilityTimeoutMs, totalMs: LONGEST_TOTAL_MS };
}

const GONE = 'Message does not exist or is not available for visibility timeout change.';

function errorIn(outcome: SettleOutcome | AwsError, { ReceiptHandle, VisibilityTimeout }: Change): AwsError | null {
	if (outcome instanceof AwsError) return outcome;
	switch (outcome.outcome) {
		case 'unknown':
		case 'stale':
			return uselessHandle(ReceiptHandle, GONE);
		case 'expired':
			return new AwsError(SQS_ERRORS.notInFlight, 'The specified message is not in flight.');
		case 'too_long': {
			const reason = `Total VisibilityTimeout for the message is beyond the limit [${LONGEST_SECONDS} seconds]`;
			return invalidParameter('VisibilityTimeout', String(VisibilityTimeout), reason);
		}
		default:
			return null;
	}
}
