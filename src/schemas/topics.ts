import { z } from '@hono/zod-openapi';
import { LIMITS, LOCATION_HINTS, type TopicSettings } from '../../durable-objects/protocol';
import { milliseconds, resourceName, seconds } from './common';
import { forceQuery } from './control';

const DAY_SECONDS = 86_400;

const fields = {
	partitions: z
		.int()
		.min(1)
		.max(LIMITS.partitions)
		.describe('Objects that share the load; order is kept per key in one of them. Never changed.'),
	retentionSeconds: seconds(LIMITS.minimumRetentionMs, LIMITS.retentionMs).describe(
		'How long messages are kept, for subscriptions that lag and for replay.',
	),
	dedupWindowSeconds: seconds(0, LIMITS.dedupWindowMs).describe('How long a dedupId is remembered.'),
	location: z
		.enum(LOCATION_HINTS)
		.nullable()
		.describe('Where its objects are made (a Durable Objects location hint). Never changed.'),
};

/** A PUT's body. Each default is part of the promise: it is documented and tested. */
export const TopicBody = z
	.strictObject({
		partitions: fields.partitions.default(1),
		retentionSeconds: fields.retentionSeconds.default(DAY_SECONDS),
		dedupWindowSeconds: fields.dedupWindowSeconds.default(300),
		location: fields.location.default(null),
	})
	.openapi('TopicSettings');

const topicFields = {
	name: z.string(),
	createdAt: z.iso.datetime(),
	updatedAt: z.iso.datetime(),
	version: z.int().describe('Grows with every change, those of its subscriptions included.'),
	settings: z.object(fields).openapi('TopicSettingsAnswer'),
};

export const TopicAnswer = z.object(topicFields).openapi('Topic');

export const TopicFiguresAnswer = z
	.object({
		messages: z.int().describe('In the log, delivered or not.'),
		bytes: z.int().describe('Of these.'),
		oldestAgeSeconds: z.number().nullable().describe('Age of the oldest message in the log.'),
		published: z.int().describe('Messages accepted since the topic was made.'),
		duplicates: z.int().describe('Publishes answered as a duplicate of an earlier one.'),
		subscriptions: z.int(),
		lag: z.int().describe('Messages that the slowest subscription has still to look at.'),
		databaseBytes: z.int(),
	})
	.openapi('TopicFigures');

export const TopicWithFigures = z.object({ ...topicFields, figures: TopicFiguresAnswer }).openapi('TopicWithFigures');

export const TopicListAnswer = z.object({
	topics: z.array(TopicAnswer),
	next: z.string().nullable().describe('Pass it as `after`; null at the end.'),
});

export const TopicDeleteQuery = forceQuery('true: delete it with its subscriptions.');

export const TopicDeleteAnswer = z.object({
	cut: z.array(resourceName).describe('Its subscriptions, which are gone with it.'),
});

export function topicSettingsOf(body: z.output<typeof TopicBody>): TopicSettings {
	return {
		partitions: body.partitions,
		retentionMs: milliseconds(body.retentionSeconds),
		dedupWindowMs: milliseconds(body.dedupWindowSeconds),
		location: body.location,
	};
}

export function topicSettingsAnswer(settings: TopicSettings): z.input<typeof TopicBody> {
	return {
		partitions: settings.partitions,
		retentionSeconds: settings.retentionMs / 1_000,
		dedupWindowSeconds: settings.dedupWindowMs / 1_000,
		location: settings.location,
	};
}
