import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../durable-objects/protocol';
import { MESSAGE_ID, QueuePath, resourceName } from './common';

export const RedriveBody = z
	.strictObject({
		to: resourceName.nullable().default(null).describe('Target queue; null: each message to the queue it came from.'),
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
	id: z.string().describe('Names it among the redrives of the queue, where it was not asked for by `ids`.'),
	accepted: z.int().describe('Messages that move.'),
	rejected: z.array(z.string()).describe('Ids that are not here, are leased, or have no origin to go to.'),
});

export const RedriveRunAnswer = z
	.object({
		id: z.string(),
		to: z.string().nullable().describe('Null: each message to the queue it came from.'),
		ratePerSecond: z.number().nullable(),
		startedAt: z.iso.datetime(),
		messages: z.int().describe('Visible when it began.'),
		moved: z.int().describe('Of these, those that have left, and have not come back.'),
		status: z
			.enum(['running', 'completed', 'cancelled', 'failed'])
			.describe(
				'completed: what it moved has arrived; failed: a queue that it sends to is gone, and what was on its way there is back.',
			),
		failure: z.string().nullable().describe('failed: the code of what ended it.'),
	})
	.openapi('RedriveRun');

export const RedrivesAnswer = z.object({ redrives: z.array(RedriveRunAnswer).describe('The newest first.') });

export const RedrivePath = QueuePath.extend({
	id: z
		.string()
		.regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the id of a redrive')
		.openapi({ param: { name: 'id', in: 'path' } }),
});
