import { z } from '@hono/zod-openapi';
import { isRefusal, type QueueSettings } from '../../../durable-objects/protocol';
import { catalogOf, queues } from '../../catalog';
import { orProblem } from '../../problems';
import { deleteQueue, purgeQueue } from '../../removing';
import { NAME } from '../../schemas/common';
import { SettingsBody, settingsOf } from '../../schemas/settings';
import { AwsError } from '../errors';
import type { Actions, Call } from '../facade';
import { isFifo, queueUrl } from '../names';
import { lookupParameter, textMap, textParameter } from '../parameters';
import { action, queueUrlParameter } from './action';
import { attributeOf, changed, type Holder, patchOf } from './attributes';
import { SQS_ERRORS } from './errors';
import { findQueue } from './find';
import { pageParameters, queuePage } from './paging';
import { checkDeadLetter } from './policies';
import { tagPatch } from './tags';

/** SQS's defaults are Sluice's, but for dead letters: only a RedrivePolicy makes them. */
const DEFAULTS: QueueSettings = settingsOf(SettingsBody.parse({}), null);

const NewQueue = z.object({
	QueueName: textParameter,
	Attributes: textMap.default({}),
	tags: textMap.optional(),
	/** As the Query protocol has them. */
	Tags: textMap.optional(),
});

type NewQueue = z.output<typeof NewQueue>;

/** Makes a queue, or answers the one that is there if it has these attributes; it keeps its tags then. */
async function createQueue(call: Call, wanted: NewQueue) {
	const { QueueName: name, Attributes: attributes } = wanted;
	checkName(name, attributes.FifoQueue);
	const { env, origin, region } = call;
	const answer = { QueueUrl: queueUrl(origin, name) };
	const patch = patchOf(name, attributes);
	const checkSame = (there: Holder) => {
		const after = changed(there, patch);
		const other = Object.keys(attributes).find(
			(each) => attributeOf(there, each, region) !== attributeOf(after, each, region),
		);
		if (other === undefined) return answer;
		const message = `A queue already exists with the same name and a different value for attribute ${other}`;
		throw new AwsError(SQS_ERRORS.queueNameExists, message);
	};
	const there = await findQueue(env, name);
	if (there !== undefined) return checkSame(there);
	const { settings, annotations } = changed({ name, settings: DEFAULTS }, { ...patch, ...withTags(wanted, patch) });
	if (settings.deadLetter !== null) {
		await checkDeadLetter(call, name, settings.deadLetter, attributes.RedrivePolicy ?? '');
	}
	const put = await catalogOf(env).putQueue(name, settings, { annotations, onlyNew: true });
	// Somebody else has made it meanwhile.
	if (isRefusal(put) && put.refused === 'queue_exists')
		return checkSame(orProblem(await catalogOf(env).getQueue(name)));
	queues.remember(orProblem(put).queue);
	return answer;
}

function withTags({ QueueName, tags, Tags }: NewQueue, { annotations }: ReturnType<typeof patchOf>) {
	return { annotations: { ...annotations, ...tagPatch(QueueName, undefined, tags ?? Tags ?? {}) } };
}

function checkName(name: string, fifo: string | undefined): void {
	if (fifo?.toLowerCase() === 'true') {
		if (isFifo(name) && NAME.test(name)) return;
		const rule =
			'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length';
		throw new AwsError(SQS_ERRORS.invalidParameter, rule);
	}
	if (!isFifo(name) && NAME.test(name)) return;
	const rule = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
	throw new AwsError(SQS_ERRORS.invalidParameter, rule);
}

const OneQueue = z.object({ QueueUrl: queueUrlParameter });

/** Made, found, listed, emptied, deleted. */
export const queueActions: Actions = {
	CreateQueue: action({
		access: 'manage',
		parameters: NewQueue,
		about: ({ QueueName }) => QueueName,
		run: createQueue,
	}),

	GetQueueUrl: action({
		access: 'any',
		parameters: z.object({ QueueName: lookupParameter }),
		about: ({ QueueName }) => QueueName,
		run: async ({ env, origin }, { QueueName: name }) => {
			const { name: found } = await queues.fresh(env, name);
			return { QueueUrl: queueUrl(origin, found) };
		},
	}),

	ListQueues: action({
		access: 'any',
		parameters: z.object({ QueueNamePrefix: lookupParameter.default(''), ...pageParameters }),
		run: async (call, { QueueNamePrefix: prefix, ...page }) => {
			const { urls, ...more } = await queuePage(call, page, async (after, limit) => {
				const read = await catalogOf(call.env).listQueues(after ?? before(prefix), limit);
				const found = read.queues.filter(({ name }) => name.startsWith(prefix));
				// Names come in order: behind one that is greater and has not the prefix, none has it.
				return { found, next: found.length < read.queues.length ? null : read.next };
			});
			return { ...(urls.length === 0 ? {} : { QueueUrls: urls }), ...more };
		},
	}),

	/** As SQS does, whoever has it as dead-letter queue, and whatever feeds it. */
	DeleteQueue: action({
		access: 'manage',
		parameters: OneQueue,
		about: ({ QueueUrl }) => QueueUrl,
		run: async ({ env }, { QueueUrl: name }) => {
			await deleteQueue(env, name, true);
			return {};
		},
	}),

	/** As SQS does, what was accepted under a deduplication id is forgotten too. */
	PurgeQueue: action({
		access: 'manage',
		parameters: OneQueue,
		about: ({ QueueUrl }) => QueueUrl,
		run: async ({ env }, { QueueUrl: name }) => {
			await purgeQueue(env, name, isFifo(name));
			return {};
		},
	}),
};

/** What no name lies between and the first that has this prefix; null for an empty one. */
function before(prefix: string): string | null {
	const last = prefix.charCodeAt(prefix.length - 1);
	return prefix === '' ? null : `${prefix.slice(0, -1)}${String.fromCharCode(last - 1)}~`;
}
