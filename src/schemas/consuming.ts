import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';
import { numeric, resourceName, seconds, text } from './common';
import { BrowsedAnswer, MinimalAnswer, NewMessageBody, ReceivedAnswer } from './messages';

const CONSUMER_LENGTH = 80;
const CURSOR_LENGTH = 24;

/** A lease may be as short as this; 0 would be a retry. */
const MINIMUM_LEASE_MS = 1;

const visibilityTimeoutSeconds = seconds(MINIMUM_LEASE_MS, LIMITS.visibilityTimeoutMs);

const RECEIPT_LENGTH = 64;
const receipt = z.string().min(1).max(RECEIPT_LENGTH);

function list<S extends z.ZodType>(entry: S) {
	return z.array(entry).max(LIMITS.batchMessages);
}

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
		keyFirst: z
			.boolean()
			.default(false)
			.describe(
				`Fill the answer from one key before another, passing over up to ${LIMITS.passedKeys} keys and ${LIMITS.passedMessages} messages ` +
					'for it; otherwise it is filled in publish order. Each key is in order either way.',
			),
		ack: list(receipt)
			.optional()
			.describe('Receipts of messages that are done: acknowledged first, as POST …/ack would, in the same request.'),
		minimal: z
			.boolean()
			.default(false)
			.describe(
				'Answer of each message only its id, body and receipt, and what it has of key, encoding (if not text), content type, attributes, ' +
					'traceparent, priority (if not 0), attempt (if not 1), failures and dead letter; and of `ack` only what did not come out as `acked`.',
			),
		attemptId: text(LIMITS.attemptIdLength, 1)
			.optional()
			.describe(
				`Names this receive, so that it can be asked again when its answer was lost: within ${LIMITS.receiveAttemptMs / 1_000} s ` +
					'the same name answers the same messages with the same receipts, each held anew from then on, as long as none of ' +
					'them was acknowledged, retried, extended, removed or handed out again, and no lease is over. Otherwise, and in a queue ' +
					'that delivers at most once, it is a receive like any other. With several partitions that holds for each on its own.',
			),
	})
	.openapi('Receive');

/**
 * A receive that says no more than how many, what is done, and how to answer, or null: then the schema looks. What passes
 * here passes the schema with the same output; a test holds it.
 */
export function plainReceive(body: unknown): z.output<typeof ReceiveBody> | null {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
	const { max = 10, ack, minimal = false, ...others } = body as { max?: unknown; ack?: unknown; minimal?: unknown };
	if (typeof minimal !== 'boolean' || Object.keys(others).length > 0) return null;
	if (typeof max !== 'number' || !Number.isInteger(max) || max < 1 || max > LIMITS.batchMessages) return null;
	const plain = { max, waitSeconds: 0, keyFirst: false, minimal };
	if (ack === undefined) return plain;
	return isReceipts(ack) ? { ...plain, ack } : null;
}

function isReceipts(list: unknown): list is string[] {
	if (!Array.isArray(list) || list.length > LIMITS.batchMessages) return false;
	return list.every((text) => typeof text === 'string' && text !== '' && text.length <= RECEIPT_LENGTH);
}

const retry = z.strictObject({
	receipt,
	delaySeconds: seconds(0, LIMITS.retentionMs).optional().describe("Default: the queue's backoff."),
	reason: text(LIMITS.reasonLength).optional().describe('Kept with the message, and in its dead letter.'),
});

const extend = z.strictObject({
	receipt,
	visibilityTimeoutSeconds: visibilityTimeoutSeconds.optional().describe("From now on; default: the queue's."),
});

const onlyLeased = z
	.boolean()
	.default(false)
	.describe('Settle only what is still held: a receipt whose lease is over, or which was given back, is `expired`.');

export const SuccessorsBody = z
	.strictObject({
		queue: resourceName.optional(),
		topic: resourceName.optional(),
		messages: list(NewMessageBody).min(1),
		receipt: receipt
			.optional()
			.describe('One of `ack`: acknowledging it publishes these. Named by every entry, or by none.'),
	})
	.check(({ value, issues }) => {
		if ((value.queue === undefined) !== (value.topic === undefined)) return;
		issues.push({ code: 'custom', path: [], message: 'must name either a queue or a topic', input: value });
	})
	.openapi('Successors');

/** Entries of every kind together count against one bound, since they are one transaction. */
export const SettleBody = z
	.strictObject({
		ack: list(receipt).default([]),
		retry: list(retry).default([]),
		extend: list(extend).default([]),
		onlyLeased,
		publish: list(SuccessorsBody).min(1).optional().describe('What acknowledging publishes, to queues and topics.'),
	})
	.check(({ value, issues }) => {
		const wrong = (message: string, ...path: PropertyKey[]) =>
			issues.push({ code: 'custom', path, message, input: value });
		const count = value.ack.length + value.retry.length + value.extend.length;
		if (count === 0) wrong('must name at least one receipt');
		else if (count > LIMITS.batchMessages) wrong(`may name at most ${LIMITS.batchMessages} receipts`);
		if (value.publish === undefined) return;
		if (value.ack.length === 0) wrong('needs at least one receipt in ack', 'publish');
		const messages = value.publish.reduce((sum, entry) => sum + entry.messages.length, 0);
		if (messages > LIMITS.batchMessages) wrong(`may have at most ${LIMITS.batchMessages} messages in all`, 'publish');
		const named = value.publish[0]?.receipt !== undefined;
		for (const [index, { receipt }] of value.publish.entries()) {
			if ((receipt !== undefined) !== named)
				wrong('must be named by every entry or by none', 'publish', index, 'receipt');
			else if (receipt !== undefined && !value.ack.includes(receipt))
				wrong('must be one of ack', 'publish', index, 'receipt');
		}
	})
	.openapi('Settle');

export const AckBody = z.strictObject({
	receipts: list(receipt).min(1),
	onlyLeased,
	minimal: z.boolean().default(false).describe('Answer only what did not come out as `acked`.'),
});

/**
 * An acknowledgement of nothing but receipts, as most are, or null: then the schema looks. What passes here passes the
 * schema with the same output; a test holds it.
 */
export function plainAck(body: unknown): z.output<typeof AckBody> | null {
	if (typeof body !== 'object' || body === null) return null;
	const { receipts, minimal = false, ...others } = body as { receipts?: unknown; minimal?: unknown };
	if (typeof minimal !== 'boolean' || Object.keys(others).length > 0) return null;
	if (!isReceipts(receipts) || receipts.length === 0) return null;
	return { receipts, onlyLeased: false, minimal };
}

export const RetryBody = z.strictObject({ receipts: list(retry).min(1), onlyLeased });
export const ExtendBody = z.strictObject({ receipts: list(extend).min(1), onlyLeased });

export const OutcomeAnswer = z
	.object({
		receipt: z.string(),
		outcome: z
			.enum(['acked', 'retried', 'extended', 'buried', 'stale', 'unknown', 'kept', 'expired'])
			.describe(
				'stale: handed out again since, see the other fields; unknown: finished, removed or expired before; expired: of `onlyLeased`, nobody else has it, but it is not held any more. ' +
					'None of these changes anything. ' +
					'kept: not acknowledged and still held, because another receipt of what it publishes with could not be acknowledged.',
			),
		visibleAt: z.iso.datetime().optional().describe('retried: when it is handed out again.'),
		leaseExpiresAt: z.iso.datetime().optional().describe('extended: until when it is held.'),
		attempt: z.int().optional().describe('stale: the attempt that holds it.'),
		handedOutAt: z.iso.datetime().optional().describe('stale: since when.'),
		consumer: z.string().optional().describe('stale: by whom.'),
	})
	.openapi('Outcome');

export const OutcomesAnswer = z.object({
	results: z
		.array(OutcomeAnswer)
		.describe('One per receipt, in order; with `minimal`, only of those that are not `acked`.'),
});

const ackOutcomes = z
	.array(OutcomeAnswer)
	.optional()
	.describe(
		'What became of each receipt, in order; with `minimal`, only of those that are not `acked`. Only where `ack` is.',
	);

const receipts = z
	.array(z.string())
	.describe(
		'Acknowledging these acknowledges all messages: each stands for those of `messages` that stood one after the other in the queue. ' +
			'They are for acknowledging only. Its outcome is one, `acked`, or one for each of its messages, by their own receipts.',
	);

export const ReceivedFully = z.object({ messages: z.array(ReceivedAnswer), receipts, ack: ackOutcomes });
export const ReceivedMinimally = z.object({ messages: z.array(MinimalAnswer), receipts, ack: ackOutcomes });
export const ReceiveAnswer = z.union([ReceivedFully, ReceivedMinimally]);
export const SettleAnswer = z.object({
	ack: z.array(OutcomeAnswer),
	retry: z.array(OutcomeAnswer),
	extend: z.array(OutcomeAnswer),
	published: z
		.int()
		.optional()
		.describe('Messages that were handed over: they are on their way. Only where `publish` is.'),
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

export const PurgeQuery = z.strictObject({
	forgetDedup: z
		.enum(['true', 'false'])
		.default('false')
		.describe('true: what was accepted under a dedupId is forgotten too, so that it can be published again.'),
});

export const PurgeAnswer = z.object({ purged: z.int() });
