import { authorize } from '../auth';
import { queues } from '../catalog';
import { type App, endpoint, ok } from '../endpoint';
import { startRedrive } from '../redriving';
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
			return ok(await startRedrive(env, params.queue, { to, ids, ratePerSecond }));
		},
	);
}
