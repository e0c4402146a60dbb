import { type Queue, type QueueSettings, told } from '../../durable-objects/protocol';
import { queueAnswer } from '../answers';
import { authorize, type Caller } from '../auth';
import { catalogOf, queues } from '../catalog';
import { type App, created, endpoint, ok } from '../endpoint';
import { figuresAnswer, figuresOf } from '../figures';
import { visiblePage } from '../paging';
import { orProblem } from '../problems';
import { deleteQueue } from '../removing';
import { NAME, QueuePath } from '../schemas/common';
import { DeleteAnswer, DeleteQuery, ListAnswer, ListQuery, QueueAnswer, QueueWithFigures } from '../schemas/control';
import { patchOf, SettingsBody, SettingsPatchBody, settingsOf } from '../schemas/settings';
import { fieldFault, invalid } from '../validation';

const CHANGED = { 200: { description: 'The queue as it is now.', schema: QueueAnswer } };

/** Create, change, read, delete, list, pause and resume. */
export function queueRoutes(app: App): void {
	putQueue(app);
	patchQueue(app);
	getQueue(app);
	removeQueue(app);
	listQueues(app);
	pauseOrResume(app, 'pause', true, 'Hand out nothing for now; publishing goes on');
	pauseOrResume(app, 'resume', false, 'Hand out messages again');
}

function putQueue(app: App): void {
	endpoint(
		app,
		{
			method: 'put',
			path: '/v1/queues/{queue}',
			tag: 'Queues',
			summary: 'Create a queue, or replace its settings',
			description: 'What the body leaves out gets its default, also where the queue is there already; PATCH keeps it.',
			access: 'manage',
			params: QueuePath,
			body: SettingsBody,
			answers: { ...CHANGED, 201: { description: 'Created.', schema: QueueAnswer } },
			problems: ['queue_not_empty', 'invalid_dead_letter', 'too_many_queues'],
		},
		async ({ env, caller, params, body }) => {
			const name = params.queue;
			const deadLetter = body.deadLetter === undefined ? defaultDeadLetter(name) : body.deadLetter;
			const settings = settingsOf(body, deadLetter);
			checkSettings(name, settings, caller);
			const put = orProblem(await catalogOf(env).putQueue(name, settings));
			queues.remember(put.queue);
			return put.created ? created(queueAnswer(put.queue)) : ok(queueAnswer(put.queue));
		},
	);
}

function patchQueue(app: App): void {
	endpoint(
		app,
		{
			method: 'patch',
			path: '/v1/queues/{queue}',
			tag: 'Queues',
			summary: 'Change some settings',
			access: 'manage',
			params: QueuePath,
			body: SettingsPatchBody,
			answers: CHANGED,
			problems: ['queue_not_found', 'queue_not_empty', 'invalid_dead_letter'],
		},
		async ({ env, caller, params, body }) => {
			const { settings } = await queues.fresh(env, params.queue);
			const patch = patchOf(body);
			const backoff = { ...settings.backoff, ...named(patch.backoff) };
			const mayName = patch.deadLetter === undefined ? undefined : caller;
			checkSettings(params.queue, { ...settings, ...named(patch), backoff }, mayName);
			const queue = orProblem(await catalogOf(env).patchQueue(params.queue, patch));
			queues.remember(queue);
			return ok(queueAnswer(queue));
		},
	);
}

function getQueue(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/queues/{queue}',
			tag: 'Queues',
			summary: 'Settings and live figures',
			access: 'manage',
			params: QueuePath,
			answers: { 200: { description: 'The queue.', schema: QueueWithFigures } },
			problems: ['queue_not_found'],
		},
		async ({ env, params }) => {
			await queues.fresh(env, params.queue);
			const answer = await queues.with(env, params.queue, async (queue) => {
				const figures = await figuresOf(env, queue);
				return 'refused' in figures ? figures : { ...queueAnswer(queue), figures: figuresAnswer(figures, Date.now()) };
			});
			return ok(answer);
		},
	);
}

function removeQueue(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/queues/{queue}',
			tag: 'Queues',
			summary: 'Delete a queue and its messages',
			description: 'Its dead-letter queue stays.',
			access: 'manage',
			params: QueuePath,
			query: DeleteQuery,
			answers: { 200: { description: 'Deleted.', schema: DeleteAnswer } },
			problems: ['queue_not_found', 'queue_in_use'],
		},
		async ({ env, params, query }) => {
			const { cut, subscriptions } = await deleteQueue(env, params.queue, query.force === 'true');
			return ok({ cut, subscriptions });
		},
	);
}

function listQueues(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/queues',
			tag: 'Queues',
			summary: 'List queues by name, a page at a time',
			description: 'A scoped key sees the queues that match its patterns.',
			access: 'manage',
			query: ListQuery,
			answers: { 200: { description: 'A page.', schema: ListAnswer } },
		},
		async ({ env, caller, query }) => {
			const { found, next } = await visiblePage<Queue>(caller, query, async (after, limit) => {
				const page = await catalogOf(env).listQueues(after, limit);
				return { found: page.queues.map(told), next: page.next };
			});
			return ok({ queues: found.map(queueAnswer), next });
		},
	);
}

function pauseOrResume(app: App, verb: 'pause' | 'resume', paused: boolean, summary: string): void {
	endpoint(
		app,
		{
			method: 'post',
			path: `/v1/queues/{queue}/${verb}`,
			tag: 'Queues',
			summary,
			access: 'manage',
			params: QueuePath,
			answers: CHANGED,
			problems: ['queue_not_found'],
		},
		async ({ env, params }) => {
			const queue = orProblem(await catalogOf(env).setPaused(params.queue, paused));
			queues.remember(queue);
			return ok(queueAnswer(queue));
		},
	);
}

/** `orders` → `orders-dlq`, `orders.fifo` → `orders-dlq.fifo`; a queue that is one by its name has none. */
function defaultDeadLetter(queue: string): string | null {
	const [, stem = queue, suffix = ''] = /^(.*?)(\.fifo)?$/.exec(queue) ?? [];
	return stem.endsWith('-dlq') ? null : `${stem}-dlq${suffix}`;
}

/** What the fields' own bounds do not say, for the settings as they will be. */
function checkSettings(name: string, settings: QueueSettings, mayNameDeadLetter: Caller | undefined): void {
	const { deadLetter, delayMs, retentionMs, backoff } = settings;
	const faults = [];
	if (delayMs > retentionMs) faults.push(fieldFault(['delaySeconds'], 'must be at most retentionSeconds'));
	if (backoff.maxMs < backoff.initialMs) {
		faults.push(fieldFault(['backoff', 'maxSeconds'], 'must be at least backoff.initialSeconds'));
	}
	if (deadLetter === name) faults.push(fieldFault(['deadLetter'], 'must be another queue'));
	if (deadLetter !== null && !NAME.test(deadLetter)) {
		faults.push(fieldFault(['deadLetter'], `must be named or null: the default name "${deadLetter}" is too long`));
	}
	if (faults.length > 0) throw invalid(faults);
	if (deadLetter !== null && mayNameDeadLetter !== undefined) authorize(mayNameDeadLetter, 'manage', deadLetter);
}

/** Without what the request leaves out. */
function named<T extends object>(values: T | undefined): Partial<T> {
	return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
