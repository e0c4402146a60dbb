import { LIMITS } from '../../durable-objects/protocol';
import { redriveAnswer } from '../answers';
import { authorize } from '../auth';
import { queues } from '../catalog';
import { type App, endpoint, ok } from '../endpoint';
import { cancelRedrive, redrivesOf, startRedrive } from '../redriving';
import { QueuePath } from '../schemas/common';
import { RedriveAnswer, RedriveBody, RedrivePath, RedriveRunAnswer, RedrivesAnswer } from '../schemas/redriving';
import { fieldFault, invalid } from '../validation';

/** Back to where they came from, or elsewhere; how far that is, and its end. */
export function deadLetterRoutes(app: App): void {
	start(app);
	list(app);
	cancel(app);
}

function list(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/queues/{queue}/redrives',
			tag: 'Dead letters',
			summary: 'The newest redrives of everything that was visible, the newest first',
			description: `A queue remembers ${LIMITS.redrivesKept}; those of \`ids\` are done when they are answered, and are not among them.`,
			access: 'manage',
			params: QueuePath,
			answers: { 200: { description: 'How far each has come.', schema: RedrivesAnswer } },
			problems: ['queue_not_found'],
		},
		async ({ env, params }) => ok({ redrives: (await redrivesOf(env, params.queue)).map(redriveAnswer) }),
	);
}

function cancel(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/queues/{queue}/redrives/{id}',
			tag: 'Dead letters',
			summary: 'Cancel a redrive that is running',
			description: 'What has left goes on to where it was sent; the rest stays.',
			access: 'manage',
			params: RedrivePath,
			answers: { 200: { description: 'What it has moved.', schema: RedriveRunAnswer } },
			problems: ['queue_not_found', 'redrive_not_found'],
		},
		async ({ env, params }) => ok(redriveAnswer(await cancelRedrive(env, params.queue, params.id))),
	);
}

function start(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/redrive',
			tag: 'Dead letters',
			summary: 'Move messages back to where they came from, or to another queue',
			description:
				'Of a dead-letter queue, or of any other with `to`. The move goes on after the answer; the redrives of the queue tell how far.',
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
