import type { Env } from '../../durable-objects/env';
import {
	type BrowsedMessage,
	isRefusal,
	type MessageState,
	type Queue,
	type Refusal,
	refuse,
	told,
} from '../../durable-objects/protocol';
import { browsedAnswer } from '../answers';
import { queues } from '../catalog';
import { type App, endpoint, ok } from '../endpoint';
import { reach } from '../objects';
import { everyPartition, partitionAt } from '../partitioner';
import { purgeQueue } from '../removing';
import { MessagePath, QueuePath } from '../schemas/common';
import { BrowseAnswer, BrowseQuery, PurgeAnswer, PurgeQuery } from '../schemas/consuming';
import { BrowsedAnswer } from '../schemas/messages';

/** Look without touching; remove one message or all. */
export function browseRoutes(app: App): void {
	browse(app);
	lookAt(app);
	removeOne(app);
	purge(app);
}

function browse(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/queues/{queue}/messages',
			tag: 'Messages',
			summary: 'Browse, without changing anything',
			description: 'Partition by partition, in the order of the log.',
			access: 'manage',
			params: QueuePath,
			query: BrowseQuery,
			answers: { 200: { description: 'A page.', schema: BrowseAnswer } },
			problems: ['queue_not_found'],
		},
		async ({ env, params, query }) => {
			const page = await queues.with(env, params.queue, (queue) => readPage(env, queue, query));
			return ok({ messages: page.messages.map(browsedAnswer), next: page.next });
		},
	);
}

interface PageQuery {
	readonly state?: MessageState;
	readonly after?: string;
	readonly limit: number;
}

interface Page {
	readonly messages: readonly BrowsedMessage[];
	/** Partition and position to go on after. */
	readonly next: string | null;
}

async function readPage(env: Env, queue: Queue, { state, after, limit }: PageQuery): Promise<Refusal | Page> {
	const [first = 0, position = 0] = after?.split('.').map(Number) ?? [];
	const messages: BrowsedMessage[] = [];
	for (let index = first, from = position; index < queue.settings.partitions; index++, from = 0) {
		const command = { state, after: from, limit: limit - messages.length };
		const part = await reach('repeatable', () => partitionAt(env, queue, index).browse(told(queue), command));
		if (isRefusal(part)) return part;
		messages.push(...part.messages);
		if (part.next !== null) return { messages, next: `${index}.${part.next}` };
		if (messages.length === limit && index + 1 < queue.settings.partitions) return { messages, next: `${index + 1}.0` };
	}
	return { messages, next: null };
}

function lookAt(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/v1/queues/{queue}/messages/{id}',
			tag: 'Messages',
			summary: 'Look at one message',
			access: 'manage',
			params: MessagePath,
			answers: { 200: { description: 'The message.', schema: BrowsedAnswer } },
			problems: ['queue_not_found', 'message_not_found'],
		},
		async ({ env, params }) => {
			const message = await queues.with(env, params.queue, (queue) =>
				anywhere(queue, (index) =>
					reach('repeatable', () => partitionAt(env, queue, index).look(told(queue), params.id)),
				),
			);
			return ok(browsedAnswer(message));
		},
	);
}

function removeOne(app: App): void {
	endpoint(
		app,
		{
			method: 'delete',
			path: '/v1/queues/{queue}/messages/{id}',
			tag: 'Messages',
			summary: 'Remove one message, whatever its state',
			access: 'manage',
			params: MessagePath,
			answers: { 200: { description: 'The message that was removed.', schema: BrowsedAnswer } },
			problems: ['queue_not_found', 'message_not_found'],
		},
		async ({ env, params }) => {
			const message = await queues.with(env, params.queue, (queue) =>
				anywhere(queue, (index) => reach('once', () => partitionAt(env, queue, index).remove(told(queue), params.id))),
			);
			return ok(browsedAnswer(message));
		},
	);
}

/** An id does not tell its partition (dead letters keep that of their origin): all are asked. */
async function anywhere(
	queue: Queue,
	ask: (index: number) => Promise<Refusal | BrowsedMessage>,
): Promise<Refusal | BrowsedMessage> {
	const answers = await everyPartition(queue, ask);
	const found = answers.find((answer) => !isRefusal(answer));
	const refusals = answers.filter(isRefusal);
	const telling = refusals.find(({ refused }) => refused !== 'message_not_found') ?? refusals[0];
	return found ?? telling ?? refuse('message_not_found', 'The queue has no message with this id.');
}

function purge(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/purge',
			tag: 'Queues',
			summary: 'Remove all messages',
			access: 'manage',
			params: QueuePath,
			query: PurgeQuery,
			answers: { 200: { description: 'How many were removed.', schema: PurgeAnswer } },
			problems: ['queue_not_found'],
		},
		async ({ env, params, query }) => {
			return ok(await purgeQueue(env, params.queue, query.forgetDedup === 'true'));
		},
	);
}
