import { isRefusal, type RedriveResult, type Refusal } from '../../durable-objects/protocol';
import { authorize } from '../auth';
import { queues } from '../catalog';
import { type App, endpoint, ok } from '../endpoint';
import { reach } from '../objects';
import { everyPartition, partitionAt } from '../partitioner';
import { QueuePath } from '../schemas/common';
import { RedriveAnswer, RedriveBody } from '../schemas/consuming';
import { fieldFault, invalid } from '../validation';

/** Back to where they came from, or elsewhere. */
export function deadLetterRoutes(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/redrive',
			tag: 'Dead letters',
			summary: 'Move messages back to where they came from, or to another queue',
			description:
				'Of a dead-letter queue, or of any other with `to`. The move goes on after the answer; `figures.redriving` tells how far.',
			access: 'manage',
			params: QueuePath,
			body: RedriveBody,
			answers: { 200: { description: 'What will move, and what will not.', schema: RedriveAnswer } },
			problems: ['queue_not_found', 'redrive_running', 'redrive_without_origin'],
		},
		async ({ env, caller, params, body }) => {
			const { to, ids, ratePerSecond } = body;
			if (to === params.queue) throw invalid([fieldFault(['to'], 'must be another queue')]);
			if (to !== null) {
				authorize(caller, 'manage', to);
				await queues.fresh(env, to);
			}
			const result = await queues.with(env, params.queue, async (queue) => {
				const { partitions } = queue.settings;
				const command = { to, ids, ratePerSecond: ratePerSecond === null ? null : ratePerSecond / partitions };
				const parts = await everyPartition(queue, (index) =>
					reach('once', () => partitionAt(env, queue, index).redrive(queue, command), 'See figures.redriving.'),
				);
				return addResults(parts, ids);
			});
			return ok(result);
		},
	);
}

/** An id is rejected where no partition has it; a refusal counts where nothing moves anywhere. */
function addResults(
	parts: readonly (Refusal | RedriveResult)[],
	ids: readonly string[] | null,
): Refusal | RedriveResult {
	const results = parts.filter((part) => !isRefusal(part)) as RedriveResult[];
	const refusal = parts.find(isRefusal);
	const accepted = results.reduce((sum, part) => sum + part.accepted, 0);
	if (refusal !== undefined && accepted === 0) return refusal;
	const rejected = (ids ?? []).filter((id) => results.every((part) => part.rejected.includes(id)));
	return { accepted, rejected };
}
