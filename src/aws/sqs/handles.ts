import type { Env } from '../../../durable-objects/env';
import type { Queue, SettleOutcome } from '../../../durable-objects/protocol';
import { queues } from '../../catalog';
import type { Entry } from '../../entries';
import { keyringOf } from '../../keyring';
import { openReceipts } from '../../receipts';
import { settle } from '../../settling';
import { AwsError } from '../errors';
import { invalidParameter, SQS_ERRORS } from './errors';

/** The handle of a message that is nobody's to settle: its queue, made natively, delivers at most once. */
export const NOTHING_TO_SETTLE = 'delivered-at-most-once';

/**
 * Settles by receipt handles, which are native receipts: an outcome for each, in order, or the error of one that is none of this queue,
 * without which the others are settled. Entries of one handle follow one another.
 */
export async function settleHandles(
	env: Env,
	name: string,
	entries: readonly Entry[],
): Promise<(SettleOutcome | AwsError)[]> {
	const good = await goodHandles(env, name, entries);
	const outcomes: (SettleOutcome | AwsError)[] = entries.map(({ receipt }) =>
		receipt === NOTHING_TO_SETTLE ? { outcome: 'unknown' } : invalidHandle(receipt),
	);
	for (const round of rounds(entries, good)) {
		const settled = await settle(
			env,
			name,
			round.map((index) => entries[index] as Entry),
		);
		round.forEach((index, at) => {
			outcomes[index] = settled.outcomes[at] as SettleOutcome;
		});
	}
	return outcomes;
}

/** Indexes of the entries that have receipts of this queue, which may have been made again since it was cached. */
async function goodHandles(env: Env, name: string, entries: readonly Entry[]): Promise<number[]> {
	const keyring = keyringOf(env);
	const receipts = entries.map(({ receipt }) => receipt);
	const goodIn = (queue: Queue) =>
		openReceipts(keyring, queue, receipts).flatMap((found, index) =>
			found === null || found.count !== undefined ? [] : [index],
		);
	const good = goodIn(await queues.cached(env, name));
	const expected = receipts.filter((receipt) => receipt !== NOTHING_TO_SETTLE);
	return good.length === expected.length ? good : goodIn(await queues.fresh(env, name));
}

/** In rounds, each of which names no receipt twice: what is asked of one message later counts. */
function rounds(entries: readonly Entry[], good: readonly number[]): number[][] {
	const all: { readonly named: Set<string>; readonly indexes: number[] }[] = [];
	for (const index of good) {
		const { receipt } = entries[index] as Entry;
		let round = all.find(({ named }) => !named.has(receipt));
		if (round === undefined) {
			round = { named: new Set(), indexes: [] };
			all.push(round);
		}
		round.named.add(receipt);
		round.indexes.push(index);
	}
	return all.map(({ indexes }) => indexes);
}

function invalidHandle(handle: string): AwsError {
	const shown = handle.slice(0, 80).toWellFormed();
	return new AwsError(SQS_ERRORS.invalidReceipt, `The input receipt handle "${shown}" is not a valid receipt handle.`);
}

/** For a handle that is genuine, and does not allow what is asked any more. */
export function uselessHandle(handle: string, reason: string): AwsError {
	return invalidParameter('ReceiptHandle', handle, reason);
}
