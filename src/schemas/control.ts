import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';
import { ACTIONS, KEY_ID } from '../auth';
import { numeric, resourceName } from './common';
import { SettingsAnswer } from './settings';

const PAGE = 100;
const MAX_PAGE = 1_000;

const queueFields = {
	name: z.string(),
	createdAt: z.iso.datetime(),
	updatedAt: z.iso.datetime(),
	version: z.int().describe('Grows with every change.'),
	paused: z.boolean(),
	settings: SettingsAnswer,
};

export const QueueAnswer = z.object(queueFields).openapi('Queue');

export const FiguresAnswer = z
	.object({
		visible: z.int(),
		leased: z.int(),
		delayed: z.int(),
		bytes: z.int().describe('Of the unfinished messages.'),
		oldestAgeSeconds: z.number().nullable().describe('Age of the oldest unfinished message, poison included.'),
		owed: z.int().describe('Messages on their way to other queues.'),
		courier: z
			.object({ error: z.string(), nextAttemptAt: z.iso.datetime().nullable() })
			.nullable()
			.describe('Why what is owed is late, if it is.'),
		redriving: z.int().describe('Messages that a running redrive has still to move.'),
		waiters: z.int().describe('Long polls that wait now.'),
		databaseBytes: z.int(),
	})
	.openapi('Figures');

export const QueueWithFigures = z.object({ ...queueFields, figures: FiguresAnswer }).openapi('QueueWithFigures');

export const ListQuery = z.strictObject({
	after: resourceName.optional().describe('The `next` of the page before.'),
	limit: numeric(z.int().min(1).max(MAX_PAGE).default(PAGE)),
});

export const ListAnswer = z.object({
	queues: z.array(QueueAnswer),
	next: z.string().nullable().describe('Pass it as `after`; null at the end.'),
});

export function forceQuery(description: string) {
	return z.strictObject({ force: z.enum(['true', 'false']).default('false').describe(description) });
}

export const DeleteQuery = forceQuery(
	"true: delete it although it is another queue's dead-letter queue, or subscriptions feed it.",
);

export const DeleteAnswer = z.object({
	cut: z.array(z.string()).describe('Queues that lost their dead-letter queue by this.'),
	subscriptions: z
		.array(z.object({ topic: z.string(), name: z.string() }))
		.describe('Subscriptions that fed it, which are gone with it.'),
});

const pattern = z
	.string()
	.regex(/^[A-Za-z0-9_.*-]{1,80}$/, 'must be a name in which * stands for any text')
	.describe('A queue or topic name in which * stands for any text.');

export const KeyBody = z
	.strictObject({
		name: z
			.string()
			.regex(
				new RegExp(`^[A-Za-z0-9_-]{1,${LIMITS.nameLength}}$`),
				'must be 1 to 80 of the characters A-Z a-z 0-9 _ -',
			),
		actions: z.array(z.enum(ACTIONS)).min(1).max(ACTIONS.length),
		patterns: z.array(pattern).min(1).max(LIMITS.keyPatterns),
	})
	.openapi('NewKey');

export const KeyAnswer = z
	.object({
		id: z.string(),
		name: z.string(),
		actions: z.array(z.string()),
		patterns: z.array(z.string()),
		createdAt: z.iso.datetime(),
	})
	.openapi('Key');

export const NewKeyAnswer = KeyAnswer.extend({
	key: z.string().describe('The bearer key. Shown this once.'),
	accessKeyId: z.string().describe('For AWS SDKs: the same key as two texts.'),
	secretAccessKey: z.string().describe('For AWS SDKs. Shown this once.'),
}).openapi('KeyWithSecret');
export const KeysAnswer = z.object({ keys: z.array(KeyAnswer) });

export const KeyPath = z.strictObject({
	id: z
		.string()
		.regex(KEY_ID, 'must be the id of a key')
		.openapi({ param: { name: 'id', in: 'path' } }),
});
