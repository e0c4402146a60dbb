import { z } from '@hono/zod-openapi';
import type { Figures, Queue } from '../../../durable-objects/protocol';
import { catalogOf, queues } from '../../catalog';
import { figuresOf } from '../../figures';
import { orProblem } from '../../problems';
import { AwsError } from '../errors';
import type { Actions, Call } from '../facade';
import { queueArn } from '../names';
import { textList, textMap } from '../parameters';
import { action, queueUrlParameter } from './action';
import { attributeOf, changed, patchOf, SETTABLE, unknownAttribute } from './attributes';
import { SQS_ERRORS } from './errors';
import { checkDeadLetter } from './policies';

/** What a queue says of itself and nobody can set. */
const FIXED: ReadonlyMap<string, (queue: Queue, region: string) => string> = new Map([
	['QueueArn', ({ name }, region) => queueArn(region, name)],
	['CreatedTimestamp', ({ createdAt }) => inSeconds(createdAt)],
	['LastModifiedTimestamp', ({ updatedAt }) => inSeconds(updatedAt)],
]);

const FIGURES: ReadonlyMap<string, 'visible' | 'leased' | 'delayed'> = new Map([
	['ApproximateNumberOfMessages', 'visible'],
	['ApproximateNumberOfMessagesNotVisible', 'leased'],
	['ApproximateNumberOfMessagesDelayed', 'delayed'],
]);

const NAMES = [...SETTABLE, ...FIXED.keys(), ...FIGURES.keys()];

function inSeconds(at: number): string {
	return String(Math.floor(at / 1_000));
}

async function getAttributes(call: Call, name: string, asked: readonly string[]) {
	const unknown = asked.find((each) => each !== 'All' && !NAMES.includes(each));
	if (unknown !== undefined) throw new AwsError(SQS_ERRORS.invalidAttributeName, unknownAttribute(unknown));
	const { env, region } = call;
	const queue = await queues.fresh(env, name);
	const names = asked.includes('All') ? NAMES : asked;
	const figures = names.some((each) => FIGURES.has(each)) ? await currentFigures(call, name) : undefined;
	const found = names.flatMap((each) => {
		const figure = FIGURES.get(each);
		const value =
			figure === undefined
				? (FIXED.get(each)?.(queue, region) ?? attributeOf(queue, each, region))
				: String(figures?.[figure]);
		return value === undefined ? [] : [[each, value] as const];
	});
	return found.length === 0 ? {} : { Attributes: Object.fromEntries(found) };
}

function currentFigures({ env }: Call, name: string): Promise<Figures> {
	return queues.with(env, name, (queue) => figuresOf(env, queue));
}

async function setAttributes(call: Call, name: string, attributes: Readonly<Record<string, string>>) {
	const { env } = call;
	const patch = patchOf(name, attributes);
	changed(await queues.fresh(env, name), patch);
	if (patch.deadLetter != null) await checkDeadLetter(call, name, patch.deadLetter, attributes.RedrivePolicy ?? '');
	queues.remember(orProblem(await catalogOf(env).patchQueue(name, patch)));
	return {};
}

const OneQueue = z.object({ QueueUrl: queueUrlParameter });

export const attributeActions: Actions = {
	GetQueueAttributes: action({
		access: 'any',
		parameters: OneQueue.extend({ AttributeNames: textList.default([]) }),
		about: ({ QueueUrl }) => QueueUrl,
		run: (call, { QueueUrl, AttributeNames }) => getAttributes(call, QueueUrl, AttributeNames),
	}),

	SetQueueAttributes: action({
		access: 'manage',
		parameters: OneQueue.extend({ Attributes: textMap }),
		about: ({ QueueUrl }) => QueueUrl,
		run: (call, { QueueUrl, Attributes }) => setAttributes(call, QueueUrl, Attributes),
	}),
};
