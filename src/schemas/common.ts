import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';

export const NAME = /^(?=.{1,80}$)[A-Za-z0-9_-]+(?:\.fifo)?$/;
const NAME_RULE = `must be 1 to ${LIMITS.nameLength} of the characters A-Z a-z 0-9 _ - with an optional ending ".fifo"`;

/** Text that can be stored and sent on: a lone surrogate has no UTF-8. */
export function text(max: number, min = 0): z.ZodString {
	return z
		.string()
		.min(min)
		.max(max)
		.refine((value) => value.isWellFormed(), 'must be well-formed Unicode: it has a lone surrogate');
}

/** A duration in seconds; parts of a millisecond are rounded away. */
export function seconds(minMs: number, maxMs: number): z.ZodNumber {
	return z
		.number()
		.min(minMs / 1_000)
		.max(maxMs / 1_000);
}

export function milliseconds(durationSeconds: number): number {
	return Math.round(durationSeconds * 1_000);
}

export function optionalMilliseconds(durationSeconds: number | undefined): number | undefined {
	return durationSeconds === undefined ? undefined : milliseconds(durationSeconds);
}

export const resourceName = z.string().regex(NAME, NAME_RULE);

/** An instant: ISO 8601 with its offset from UTC. */
export const instant = z.iso.datetime({
	offset: true,
	error: 'must be an instant like 2026-11-23T08:30:00Z (in a query, "+" is written %2B)',
});

/** A number in a query: decimal digits only, so that `1e3`, `0x10` and an empty text are refused. */
export function numeric<S extends z.ZodType>(schema: S) {
	return z.preprocess(
		(value) => (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : value),
		schema,
	);
}

export const TopicPath = z.strictObject({
	topic: resourceName.openapi({ param: { name: 'topic', in: 'path' }, example: 'order-changes' }),
});

export const QueuePath = z.strictObject({
	queue: resourceName.openapi({ param: { name: 'queue', in: 'path' }, example: 'orders' }),
});

export const MESSAGE_ID = z
	.string()
	.regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be a message id, as publish and receive answer it');

export const MessagePath = QueuePath.extend({
	id: MESSAGE_ID.openapi({ param: { name: 'id', in: 'path' } }),
});

export const NoFields = z.strictObject({});

export const ProblemAnswer = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.int(),
		detail: z.string().describe('What to change.'),
		code: z.string().describe('Stable: what a program decides by.'),
		pointer: z.string().optional().describe('Where in the body the first fault is, as a JSON pointer.'),
		errors: z
			.array(
				z.object({
					detail: z.string(),
					pointer: z.string().optional(),
					parameter: z.string().optional(),
					header: z.string().optional(),
				}),
			)
			.optional(),
	})
	.openapi('Problem', { description: 'RFC 9457.' });
