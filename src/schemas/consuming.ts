import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';
import { MESSAGE_ID, numeric, queueName, seconds, text } from './common';
import { BrowsedAnswer, ReceivedAnswer } from './messages';

const CONSUMER_LENGTH = 80;
const CURSOR_LENGTH = 24;

/** A lease may be as short as this; 0 would be a retry. */
const MINIMUM_LEASE_MS = 1;

const visibilityTimeoutSeconds = seconds(MINIMUM_LEASE_MS, LIMITS.visibilityTimeoutMs);

export const ReceiveBody = z
	.strictObject({
		max: z.int().min(1).max(LIMITS.batchMessages).default(10).describe('Messages at most.'),
		waitSeconds: seconds(0, LIMITS.waitMs).default(0).describe('How long to wait where there is none.'),
		visibilityTimeoutSeconds: visibilityTimeoutSeconds
			.optional()
			.describe("How long to hold them; default: the queue's."),
		consumer: text(CONSUMER_LENGTH, 1)
			.optional()
			.describe("Who asks, as `stale` will name it; default: the key's name."),
	})
	.openapi('Receive');

export const ReceiveAnswer = z.object({ messages: z.array(ReceivedAnswer) });

const receipt = z.string().min(1).max(64);

const retry = z.strictObject({
	receipt,
	delaySeconds: seconds(0, LIMITS.retentionMs).optional().describe("Default: the queue's backoff."),
	reason: text(LIMITS.reasonLength).optional().describe('Kept with the message, and in its dead letter.'),
});

const extend = z.strictObject({
	receipt,
	visibilityTimeoutSeconds: visibilityTimeoutSeconds.optional().describe("From now on; default: the queue's."),
});

function list<S extends z.ZodType>(entry: S) {
	return z.array(entry).max(LIMITS.batchMessages);
}

/** Entries of every kind together count against one bound, since they are one transaction. */
export const SettleBody = z
	.strictObject({ ack: list(receipt).default([]), retry: list(retry).default([]), extend: list(extend).default([]) })
	.check(({ value, issues }) => {
		const count = value.ack.length + value.retry.length + value.extend.length;
		const wrong = count === 0 ? 'must name at least one receipt' : `may name at most ${LIMITS.batchMessages} receipts`;
		if (count === 0 || count > LIMITS.batchMessages) {
			issues.push({ code: 'custom', path: [], message: wrong, input: value });
		}
	})
	.openapi('Settle');

export const AckBody = z.strictObject({ receipts: list(receipt).min(1) });
export const RetryBody = z.strictObject({ receipts: list(retry).min(1) });
export const ExtendBody = z.strictObject({ receipts: list(extend).min(1) });

export const OutcomeAnswer = z
	.object({
		receipt: z.string(),
		outcome: z
			.enum(['acked', 'retried', 'extended', 'buried', 'stale', 'unknown'])
			.describe(
				'stale: handed out again since, see the other fields; unknown: finished, removed or expired before. Neither changes anything.',
			),
		visibleAt: z.iso.datetime().optional().describe('retried: when it is handed out again.'),
		leaseExpiresAt: z.iso.datetime().optional().describe('extended: until when it is held.'),
		attempt: z.int().optional().describe('stale: the attempt that holds it.'),
		handedOutAt: z.iso.datetime().optional().describe('stale: since when.'),
		consumer: z.string().optional().describe('stale: by whom.'),
	})
	.openapi('Outcome');

export const OutcomesAnswer = z.object({ results: z.array(OutcomeAnswer).describe('One per receipt, in order.') });
export const SettleAnswer = z.object({
	ack: z.array(OutcomeAnswer),
	retry: z.array(OutcomeAnswer),
	extend: z.array(OutcomeAnswer),
});

export const BrowseQuery = z.strictObject({
	state: z.enum(['visible', 'leased', 'delayed']).optional(),
	after: z
		.string()
		.max(CURSOR_LENGTH)
		.regex(/^\d{1,2}\.\d{1,16}$/, 'must be the "next" of the page before')
		.optional(),
	limit: numeric(z.int().min(1).max(LIMITS.browseMessages).default(20)),
});

export const BrowseAnswer = z.object({
	messages: z.array(BrowsedAnswer),
	next: z.string().nullable().describe('Pass it as `after`; null at the end.'),
});

export const RedriveBody = z
	.strictObject({
		to: queueName.nullable().default(null).describe('Target queue; null: each message to the queue it came from.'),
		ids: z
			.array(MESSAGE_ID)
			.min(1)
			.max(LIMITS.batchMessages)
			.nullable()
			.default(null)
			.describe('Only these; null: everything that is visible now.'),
		ratePerSecond: z
			.number()
			.positive()
			.max(LIMITS.redriveRatePerSecond)
			.nullable()
			.default(null)
			.describe('Messages a second for the whole queue; null: as fast as it goes.'),
	})
	.openapi('Redrive');

export const RedriveAnswer = z.object({
	accepted: z.int().describe('Messages that move.'),
	rejected: z.array(z.string()).describe('Ids that are not here, are leased, or have no origin to go to.'),
});

export const PurgeAnswer = z.object({ purged: z.int() });
