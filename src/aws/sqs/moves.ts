import { z } from '@hono/zod-openapi';
import type { RedriveRun } from '../../../durable-objects/protocol';
import { authorize } from '../../auth';
import { catalogOf } from '../../catalog';
import { cancelRedrive, redrivesOf, startRedrive } from '../../redriving';
import { AwsError } from '../errors';
import type { Actions, Answer, Call } from '../facade';
import { isFifo, queueArn, queueOfArn } from '../names';
import { wholeParameter } from '../parameters';
import { action, queueUrlParameter } from './action';
import { SQS_ERRORS } from './errors';
import { findQueue } from './find';
import { decodeHandle, encodeHandle } from './move-handle';
import { pageParameters, queuePage } from './paging';

// Dead letters: whose they are, and moving them. SQS's moves are Sluice's redrives of everything that is visible.

const START = 'StartMessageMoveTask';
const CANCEL = 'CancelMessageMoveTask';
const LIST = 'ListMessageMoveTasks';
const HANDLE = 'TaskHandle';

const STATUSES: Readonly<Record<RedriveRun['status'], string>> = {
	running: 'RUNNING',
	completed: 'COMPLETED',
	cancelled: 'CANCELLED',
	failed: 'FAILED',
};

type ArnParameter = 'SourceArn' | 'DestinationArn';

/** The queue that an ARN names. The rule that one which is none breaks is told without the value, as SQS does. */
function arnParameter(name: ArnParameter) {
	const rule = `You must use this format to specify the ${name}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`;
	return z.string().transform((arn) => {
		const queue = queueOfArn(arn);
		if (queue === undefined) throw new AwsError(SQS_ERRORS.invalidParameter, rule);
		return queue;
	});
}

async function checkThere({ env }: Call, name: string, parameter: ArnParameter): Promise<void> {
	if ((await findQueue(env, name)) !== undefined) return;
	const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
	throw new AwsError(SQS_ERRORS.resourceNotFound, message);
}

const NewMove = z.object({
	SourceArn: arnParameter('SourceArn'),
	DestinationArn: arnParameter('DestinationArn').optional(),
	MaxNumberOfMessagesPerSecond: wholeParameter(1, 500).optional(),
});

async function startMove(call: Call, wanted: z.output<typeof NewMove>) {
	const { SourceArn: source, DestinationArn: to, MaxNumberOfMessagesPerSecond: rate } = wanted;
	const { env, caller, region } = call;
	if (to !== undefined) authorize(caller, 'manage', to);
	await checkThere(call, source, 'SourceArn');
	const { queues: origins } = await catalogOf(env).queuesWithDeadLetter(source, null, 1);
	if (origins.length === 0) throw invalid('Source queue must be configured as a Dead Letter Queue.');
	if (to !== undefined) {
		await checkThere(call, to, 'DestinationArn');
		if (to === source) throw invalid('Source and destination must be two queues.');
		if (isFifo(to) !== isFifo(source)) throw invalid('Source and destination must be queues of the same type.');
	}
	const { id } = await startRedrive(env, source, { to: to ?? null, ids: null, ratePerSecond: rate ?? null });
	return { [HANDLE]: encodeHandle(id, queueArn(region, source)) };
}

function invalid(message: string): AwsError {
	return new AwsError(SQS_ERRORS.invalidParameter, message);
}

function moveAnswer({ region }: Call, source: string, run: RedriveRun): Answer {
	const sourceArn = queueArn(region, source);
	return {
		...(run.status === 'running' ? { [HANDLE]: encodeHandle(run.id, sourceArn) } : {}),
		Status: STATUSES[run.status],
		SourceArn: sourceArn,
		...(run.to === null ? {} : { DestinationArn: queueArn(region, run.to) }),
		...(run.ratePerSecond === null ? {} : { MaxNumberOfMessagesPerSecond: Math.round(run.ratePerSecond) }),
		ApproximateNumberOfMessagesMoved: run.moved,
		ApproximateNumberOfMessagesToMove: run.messages,
		...(run.failure === null ? {} : { FailureReason: reasonOf(run.failure) }),
		StartedTimestamp: run.startedAt,
	};
}

function reasonOf(failure: NonNullable<RedriveRun['failure']>): string {
	return failure === 'queue_not_found' ? SQS_ERRORS.queueDoesNotExist.code : failure;
}

export const moveActions: Actions = {
	ListDeadLetterSourceQueues: action({
		access: 'any',
		parameters: z.object({ QueueUrl: queueUrlParameter, ...pageParameters }),
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, { QueueUrl: name, ...page }) => {
			const catalog = catalogOf(call.env);
			if ((await findQueue(call.env, name)) === undefined) {
				throw new AwsError(SQS_ERRORS.queueDoesNotExist, 'The specified queue does not exist.');
			}
			const { urls, ...more } = await queuePage(call, page, async (after, limit) => {
				const { queues: found, next } = await catalog.queuesWithDeadLetter(name, after, limit);
				return { found, next };
			});
			return { queueUrls: urls, ...more };
		},
	}),

	[START]: action({
		access: 'manage',
		parameters: NewMove,
		about: ({ SourceArn }) => SourceArn,
		run: startMove,
	}),

	[CANCEL]: action({
		access: 'manage',
		parameters: z.object({ [HANDLE]: z.string().transform(decodeHandle) }),
		about: ({ [HANDLE]: handle }) => handle.source,
		run: async (call, { [HANDLE]: { id, source } }) => {
			await checkThere(call, source, 'SourceArn');
			const { moved } = await cancelRedrive(call.env, source, id);
			return { ApproximateNumberOfMessagesMoved: moved };
		},
	}),

	[LIST]: action({
		access: 'manage',
		parameters: z.object({ SourceArn: arnParameter('SourceArn'), MaxResults: wholeParameter(1, 10).default(1) }),
		about: ({ SourceArn }) => SourceArn,
		run: async (call, { SourceArn: source, MaxResults }) => {
			await checkThere(call, source, 'SourceArn');
			const runs = await redrivesOf(call.env, source);
			return { Results: runs.slice(0, MaxResults).map((run) => moveAnswer(call, source, run)) };
		},
	}),
};
