import type { Prng } from '../test/simulation/prng.ts';
import { isPoison, labelOf } from './body.ts';
import type { HandedOut } from './journal.ts';
import { pause } from './pause.ts';
import type { QueuePlan } from './plan.ts';
import { type Intent, settle } from './settle.ts';
import { choicesOf, type Site } from './site.ts';

/** A message in a consumer's hands. */
export interface Held extends HandedOut {
	readonly receipt: string;
}

const downMs = 50;

/** How often a consumer does what it should not, while there is no calm. */
const often = { abort: 0.08, vanish: 0.05, late: 0.04, extend: 0.1, fail: 0.06, repeat: 0.6 };

/** Receives, works and settles until everything is done. */
export async function consume(site: Site, queue: string, plan: QueuePlan, name: string): Promise<void> {
	const prng = choicesOf(site, name);
	while (!site.done.aborted) {
		const { messages, receipts, leaseMs } = await receive(site, queue, plan, name, prng);
		if (messages.length > 0) await work({ site, queue, plan, name, prng, receipts }, messages, leaseMs);
	}
}

async function receive(site: Site, queue: string, plan: QueuePlan, client: string, prng: Prng) {
	const wishes = prng.chance(0.3) ? { visibilityTimeoutSeconds: prng.between(10, 40) / 10 } : {};
	const leaseMs = (wishes.visibilityTimeoutSeconds ?? plan.leaseMs / 1_000) * 1_000;
	const body = { max: prng.between(1, 10), waitSeconds: prng.between(2, 30) / 10, ...wishes };
	const impatience = prng.between(1, 800);
	const isImpatient = prng.chance(often.abort) && !site.calm.aborted;
	const signal = isImpatient ? AbortSignal.any([site.done, AbortSignal.timeout(impatience)]) : site.done;
	const { start, end, state, trouble, ...reply } = await site.client.send('POST', `queues/${queue}/receive`, body, {
		signal,
	});
	const answer = reply.body as { messages?: Received[]; receipts?: string[] } | undefined;
	const messages = (answer?.messages ?? []).map(heldOf);
	if (state === 'unsent') await pause(downMs, site.done);
	else {
		const seen = messages.map(({ receipt: _, ...message }) => message);
		const told = trouble === undefined ? {} : { trouble };
		site.journal.add({ kind: 'receive', client, start, end, state, queue, leaseMs, messages: seen, ...told });
		if (state !== 'answered' && state !== 'aborted') await pause(downMs, site.done);
	}
	return { messages, receipts: answer?.receipts ?? [], leaseMs };
}

interface Received extends Omit<Held, 'label' | 'until' | 'deadLetter'> {
	readonly body: string;
	readonly leaseExpiresAt: string;
	readonly deadLetter?: { readonly queue: string; readonly buriedAt: string; readonly attempts: number };
}

function heldOf({ id, key, sequence, attempt, receipt, body, leaseExpiresAt, deadLetter }: Received): Held {
	const message = { id, label: labelOf(body), key, sequence, attempt, receipt, until: Date.parse(leaseExpiresAt) };
	if (deadLetter === undefined) return message;
	const { queue, buriedAt, attempts } = deadLetter;
	return { ...message, deadLetter: { queue, buriedAt: Date.parse(buriedAt), attempts } };
}

export interface Consumer {
	readonly site: Site;
	readonly queue: string;
	readonly plan: QueuePlan;
	readonly name: string;
	readonly prng: Prng;
	/** They stand for all messages of the newest receive. */
	readonly receipts: readonly string[];
}

async function work(consumer: Consumer, messages: readonly Held[], leaseMs: number): Promise<void> {
	const { site, prng } = consumer;
	const isCalm = site.calm.aborted;
	// Each choice is made in any case, so that calm does not change what comes after it.
	const [vanishes, isLate, extends_, repeats] = [often.vanish, often.late, often.extend, often.repeat].map((chance) =>
		prng.chance(chance),
	);
	const thinkingMs = prng.between(0, 30);
	const lateMs = leaseMs + prng.between(-100, 600);
	const verdicts = judge(consumer, messages, isCalm);
	if (vanishes && !isCalm) return;
	await pause(isLate && !isCalm ? lateMs : thinkingMs, site.done);
	const untilAnswered = repeats || isCalm;
	if (extends_ && !isLate && !isCalm) {
		const extension = prng.between(15, 40) * 100;
		const intents = messages.map((message) => ({ verb: 'extend' as const, message, leaseMs: extension }));
		await settle(consumer, intents, false);
		await pause(thinkingMs * 10, site.done);
	}
	await settle(consumer, verdicts, untilAnswered, prng.chance(0.5));
}

/** What becomes of each. After a failure the rest of its key goes back untried: else its order would be lost behind it. */
function judge({ plan, prng }: Consumer, messages: readonly Held[], isCalm: boolean): Intent[] {
	const stuck = new Set<string>();
	return messages.map((message): Intent => {
		const { key, label } = message;
		const fails = prng.chance(often.fail) && !isCalm;
		const delayMs = isCalm ? 20 : prng.pick([undefined, 0, 100, 700]);
		if (plan.next !== undefined && key !== null && stuck.has(key)) return { verb: 'retry', message, delayMs: 0 };
		if (plan.deadLetter === null || !(fails || isPoison(label))) return { verb: 'ack', message, next: plan.next };
		if (key !== null) stuck.add(key);
		return { verb: 'retry', message, delayMs };
	});
}
