import { z } from '@hono/zod-openapi';
import type { QueuePatch } from '../../durable-objects/catalog-protocol';
import { LIMITS, LOCATION_HINTS, type QueueSettings } from '../../durable-objects/protocol';
import { milliseconds, optionalMilliseconds, resourceName, seconds } from './common';

const MAX_FACTOR = 10;
const DAY_MS = 86_400_000;

const backoffFields = {
	initialSeconds: seconds(0, LIMITS.backoffMs).describe('Delay of the first retry.'),
	factor: z.number().min(1).max(MAX_FACTOR).describe('Each further delay is this many times the one before.'),
	maxSeconds: seconds(0, LIMITS.backoffMs).describe('No delay is longer.'),
	jitter: z.number().min(0).max(1).describe('The share of a delay that is spread, so that retries do not meet.'),
};

export const BACKOFF_DEFAULT = { initialSeconds: 1, factor: 2, maxSeconds: 300, jitter: 0.2 };

const fields = {
	partitions: z
		.int()
		.min(1)
		.max(LIMITS.partitions)
		.describe(
			'Objects that share the load; order is kept per key in one of them. Changed only while the queue is empty.',
		),
	visibilityTimeoutSeconds: seconds(1, LIMITS.visibilityTimeoutMs).describe(
		'How long a receiver has to acknowledge before the message is handed out again.',
	),
	retentionSeconds: seconds(LIMITS.minimumRetentionMs, LIMITS.retentionMs).describe(
		'Messages older than this are dropped.',
	),
	delaySeconds: seconds(0, LIMITS.retentionMs).describe('Delay of messages that name none; at most the retention.'),
	maxReceives: z.int().min(1).max(LIMITS.maxReceives).describe('Times a message is handed out before it is buried.'),
	deadLetter: resourceName
		.nullable()
		.describe(
			'Where messages are buried; made with the queue if it is not there. Null: a message is tried until its retention ends. ' +
				'Left out: the name with "-dlq" behind it (before ".fifo"), null for a queue whose own name ends so.',
		),
	onPoison: z
		.enum(['dead-letter', 'block'])
		.describe('When a keyed message has used up its receives: bury it and go on, or retry it while its key waits.'),
	delivery: z
		.enum(['at-least-once', 'at-most-once'])
		.describe('At most once: a message is gone when it is handed out; there is no receipt.'),
	dedupWindowSeconds: seconds(0, LIMITS.dedupWindowMs).describe('How long a dedupId is remembered.'),
	maxBacklog: z
		.int()
		.min(1)
		.nullable()
		.describe(
			'Unfinished messages of the whole queue; beyond it a publish is refused with backlog_full. Null: unbounded.',
		),
	maxBacklogBytes: z
		.int()
		.min(1)
		.max(LIMITS.databaseBytes * LIMITS.partitions)
		.nullable()
		.describe('The same in bytes. Null: what its partitions can hold.'),
	location: z
		.enum(LOCATION_HINTS)
		.nullable()
		.describe('Where its objects are made (a Durable Objects location hint). Changed only while the queue is empty.'),
};

/** A PUT's body. Each default is part of the promise: it is documented and tested. */
export const SettingsBody = z
	.strictObject({
		partitions: fields.partitions.default(1),
		visibilityTimeoutSeconds: fields.visibilityTimeoutSeconds.default(30),
		retentionSeconds: fields.retentionSeconds.default((4 * DAY_MS) / 1_000),
		delaySeconds: fields.delaySeconds.default(0),
		maxReceives: fields.maxReceives.default(5),
		deadLetter: fields.deadLetter.optional(),
		onPoison: fields.onPoison.default('dead-letter'),
		delivery: fields.delivery.default('at-least-once'),
		dedupWindowSeconds: fields.dedupWindowSeconds.default(300),
		backoff: z
			.strictObject({
				initialSeconds: backoffFields.initialSeconds.default(BACKOFF_DEFAULT.initialSeconds),
				factor: backoffFields.factor.default(BACKOFF_DEFAULT.factor),
				maxSeconds: backoffFields.maxSeconds.default(BACKOFF_DEFAULT.maxSeconds),
				jitter: backoffFields.jitter.default(BACKOFF_DEFAULT.jitter),
			})
			.default(BACKOFF_DEFAULT)
			.describe('Delays of retries that name none.'),
		maxBacklog: fields.maxBacklog.default(null),
		maxBacklogBytes: fields.maxBacklogBytes.default(null),
		location: fields.location.default(null),
	})
	.openapi('QueueSettings');

/** A PATCH's body: what is named changes, `backoff` field by field. */
export const SettingsPatchBody = z
	.strictObject({ ...fields, backoff: z.strictObject(backoffFields).partial() })
	.partial()
	.openapi('QueueSettingsPatch');

/** Settings as an answer shows them: the same words and units as in the request. An SQS client may set a timeout of 0. */
export const SettingsAnswer = z
	.object({
		...fields,
		visibilityTimeoutSeconds: seconds(0, LIMITS.visibilityTimeoutMs),
		backoff: z.object(backoffFields),
	})
	.openapi('QueueSettingsAnswer');

export function settingsOf(body: z.output<typeof SettingsBody>, deadLetter: string | null): QueueSettings {
	return {
		partitions: body.partitions,
		visibilityTimeoutMs: milliseconds(body.visibilityTimeoutSeconds),
		retentionMs: milliseconds(body.retentionSeconds),
		delayMs: milliseconds(body.delaySeconds),
		maxReceives: body.maxReceives,
		deadLetter,
		onPoison: body.onPoison,
		delivery: body.delivery,
		dedupWindowMs: milliseconds(body.dedupWindowSeconds),
		backoff: {
			initialMs: milliseconds(body.backoff.initialSeconds),
			factor: body.backoff.factor,
			maxMs: milliseconds(body.backoff.maxSeconds),
			jitter: body.backoff.jitter,
		},
		maxBacklog: body.maxBacklog,
		maxBacklogBytes: body.maxBacklogBytes,
		location: body.location,
	};
}

/** What the body leaves out is undefined here, which the catalog keeps as it is. */
export function patchOf(body: z.output<typeof SettingsPatchBody>): QueuePatch {
	const { visibilityTimeoutSeconds, retentionSeconds, delaySeconds, dedupWindowSeconds, backoff, ...same } = body;
	return {
		...same,
		visibilityTimeoutMs: optionalMilliseconds(visibilityTimeoutSeconds),
		retentionMs: optionalMilliseconds(retentionSeconds),
		delayMs: optionalMilliseconds(delaySeconds),
		dedupWindowMs: optionalMilliseconds(dedupWindowSeconds),
		backoff: backoff && {
			initialMs: optionalMilliseconds(backoff.initialSeconds),
			factor: backoff.factor,
			maxMs: optionalMilliseconds(backoff.maxSeconds),
			jitter: backoff.jitter,
		},
	};
}

export function settingsAnswer(settings: QueueSettings): z.input<typeof SettingsAnswer> {
	return {
		partitions: settings.partitions,
		visibilityTimeoutSeconds: settings.visibilityTimeoutMs / 1_000,
		retentionSeconds: settings.retentionMs / 1_000,
		delaySeconds: settings.delayMs / 1_000,
		maxReceives: settings.maxReceives,
		deadLetter: settings.deadLetter,
		onPoison: settings.onPoison,
		delivery: settings.delivery,
		dedupWindowSeconds: settings.dedupWindowMs / 1_000,
		backoff: {
			initialSeconds: settings.backoff.initialMs / 1_000,
			factor: settings.backoff.factor,
			maxSeconds: settings.backoff.maxMs / 1_000,
			jitter: settings.backoff.jitter,
		},
		maxBacklog: settings.maxBacklog,
		maxBacklogBytes: settings.maxBacklogBytes,
		location: settings.location,
	};
}
