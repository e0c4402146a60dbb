import { z } from '@hono/zod-openapi';
import { instant, resourceName, TopicPath } from './common';

export const SubscriptionPath = TopicPath.extend({
	name: resourceName.openapi({ param: { name: 'name', in: 'path' }, example: 'billing' }),
});

/** The first message of a partition has this sequence number. */
const FIRST_SEQUENCE = 1;

const place = z
	.union([z.enum(['now', 'earliest']), instant, z.strictObject({ sequence: z.int().min(FIRST_SEQUENCE) })], {
		error:
			'must be "now", "earliest", an instant like 2026-11-23T08:30:00Z or {"sequence": 1} with a whole number from 1',
	})
	.describe(
		'`now`: what is published from now on. `earliest`: everything that the topic still has. An instant (ISO 8601): what ' +
			'was published from then on. `{"sequence": n}`: from this sequence number on, in a topic of one partition.',
	);

const filter = z
	.unknown()
	.optional()
	.openapi({
		type: ['object', 'null'],
		description:
			'Only messages that pass are delivered: a policy in the language of SNS subscription filter policies. Null or left out: all.',
		example: { status: ['shipped'], total: [{ numeric: ['>=', 100] }] },
	});

const scope = z
	.enum(['attributes', 'body'])
	.describe("What the filter looks at: a message's attributes, or its JSON body.");

export const SubscriptionBody = z
	.strictObject({
		queue: resourceName.describe('Where messages are brought to. It must be there.'),
		filter,
		scope: scope.default('attributes'),
		from: place
			.default('now')
			.describe('Where a new subscription begins; one that is there already stays where it is.'),
	})
	.openapi('NewSubscription');

export const SeekBody = z.strictObject({ to: place }).openapi('Seek');

const subscriptionFields = {
	name: z.string(),
	topic: z.string(),
	queue: z.string(),
	filter: z.looseObject({}).nullable(),
	scope,
	createdAt: z.iso.datetime(),
	updatedAt: z.iso.datetime(),
};

export const SubscriptionAnswer = z.object(subscriptionFields).openapi('Subscription');

export const SubscriptionFiguresAnswer = z
	.object({
		lag: z.int().describe('Messages of the topic that it has still to look at.'),
		lagSeconds: z.number().describe('Age of the oldest of these; 0 when it has seen everything.'),
		delivered: z.int().describe('Messages brought to the queue, replays included.'),
		filtered: z.int().describe('Messages that the filter did not let pass.'),
		missed: z.int().describe("Messages that the topic's retention dropped before they could be looked at."),
		courier: z
			.object({ error: z.string(), nextAttemptAt: z.iso.datetime().nullable() })
			.nullable()
			.describe('Why it is late and when it is tried again; null when it is not.'),
	})
	.openapi('SubscriptionFigures');

export const SubscriptionWithFigures = z
	.object({ ...subscriptionFields, figures: SubscriptionFiguresAnswer })
	.openapi('SubscriptionWithFigures');

export const SubscriptionListAnswer = z.object({
	subscriptions: z.array(SubscriptionAnswer),
	next: z.string().nullable().describe('Pass it as `after`; null at the end.'),
});
