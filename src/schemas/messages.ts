import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';
import { instant, numeric, ProblemAnswer, seconds, text } from './common';

const options = {
	key: text(LIMITS.keyLength, 1).describe('Messages of one key are handed out in publish order.'),
	dedupId: text(LIMITS.dedupIdLength, 1).describe(
		"Accepted once within the window of its queue or topic; again, it answers the first message's id with duplicate: true.",
	),
	delaySeconds: seconds(0, LIMITS.retentionMs).describe(
		"Not handed out before this has passed; default: the queue's. Not to a topic.",
	),
	deliverAt: instant.describe('Not handed out before this instant; instead of delaySeconds. Not to a topic.'),
	ttlSeconds: seconds(1, LIMITS.retentionMs).describe('Dropped if it is older than this; the retention still holds.'),
	priority: z
		.int()
		.min(0)
		.max(LIMITS.priorities - 1)
		.describe('Higher goes first; default 0. Not together with a key.'),
};

const ATTRIBUTE_RULE = `must be 1 to ${LIMITS.attributeNameLength} of the characters A-Z a-z 0-9 _ . -`;
export const ATTRIBUTE_NAME = new RegExp(`^(?!__proto__$)[A-Za-z0-9_.-]{1,${LIMITS.attributeNameLength}}$`);
export const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Printable ASCII: it goes back out as a header's value would. */
export const CONTENT_TYPE = /^[\x20-\x7e]{1,255}$/;

const attributes = z
	.record(z.string().regex(ATTRIBUTE_NAME, ATTRIBUTE_RULE), text(LIMITS.attributeBytes))
	.describe(`At most ${LIMITS.attributes}, names and values together at most ${LIMITS.attributeBytes} bytes.`);

export interface Options {
	readonly key?: string;
	readonly dedupId?: string;
	readonly delaySeconds?: number;
	readonly deliverAt?: string;
	readonly ttlSeconds?: number;
	readonly priority?: number;
}

interface Issues {
	readonly value: Options;
	readonly issues: z.core.$ZodRawIssue[];
}

/** What cannot be asked together; the same for one message and for each of a batch. */
function consistent({ value, issues }: Issues): void {
	const contradict = (field: keyof Options, message: string) =>
		issues.push({ code: 'custom', path: [field], message, input: value[field] });
	if (value.delaySeconds !== undefined && value.deliverAt !== undefined) {
		contradict('deliverAt', 'contradicts delaySeconds: give one of the two');
	}
	if (value.priority !== undefined && value.key !== undefined) {
		contradict('priority', 'contradicts key: messages of a key go in publish order');
	}
	if (value.delaySeconds !== undefined && value.ttlSeconds !== undefined && value.delaySeconds >= value.ttlSeconds) {
		contradict('ttlSeconds', 'must be more than delaySeconds: the message would never be handed out');
	}
}

/** Options of publish-one, from the query. */
export const PublishQuery = z
	.strictObject({
		key: options.key,
		dedupId: options.dedupId,
		delaySeconds: numeric(options.delaySeconds.optional()),
		deliverAt: options.deliverAt,
		ttlSeconds: numeric(options.ttlSeconds.optional()),
		priority: numeric(options.priority.optional()),
	})
	.partial()
	.check(consistent);

export const NewMessageBody = z
	.strictObject({
		body: z
			.string()
			.refine(
				(value) => value.isWellFormed(),
				'must be well-formed Unicode: it has a lone surrogate; send bytes as base64',
			)
			.describe('Text, or bytes in base64 where the encoding says so.'),
		encoding: z.enum(['text', 'base64']).default('text'),
		contentType: z.string().regex(CONTENT_TYPE, 'must be 1 to 255 printable ASCII characters').optional(),
		attributes: attributes.optional(),
		traceparent: z.string().regex(TRACEPARENT, 'must be a W3C traceparent').optional(),
		key: options.key.optional(),
		dedupId: options.dedupId.optional(),
		delaySeconds: options.delaySeconds.optional(),
		deliverAt: options.deliverAt.optional(),
		ttlSeconds: options.ttlSeconds.optional(),
		priority: options.priority.optional(),
	})
	.check(consistent)
	.openapi('NewMessage');

export const BatchBody = z.strictObject({
	messages: z.array(NewMessageBody).min(1).max(LIMITS.batchMessages),
	minimal: z
		.boolean()
		.default(false)
		.describe('Where every message is accepted, answer how many instead of an id and a sequence for each.'),
});

/**
 * A batch of nothing but bodies, keys and dedupIds, as most are, or null: then the schema looks. What passes here passes
 * the schema with the same output (a test holds it); walking the schema is a sixth of the time of a batch of 100.
 */
export function plainBatch(body: unknown): z.output<typeof BatchBody> | null {
	if (typeof body !== 'object' || body === null) return null;
	const { messages, minimal = false, ...others } = body as { messages?: unknown; minimal?: unknown };
	if (typeof minimal !== 'boolean' || Object.keys(others).length > 0) return null;
	if (!Array.isArray(messages) || messages.length < 1 || messages.length > LIMITS.batchMessages) return null;
	for (const message of messages) {
		if (typeof message !== 'object' || message === null) return null;
		for (const name in message) if (!isPlainField(name, (message as Record<string, unknown>)[name])) return null;
		if ((message as { body?: unknown }).body === undefined) return null;
	}
	// The default is filled in where the schema would fill it in, on the object that JSON.parse has just made.
	for (const message of messages as { encoding?: string }[]) message.encoding = 'text';
	return { messages: messages as z.output<typeof BatchBody>['messages'], minimal };
}

function isPlainField(name: string, value: unknown): boolean {
	if (typeof value !== 'string' || !value.isWellFormed()) return false;
	if (name === 'body') return true;
	const most = name === 'key' ? LIMITS.keyLength : name === 'dedupId' ? LIMITS.dedupIdLength : 0;
	return value.length >= 1 && value.length <= most;
}

export const PublishAnswer = z
	.object({
		id: z.string(),
		sequence: z.int().describe('Grows with every message of a partition.'),
		duplicate: z.boolean().describe("True: this dedupId was accepted before; the id is the first message's."),
	})
	.openapi('Published');

export const BatchResults = z.object({
	results: z
		.array(z.union([PublishAnswer, z.object({ error: ProblemAnswer })]))
		.describe('One per message, in order. An error means that this message was not accepted.'),
});

export const BatchAnswer = z.union([
	BatchResults,
	z.object({
		accepted: z.int().describe('Of `minimal`, where none was refused: as many as were sent.'),
		duplicates: z.int().describe('How many of these had been accepted before under their dedupId.'),
	}),
]);

const stored = {
	id: z.string(),
	sequence: z.int(),
	key: z.string().nullable(),
	body: z.string(),
	encoding: z.enum(['text', 'base64']),
	contentType: z.string().nullable(),
	attributes: z
		.record(z.string(), z.string())
		.describe(
			"A topic's copies have `sluice-topic`, `sluice-source-id` and, if replayed, `sluice-replay` beside the publisher's.",
		),
	traceparent: z.string().optional(),
	priority: z.int(),
	size: z.int().describe('Bytes of the decoded body and the attributes.'),
	publishedAt: z.iso.datetime(),
	expiresAt: z.iso.datetime().optional().describe('Where the message has its own time to live.'),
	attempt: z.int().describe('Times handed out so far, this one included.'),
	failures: z
		.array(z.object({ attempt: z.int(), at: z.iso.datetime(), reason: z.string() }))
		.optional()
		.describe('The first failure and the newest ones.'),
	deadLetter: z
		.object({
			queue: z.string(),
			sequence: z.int(),
			publishedAt: z.iso.datetime(),
			buriedAt: z.iso.datetime(),
			attempts: z.int(),
			failures: z.array(z.object({ attempt: z.int(), at: z.iso.datetime(), reason: z.string() })),
		})
		.optional()
		.describe('Where a dead letter came from, and why.'),
};

export const ReceivedAnswer = z
	.object({
		...stored,
		receipt: z
			.string()
			.nullable()
			.describe('Acknowledges, retries or extends. Null in a queue that delivers at most once.'),
		leaseExpiresAt: z.iso.datetime().nullable(),
		firstReceivedAt: z.iso.datetime().describe('When it was handed out for the first time.'),
	})
	.openapi('ReceivedMessage');

export const MinimalAnswer = z
	.object({
		id: stored.id,
		body: stored.body,
		receipt: ReceivedAnswer.shape.receipt,
		key: z.string().optional(),
		encoding: z.enum(['base64']).optional(),
		contentType: z.string().optional(),
		attributes: stored.attributes.optional(),
		traceparent: stored.traceparent,
		priority: z.int().optional(),
		attempt: z.int().optional().describe('Where it was handed out before.'),
		failures: stored.failures,
		deadLetter: stored.deadLetter,
	})
	.openapi('MinimalMessage');

export const BrowsedAnswer = z
	.object({
		...stored,
		state: z.enum(['visible', 'leased', 'delayed']),
		until: z.iso.datetime().nullable().describe('When a lease ends or a delayed message is due.'),
		firstReceivedAt: z.iso.datetime().optional().describe('When it was handed out for the first time, if it was.'),
	})
	.openapi('BrowsedMessage');
