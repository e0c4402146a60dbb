import { bodyOf } from './body.ts';
import type { Reply } from './client.ts';
import type { Consumer, Held } from './consumer.ts';
import type { Draft, Outcome, Verdict } from './journal.ts';
import { pause } from './pause.ts';

/** What a consumer wants for a message that it holds. */
export type Intent =
	/** `next`: the queue that gets its successor. */
	| { readonly verb: 'ack'; readonly message: Held; readonly next?: string | undefined }
	/** `delayMs` undefined: the queue's backoff. */
	| { readonly verb: 'retry'; readonly message: Held; readonly delayMs?: number | undefined }
	| { readonly verb: 'extend'; readonly message: Held; readonly leaseMs: number };

const downMs = 50;

/**
 * In one request of mixed verbs, or one request per verb; again and again where it shall be answered. `asOne`: where all that
 * was received is acknowledged, it is by the receipts that stand for all of it.
 */
export async function settle(
	consumer: Consumer,
	intents: readonly Intent[],
	untilAnswered: boolean,
	asOne = false,
): Promise<void> {
	const publishes = intents.some((intent) => intent.verb === 'ack' && intent.next !== undefined);
	// What a key's order hangs on goes in one step.
	const isOne = publishes || consumer.prng.chance(0.5);
	const verbs = (['retry', 'ack', 'extend'] as const).map((verb) => intents.filter((intent) => intent.verb === verb));
	const requests = isOne ? [intents] : verbs.filter(({ length }) => length > 0);
	for (const request of requests) {
		const verb = isOne ? 'settle' : (request[0] as Intent).verb;
		const body = verb === 'settle' ? settleBody(request) : verbBody(request);
		const isAll = asOne && verb === 'ack' && request.length === intents.length;
		for (;;) {
			const state = await send(consumer, request, verb, isAll ? { receipts: consumer.receipts } : body);
			if (state === 'answered' || state === 'refused') break;
			if (!untilAnswered || consumer.site.done.aborted) break;
			await pause(downMs, consumer.site.done);
		}
	}
}

async function send(
	consumer: Consumer,
	intents: readonly Intent[],
	verb: string,
	body: object,
): Promise<Reply['state']> {
	const { site, queue, name } = consumer;
	const path = `queues/${queue}/${verb}`;
	const reply = await site.client.send('POST', path, body);
	const { start, end, state, trouble } = reply;
	if (state === 'unsent') return state;
	const answers = answersIn(reply, verb, intents);
	const verdicts = intents.map((intent, index) => verdictOf(intent, answers[index]));
	const told = trouble === undefined ? {} : { trouble };
	site.journal.add({ kind: 'settle', client: name, start, end, state, queue, verdicts, ...told });
	return state;
}

function settleBody(intents: readonly Intent[]): object {
	const publish = intents.flatMap((intent) => {
		const draft = successorOf(intent);
		if (intent.verb !== 'ack' || draft === undefined) return [];
		const { label, key } = draft;
		const messages = [{ body: bodyOf(label), ...(key !== undefined && { key }) }];
		return [{ queue: intent.next, receipt: intent.message.receipt, messages }];
	});
	return {
		ack: of(intents, 'ack').map(({ message }) => message.receipt),
		retry: of(intents, 'retry').map(entryOf),
		extend: of(intents, 'extend').map(entryOf),
		...(publish.length > 0 && { publish }),
	};
}

function verbBody(intents: readonly Intent[]): object {
	return { receipts: intents.map(entryOf) };
}

function of(intents: readonly Intent[], verb: Intent['verb']): Intent[] {
	return intents.filter((intent) => intent.verb === verb);
}

function entryOf(intent: Intent): string | object {
	const { receipt } = intent.message;
	if (intent.verb === 'ack') return receipt;
	if (intent.verb === 'extend') return { receipt, visibilityTimeoutSeconds: intent.leaseMs / 1_000 };
	const { delayMs } = intent;
	return { receipt, reason: 'failed on purpose', ...(delayMs !== undefined && { delaySeconds: delayMs / 1_000 }) };
}

/** The same label and key, one queue further. */
function successorOf(intent: Intent): Draft | undefined {
	if (intent.verb !== 'ack' || intent.next === undefined) return undefined;
	const { label, key } = intent.message;
	return { label, rank: Number(label.slice(label.lastIndexOf('.') + 1)), ...(key !== null && { key }) };
}

interface Answer {
	readonly outcome: Outcome;
	readonly visibleAt?: string;
	readonly leaseExpiresAt?: string;
}

/** One per intent, in its order; none where there was no answer. */
function answersIn({ state, body }: Reply, verb: string, intents: readonly Intent[]): readonly (Answer | undefined)[] {
	if (state !== 'answered') return [];
	if (verb !== 'settle') {
		const { results } = body as { results: Answer[] };
		// Of receipts that stand for several messages: all of these are acknowledged.
		return results.length === intents.length ? results : intents.map(() => ({ outcome: 'acked' }));
	}
	const next = { ack: 0, retry: 0, extend: 0 };
	const answers = body as Record<Intent['verb'], Answer[]>;
	return intents.map((intent) => answers[intent.verb][next[intent.verb]++]);
}

function verdictOf(intent: Intent, answer: Answer | undefined): Verdict {
	const { verb, message } = intent;
	const draft = successorOf(intent);
	return {
		verb,
		id: message.id,
		attempt: message.attempt,
		...(intent.verb === 'retry' && intent.delayMs !== undefined && { delayMs: intent.delayMs }),
		...(intent.verb === 'extend' && { leaseMs: intent.leaseMs }),
		...(intent.verb === 'ack' && draft && { publishes: { queue: intent.next as string, messages: [draft] } }),
		...(answer && { outcome: answer.outcome }),
		...(answer?.visibleAt !== undefined && { visibleAt: Date.parse(answer.visibleAt) }),
		...(answer?.leaseExpiresAt !== undefined && { until: Date.parse(answer.leaseExpiresAt) }),
	};
}
