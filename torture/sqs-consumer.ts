import type { Message } from '@aws-sdk/client-sqs';
import type { Prng } from '../test/simulation/prng.ts';
import { isPoison, labelOf } from './body.ts';
import type { HandedOut, Verdict } from './journal.ts';
import { pause } from './pause.ts';
import type { QueuePlan } from './plan.ts';
import { choicesOf, type Site } from './site.ts';
import type { SqsReply } from './sqs-client.ts';
import { nativeIdOf } from './sqs-ids.ts';

/** A message in the hands of an SQS client. */
interface Held extends HandedOut {
	readonly handle: string;
}

interface Consumer {
	readonly site: Site;
	readonly queue: string;
	readonly plan: QueuePlan;
	readonly name: string;
	readonly prng: Prng;
}

const downMs = 50;

/** How often it does what it should not, while there is no calm. */
const often = { vanish: 0.05, late: 0.05, extend: 0.1, fail: 0.06, repeat: 0.6 };

/** Receives, works and deletes over SQS until everything is done, beside consumers that use the native API. */
export async function consumeOverSqs(site: Site, queue: string, plan: QueuePlan, name: string): Promise<void> {
	const consumer = { site, queue, plan, name, prng: choicesOf(site, name) };
	while (!site.done.aborted) {
		const { messages, leaseMs } = await receive(consumer);
		if (messages.length > 0) await work(consumer, messages, leaseMs);
	}
}

async function receive({ site, queue, plan, name, prng }: Consumer) {
	const leaseMs = prng.chance(0.3) ? prng.between(10, 40) * 100 : plan.leaseMs;
	const wishes = {
		MaxNumberOfMessages: prng.between(1, 10),
		WaitTimeSeconds: prng.between(2, 30) / 10,
		...(leaseMs !== plan.leaseMs && { VisibilityTimeout: leaseMs / 1_000 }),
		MessageSystemAttributeNames: ['All' as const],
	};
	const abortSignal = site.done;
	const { start, end, state, trouble, body } = await site.sqs.ask(
		queue,
		(sqs, QueueUrl) => sqs.receiveMessage({ QueueUrl, ...wishes }, { abortSignal }),
		site.done,
	);
	const messages = (body?.Messages ?? []).map(heldOf);
	if (state !== 'unsent') {
		const seen = messages.map(({ handle: _, ...message }) => message);
		const told = trouble === undefined ? {} : { trouble };
		site.journal.add({ kind: 'receive', client: name, start, end, state, queue, leaseMs, messages: seen, ...told });
	}
	if (state !== 'answered' && state !== 'aborted') await pause(downMs, site.done);
	return { messages, leaseMs };
}

/** SQS tells neither a lease's end nor, but for FIFO queues, a sequence number. */
function heldOf({ MessageId = '', Body = '', ReceiptHandle: handle = '', Attributes = {} }: Message): Held {
	const { MessageGroupId: key = null, ApproximateReceiveCount } = Attributes;
	return { id: nativeIdOf(MessageId), label: labelOf(Body), key, attempt: Number(ApproximateReceiveCount), handle };
}

async function work(consumer: Consumer, messages: readonly Held[], leaseMs: number): Promise<void> {
	const { site, prng } = consumer;
	const isCalm = site.calm.aborted;
	// Each choice is made in any case, so that calm does not change what comes after it.
	const [vanishes, isLate, extends_, repeats] = [often.vanish, often.late, often.extend, often.repeat].map(
		(chance) => prng.chance(chance) && !isCalm,
	);
	const thinkingMs = prng.between(0, 30);
	const lateMs = leaseMs + prng.between(-100, 600);
	const failed = new Set(messages.filter(({ label }) => (prng.chance(often.fail) && !isCalm) || isPoison(label)));
	if (vanishes) return;
	await pause(isLate ? lateMs : thinkingMs, site.done);
	if (extends_ && !isLate) await change(consumer, messages, prng.between(15, 40) * 100);
	const back = messages.filter((message) => failed.has(message));
	if (back.length > 0) await change(consumer, back, 0);
	const finished = messages.filter((message) => !failed.has(message));
	while (finished.length > 0) {
		const state = await remove(consumer, finished);
		if (state === 'answered' || state === 'refused' || !(repeats || isCalm) || site.done.aborted) return;
		await pause(downMs, site.done);
	}
}

/** A visibility timeout of 0 gives messages back. */
async function change(consumer: Consumer, messages: readonly Held[], leaseMs: number): Promise<void> {
	const Entries = messages.map(({ handle }, index) => {
		return { Id: String(index), ReceiptHandle: handle, VisibilityTimeout: leaseMs / 1_000 };
	});
	const reply = await consumer.site.sqs.ask(consumer.queue, (sqs, QueueUrl) =>
		sqs.changeMessageVisibilityBatch({ QueueUrl, Entries }),
	);
	// At least as long from when it was asked; whether a message given back is buried is not told.
	const isExtension = leaseMs > 0;
	tell(consumer, messages, reply, ({ id, attempt }, isDone) => {
		if (!isExtension) return { verb: 'retry', id, attempt, delayMs: 0 };
		const told = isDone ? { outcome: 'extended' as const, until: reply.start + leaseMs } : {};
		return { verb: 'extend', id, attempt, leaseMs, ...told };
	});
}

async function remove(consumer: Consumer, messages: readonly Held[]) {
	const Entries = messages.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }));
	const reply = await consumer.site.sqs.ask(consumer.queue, (sqs, QueueUrl) =>
		sqs.deleteMessageBatch({ QueueUrl, Entries }),
	);
	tell(consumer, messages, reply, ({ id, attempt }, isDone) => {
		return { verb: 'ack', id, attempt, ...(isDone && { outcome: 'deleted' }) };
	});
	return reply.state;
}

interface Results {
	readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
	readonly Failed?:
		| readonly { readonly Id: string | undefined; readonly SenderFault: boolean | undefined }[]
		| undefined;
}

/** A verdict per message; one that SQS refuses for itself came too late, and changed nothing. */
function tell(
	{ site, queue, name }: Consumer,
	messages: readonly Held[],
	{ start, end, state, trouble, body }: SqsReply<Results>,
	verdictOf: (message: Held, isDone: boolean) => Verdict,
): void {
	if (state === 'unsent') return;
	const { Successful = [], Failed = [] } = body ?? {};
	const verdicts = messages.map((message, index): Verdict => {
		const isDone = Successful.some(({ Id }) => Id === String(index));
		const isRefused = Failed.some(({ Id, SenderFault }) => Id === String(index) && SenderFault === true);
		const verdict = verdictOf(message, isDone);
		return isRefused ? { ...verdict, outcome: 'stale' } : verdict;
	});
	const told = trouble === undefined ? {} : { trouble };
	site.journal.add({ kind: 'settle', client: name, start, end, state, queue, verdicts, ...told });
}
