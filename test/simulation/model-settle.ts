import type { SettleOutcome, SettleResult } from '../../durable-objects/protocol';
import type { Names } from '../engine/names';
import type { Entry } from '../guarantees/script';
import { demand, type Held, type Model } from './model';

/** Checks the outcomes of one settle and applies them. Answers the ids that it buried. */
export function checkSettle(
	model: Model,
	entries: readonly Entry[],
	result: SettleResult,
	names: Names,
	now: number,
): string[] {
	const buried: string[] = [];
	// The engine works list by list: acknowledgements first.
	for (const kind of ['ack', 'retry', 'extend'] as const) {
		const ofKind = entries.filter((entry) => entry.kind === kind);
		demand(result[kind]?.length === ofKind.length, () => `the ${kind} list was not answered one for one`);
		for (const [index, entry] of ofKind.entries()) {
			const id = checkEntry(model, entry, result[kind][index] as SettleOutcome, names, now);
			if (id !== undefined) buried.push(id);
		}
	}
	return buried;
}

function checkEntry(model: Model, entry: Entry, outcome: SettleOutcome, names: Names, now: number): string | undefined {
	const { known, attempt } = names.receipt(entry.receipt) as NonNullable<ReturnType<Names['receipt']>>;
	const message = model.at(known.position);
	const say = () => `${entry.kind} ${entry.receipt} was answered ${JSON.stringify(outcome)}`;
	if (outcome.outcome === 'unknown') {
		const fine = message === undefined || attempt > message.attempts || message.mayBeGone;
		demand(fine, () => `P4: ${say()}, though the receipt is ${attempt === message?.attempts ? 'the newest' : 'stale'}`);
		if (message?.mayBeGone && attempt <= message.attempts) model.forget(message);
		return undefined;
	}
	demand(message !== undefined, () => `P4: ${say()}, though the message is finished`);
	if (outcome.outcome === 'stale') {
		const right =
			attempt < message.attempts &&
			outcome.attempt === message.attempts &&
			outcome.handedOutAt === message.handedOutAt &&
			outcome.consumer === message.consumer;
		demand(
			right,
			() => `P4: ${say()}, the newest is attempt ${message.attempts} of ${message.consumer} at ${message.handedOutAt}`,
		);
		return undefined;
	}
	demand(attempt === message.attempts, () => `P4: ${say()}, though attempt ${message.attempts} is newer`);
	if (entry.onlyLeased && !model.isHeld(message, now)) {
		demand(outcome.outcome === 'expired', () => `P4: ${say()}, though its lease is over`);
		return undefined;
	}
	message.namedReceive = undefined;
	if (entry.kind === 'ack') {
		demand(outcome.outcome === 'acked', say);
		model.forget(message);
		return undefined;
	}
	return entry.kind === 'retry'
		? checkRetry(model, message, entry, outcome, now)
		: checkExtend(model, message, entry, outcome, now);
}

function checkRetry(
	model: Model,
	message: Held,
	entry: Entry,
	outcome: SettleOutcome,
	now: number,
): string | undefined {
	const isLast = message.leased && model.isLastAttempt(message);
	const say = () => `retry ${entry.receipt} was answered ${JSON.stringify(outcome)}`;
	if (isLast) {
		demand(outcome.outcome === 'buried', () => `P6: ${say()} at its last attempt`);
		model.forget(message);
		return message.id;
	}
	demand(outcome.outcome === 'retried', () => `P6: ${say()} before its last attempt`);
	const { initialMs, factor, maxMs, jitter } = model.settings.backoff;
	const full = entry.delayMs ?? Math.min(maxMs, initialMs * factor ** (message.attempts - 1));
	const least = entry.delayMs ?? Math.floor(full * (1 - jitter));
	const delay = outcome.visibleAt - now;
	demand(delay >= least && delay <= full, () => `${say()}: a delay of ${delay} ms, not ${least} to ${full}`);
	message.leased = false;
	message.doomed = false;
	message.until = outcome.visibleAt;
	return undefined;
}

function checkExtend(model: Model, message: Held, entry: Entry, outcome: SettleOutcome, now: number): undefined {
	const until = now + (entry.leaseMs ?? 0);
	demand(
		outcome.outcome === 'extended' && outcome.leaseExpiresAt === until,
		() => `extend ${entry.receipt} was answered ${JSON.stringify(outcome)}`,
	);
	message.leased = true;
	message.until = until;
	message.mayBeGone = false;
	message.leasedIn = model.commits;
	message.doomed = model.isLastAttempt(message);
	return undefined;
}
