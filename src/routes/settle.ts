import { LIMITS, type SettleOutcome } from '../../durable-objects/protocol';
import { iso } from '../answers';
import { type App, endpoint, okText } from '../endpoint';
import type { Entry } from '../entries';
import { optionalMilliseconds, QueuePath } from '../schemas/common';
import {
	AckBody,
	ExtendBody,
	OutcomesAnswer,
	plainAck,
	RetryBody,
	SettleAnswer,
	SettleBody,
} from '../schemas/consuming';
import { type Settled, settle } from '../settling';
import { readSuccessors } from '../successors';

const COMMON = {
	method: 'post',
	tag: 'Consuming',
	access: 'consume',
	params: QueuePath,
	problems: ['queue_not_found', 'invalid_receipt'],
} as const;

const SETTLE =
	'Up to 100 receipts in all, atomic per partition. One receipt that is not valid: nothing is done. ' +
	'What `publish` names is handed over in the very step that acknowledges, so that it is published exactly once: by each ' +
	"entry's own receipt, or, where entries name none, by all of `ack` together. If one of these cannot be acknowledged, nothing is " +
	'published and the others are `kept`. Receipts of one queue partition are one step; of those in other partitions, which are ' +
	'acknowledged after it, the answer says what became. The key needs `publish` for each target.';

const OUTCOMES = { 200: { description: 'What became of each receipt, in order.', schema: OutcomesAnswer } };

interface RetryWish {
	readonly receipt: string;
	readonly delaySeconds?: number;
	readonly reason?: string;
}

interface ExtendWish {
	readonly receipt: string;
	readonly visibilityTimeoutSeconds?: number;
}

/** What a request wants of all its receipts, and of the answer. */
interface Manner {
	readonly onlyLeased: boolean;
	readonly minimal?: boolean;
}

/** Acknowledge, retry, extend: together in one request, or one verb each. */
export function settleRoutes(app: App): void {
	settleTogether(app);
	endpoint(
		app,
		{
			...COMMON,
			path: '/v1/queues/{queue}/ack',
			summary: 'Acknowledge: these are done',
			body: AckBody,
			glance: plainAck,
			answers: OUTCOMES,
		},
		({ env, params, body }) => settleAlone(env, params.queue, body, ackEntries('receipts', body.receipts)),
	);
	endpoint(
		app,
		{
			...COMMON,
			path: '/v1/queues/{queue}/retry',
			summary: 'Give back, to be handed out again later',
			body: RetryBody,
			answers: OUTCOMES,
		},
		({ env, params, body }) => settleAlone(env, params.queue, body, retryEntries('receipts', body.receipts)),
	);
	endpoint(
		app,
		{
			...COMMON,
			path: '/v1/queues/{queue}/extend',
			summary: 'Hold on to them for longer',
			body: ExtendBody,
			answers: OUTCOMES,
		},
		({ env, params, body }) => settleAlone(env, params.queue, body, extendEntries('receipts', body.receipts)),
	);
}

function settleTogether(app: App): void {
	endpoint(
		app,
		{
			...COMMON,
			path: '/v1/queues/{queue}/settle',
			summary: 'Acknowledge, retry and extend in one request, and publish by it',
			description: SETTLE,
			body: SettleBody,
			bodyBytes: LIMITS.requestBytes,
			answers: { 200: { description: 'What became of each receipt, list by list.', schema: SettleAnswer } },
			problems: [
				...COMMON.problems,
				'topic_not_found',
				'courier_busy',
				'body_too_large',
				'message_too_large',
				'invalid_json',
			],
		},
		async (call) => {
			const { env, params, body } = call;
			// What a receipt publishes, it publishes for one message.
			const acks = ackEntries('ack', body.ack, body.publish?.[0]?.receipt === undefined);
			const retries = retryEntries('retry', body.retry);
			const extends_ = extendEntries('extend', body.extend);
			const entries = strictly(body, [...acks, ...retries, ...extends_]);
			const successors = body.publish === undefined ? [] : await readSuccessors(call, body.publish);
			const settled = await settle(env, params.queue, entries, successors);
			const results = outcomeTexts(settled, false);
			const extendsFrom = results.length - extends_.length;
			const retriesFrom = extendsFrom - retries.length;
			const [ack, retry] = [results.slice(0, retriesFrom), results.slice(retriesFrom, extendsFrom)];
			const published = body.publish === undefined ? '' : `,"published":${settled.published}`;
			return okText(`{"ack":[${ack}],"retry":[${retry}],"extend":[${results.slice(extendsFrom)}]${published}}`);
		},
	);
}

async function settleAlone(
	env: Parameters<typeof settle>[0],
	queue: string,
	body: Manner,
	wishes: readonly Entry[],
): Promise<Response> {
	const entries = strictly(body, wishes);
	return okText(`{"results":[${outcomeTexts(await settle(env, queue, entries), body.minimal)}]}`);
}

function strictly({ onlyLeased }: Manner, entries: readonly Entry[]): readonly Entry[] {
	return onlyLeased ? entries.map((entry) => ({ ...entry, onlyLeased })) : entries;
}

/** `mayBeSeveral`: of receipts that stand for several messages too. */
export function ackEntries(list: string, receipts: readonly string[], mayBeSeveral = true): Entry[] {
	return receipts.map((receipt, index) => ({ verb: 'ack', path: [list, index], receipt, mayBeSeveral }));
}

function retryEntries(list: string, wishes: readonly RetryWish[]): Entry[] {
	return wishes.map(({ receipt, delaySeconds, reason }, index) => ({
		verb: 'retry',
		path: [list, index, 'receipt'],
		receipt,
		delayMs: optionalMilliseconds(delaySeconds),
		reason,
	}));
}

function extendEntries(list: string, wishes: readonly ExtendWish[]): Entry[] {
	return wishes.map(({ receipt, visibilityTimeoutSeconds }, index) => ({
		verb: 'extend',
		path: [list, index, 'receipt'],
		receipt,
		visibilityTimeoutMs: optionalMilliseconds(visibilityTimeoutSeconds),
	}));
}

/**
 * An outcome per entry, as JSON; `minimal`: only of those that were not acknowledged. Those that say nothing more are written
 * down: there may be a hundred, of receipts that are known to be ours.
 */
export function outcomeTexts({ entries, outcomes }: Settled, minimal: boolean | undefined): string[] {
	const texts: string[] = [];
	outcomes.forEach((outcome, index) => {
		const { receipt } = entries[index] as Entry;
		if (outcome.outcome !== 'acked') texts.push(JSON.stringify({ receipt, ...outcomeAnswer(outcome) }));
		else if (!minimal) texts.push(`{"receipt":"${receipt}","outcome":"acked"}`);
	});
	return texts;
}

function outcomeAnswer(outcome: SettleOutcome) {
	switch (outcome.outcome) {
		case 'retried':
			return { outcome: outcome.outcome, visibleAt: iso(outcome.visibleAt) };
		case 'extended':
			return { outcome: outcome.outcome, leaseExpiresAt: iso(outcome.leaseExpiresAt) };
		case 'stale':
			return { ...outcome, handedOutAt: iso(outcome.handedOutAt) };
		default:
			return { outcome: outcome.outcome };
	}
}
