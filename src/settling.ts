import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	type Lease,
	type Queue,
	type Refusal,
	type SettleCommand,
	type SettleOutcome,
} from '../durable-objects/protocol';
import { cachedQueue, freshQueue, withQueue } from './catalog';
import { type Keyring, keyringOf } from './keyring';
import { reach } from './objects';
import { settleAt } from './partitioner';
import { type Fault, Problem } from './problems';
import { openReceipts } from './receipts';
import { fieldFault, invalid } from './validation';

export type Verb = 'ack' | 'retry' | 'extend';

/** One receipt of a request, where in the body it stands, and what is to happen to its message. */
export interface Entry {
	readonly verb: Verb;
	readonly path: readonly PropertyKey[];
	readonly receipt: string;
	readonly delayMs?: number;
	readonly reason?: string;
	/** Absent for an extend: the queue's. */
	readonly visibilityTimeoutMs?: number;
}

const SAFE_AGAIN = 'Settling again is safe: what was done answers "unknown".';

/** An outcome per entry, in order; atomic per partition. Nothing is done where one receipt is not valid. */
export async function settle(env: Env, name: string, entries: readonly Entry[]): Promise<SettleOutcome[]> {
	refuseRepeated(entries);
	const keyring = keyringOf(env);
	const command = (queue: Queue) => settleOn(env, queue, keyring, entries);
	const cached = await cachedQueue(env, name);
	try {
		return await withQueue(env, name, command);
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'invalid_receipt') throw error;
		// The queue may have been made again since it was cached: then the receipts may be good after all.
		const fresh = await freshQueue(env, name);
		if (fresh.generation === cached.generation && fresh.layout === cached.layout) throw error;
		return withQueue(env, name, command);
	}
}

async function settleOn(
	env: Env,
	queue: Queue,
	keyring: Keyring,
	entries: readonly Entry[],
): Promise<Refusal | SettleOutcome[]> {
	const groups = byPartition(queue, keyring, entries);
	refuseLateRetries(queue, entries);
	const outcomes: SettleOutcome[] = new Array(entries.length);
	const refusals = await Promise.all(
		[...groups].map(async ([partition, group]) => {
			const command = commandOf(queue, entries, group);
			const result = await reach('once', () => settleAt(env, queue, partition, command), SAFE_AGAIN);
			if (isRefusal(result)) return result;
			const next = { ack: 0, retry: 0, extend: 0 };
			for (const { index } of group) {
				const verb = (entries[index] as Entry).verb;
				outcomes[index] = result[verb][next[verb]++] as SettleOutcome;
			}
			return null;
		}),
	);
	return refusals.find((refusal) => refusal !== null) ?? outcomes;
}

interface Opened {
	readonly index: number;
	readonly lease: Lease;
}

function byPartition(queue: Queue, keyring: Keyring, entries: readonly Entry[]): Map<number, Opened[]> {
	const groups = new Map<number, Opened[]>();
	const faults: Fault[] = [];
	const opened = openReceipts(
		keyring,
		queue,
		entries.map(({ receipt }) => receipt),
	);
	entries.forEach((entry, index) => {
		const located = opened[index];
		if (located === null || located === undefined) {
			faults.push(fieldFault(entry.path, 'is not a receipt of this queue, or is cut or changed'));
			return;
		}
		const group = groups.get(located.partition);
		if (group === undefined) groups.set(located.partition, [{ index, lease: located.lease }]);
		else group.push({ index, lease: located.lease });
	});
	const [first] = faults;
	if (first !== undefined) throw new Problem('invalid_receipt', first.detail, { errors: faults });
	return groups;
}

function commandOf(queue: Queue, entries: readonly Entry[], group: readonly Opened[]): SettleCommand {
	const ack: Lease[] = [];
	const retry: SettleCommand['retry'][number][] = [];
	const extend: SettleCommand['extend'][number][] = [];
	for (const { index, lease } of group) {
		const { verb, delayMs, reason, visibilityTimeoutMs } = entries[index] as Entry;
		if (verb === 'ack') ack.push(lease);
		else if (verb === 'retry') retry.push({ ...lease, delayMs, reason });
		else extend.push({ ...lease, visibilityTimeoutMs: visibilityTimeoutMs ?? queue.settings.visibilityTimeoutMs });
	}
	return { ack, retry, extend };
}

/** A message that is delayed beyond its retention would be dropped, not retried. */
function refuseLateRetries({ settings: { retentionMs } }: Queue, entries: readonly Entry[]): void {
	const late = entries.filter(({ delayMs = 0 }) => delayMs > retentionMs);
	const rule = `must be at most the queue's retention of ${retentionMs / 1_000} seconds`;
	if (late.length > 0) throw invalid(late.map(({ path }) => fieldFault([...path.slice(0, -1), 'delaySeconds'], rule)));
}

/** Two wishes for one lease in one request contradict each other. */
function refuseRepeated(entries: readonly Entry[]): void {
	const seen = new Set<string>();
	const faults: Fault[] = [];
	for (const { receipt, path } of entries) {
		if (seen.has(receipt)) faults.push(fieldFault(path, 'is a receipt that this request names twice'));
		seen.add(receipt);
	}
	if (faults.length > 0) throw invalid(faults);
}
