import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	type Lease,
	type Queue,
	type Refusal,
	type SettleCommand,
	type Settlement,
	type SettleOutcome,
} from '../durable-objects/protocol';
import { queues } from './catalog';
import { type Entry, oneByOne, openedOf } from './entries';
import { keyringOf } from './keyring';
import { reach } from './objects';
import { settleAt } from './partitioner';
import { Problem } from './problems';
import type { Located } from './receipts';
import { handoversOf, isWhole, type Successors } from './successors';
import { fieldFault, invalid } from './validation';

/**
 * An outcome per entry, in order, and how many messages the acknowledgements have published. In the place of an entry for
 * several messages there is one for each, unless all were acknowledged.
 */
export interface Settled {
	readonly entries: readonly Entry[];
	readonly outcomes: readonly SettleOutcome[];
	readonly published: number;
}

const SAFE_AGAIN = 'Settling again is safe: what was done answers "unknown", and is not published twice.';

/** Atomic per partition. Nothing is done where one receipt is not valid. `call`: how a partition is asked. */
export async function settle(
	env: Env,
	name: string,
	entries: readonly Entry[],
	successors: readonly Successors[] = [],
	call = settleAt,
): Promise<Settled> {
	const keyring = keyringOf(env);
	const command = (queue: Queue) => {
		const opened = openedOf(queue, keyring, entries);
		const partition = opened[0]?.partition ?? 0;
		if (
			successors.length === 0 &&
			entries.every(isPlainAck) &&
			opened.every((other) => other.partition === partition)
		) {
			return acknowledge(env, queue, partition, entries, opened, call);
		}
		const each = oneByOne(entries, opened);
		const leases = each.length === entries.length ? opened : openedOf(queue, keyring, each);
		return settleOn(env, queue, byPartition(leases), each, successors, call);
	};
	const cached = await queues.cached(env, name);
	try {
		return await queues.with(env, name, command);
	} catch (error) {
		if (!(error instanceof Problem) || error.code !== 'invalid_receipt') throw error;
		// The queue may have been made again since it was cached: then the receipts may be good after all.
		const fresh = await queues.fresh(env, name);
		if (fresh.generation === cached.generation && fresh.layout === cached.layout) throw error;
		return queues.with(env, name, command);
	}
}

/** Nothing is wanted but to acknowledge it. */
function isPlainAck({ verb, onlyLeased }: Entry): boolean {
	return verb === 'ack' && onlyLeased === undefined;
}

/** Acknowledgements of one partition, as most requests are: nothing has to be sorted, nor put in order again. */
async function acknowledge(
	env: Env,
	queue: Queue,
	partition: number,
	entries: readonly Entry[],
	opened: readonly Located[],
	call: typeof settleAt,
): Promise<Refusal | Settled> {
	const ack = opened.map(({ lease, count }) => (count === undefined ? lease : { ...lease, count }));
	const result = await reach('once', () => call(env, queue, partition, { ack, retry: [], extend: [] }), SAFE_AGAIN);
	if (isRefusal(result)) return result;
	if (result.ack.length === entries.length) return { entries, outcomes: result.ack, published: 0 };
	if (!result.ack.every(({ outcome }) => outcome === 'acked')) {
		return { entries: oneByOne(entries, opened), outcomes: result.ack, published: 0 };
	}
	return { entries, outcomes: result.ack.slice(0, entries.length), published: 0 };
}

/**
 * Every partition at once; but what all acknowledgements publish together goes with those of the first one's partition,
 * and the others are acknowledged only after that is done.
 */
async function settleOn(
	env: Env,
	queue: Queue,
	groups: ReadonlyMap<number, readonly Opened[]>,
	entries: readonly Entry[],
	successors: readonly Successors[],
	call: typeof settleAt,
): Promise<Refusal | Settled> {
	refuseLateRetries(queue, entries);
	const outcomes: SettleOutcome[] = new Array(entries.length);
	const send = async (partition: number, group: readonly Opened[], publish: readonly Successors[]) => {
		const command = commandOf(queue, entries, group, publish);
		const result = await reach('once', () => call(env, queue, partition, command), SAFE_AGAIN);
		if (isRefusal(result)) return result;
		const next = { ack: 0, retry: 0, extend: 0 };
		for (const { index } of group) {
			const verb = (entries[index] as Entry).verb;
			outcomes[index] = result[verb][next[verb]++] as SettleOutcome;
		}
		return null;
	};
	const all = [...groups];
	if (!isWhole(successors)) {
		const refusals = await Promise.all(all.map(([partition, group]) => send(partition, group, successors)));
		const published = successors.filter(({ receipt }) => outcomes[ackOf(entries, receipt)]?.outcome === 'acked');
		return firstOf(refusals) ?? { entries, outcomes, published: countOf(published) };
	}
	// Acknowledgements come first among the entries, so the first group has one.
	const [lead, ...others] = all as [(typeof all)[number], ...typeof all];
	const refusal = await send(...lead, successors);
	if (refusal !== null) return refusal;
	const isDone = acksIn(entries, lead[1]).every(({ index }) => outcomes[index]?.outcome === 'acked');
	const refusals = await Promise.all(
		others.map(([partition, group]) => {
			const kept = isDone ? [] : acksIn(entries, group);
			for (const { index } of kept) outcomes[index] = { outcome: 'kept' };
			const rest = group.filter((opened) => !kept.includes(opened));
			return rest.length === 0 ? null : send(partition, rest, []);
		}),
	);
	return firstOf(refusals) ?? { entries, outcomes, published: isDone ? countOf(successors) : 0 };
}

function firstOf(refusals: readonly (Refusal | null)[]): Refusal | undefined {
	return refusals.find((refusal) => refusal !== null) ?? undefined;
}

function countOf(successors: readonly Successors[]): number {
	return successors.reduce((sum, { messages }) => sum + messages.length, 0);
}

function ackOf(entries: readonly Entry[], wanted: string | undefined): number {
	return entries.findIndex(({ verb, receipt }) => verb === 'ack' && receipt === wanted);
}

function acksIn(entries: readonly Entry[], group: readonly Opened[]): Opened[] {
	return group.filter(({ index }) => entries[index]?.verb === 'ack');
}

interface Opened {
	readonly index: number;
	readonly lease: Lease;
}

function byPartition(opened: readonly Located[]): Map<number, Opened[]> {
	const groups = new Map<number, Opened[]>();
	opened.forEach(({ partition, lease }, index) => {
		const group = groups.get(partition);
		if (group === undefined) groups.set(partition, [{ index, lease }]);
		else group.push({ index, lease });
	});
	return groups;
}

function commandOf(
	queue: Queue,
	entries: readonly Entry[],
	group: readonly Opened[],
	successors: readonly Successors[],
): SettleCommand {
	const ack: Settlement[] = [];
	const retry: SettleCommand['retry'][number][] = [];
	const extend: SettleCommand['extend'][number][] = [];
	for (const { index, lease } of group) {
		const { verb, onlyLeased, delayMs, reason, totalMs, ...entry } = entries[index] as Entry;
		const settlement = onlyLeased ? { ...lease, onlyLeased } : lease;
		if (verb === 'ack') ack.push(settlement);
		else if (verb === 'retry') retry.push({ ...settlement, delayMs, reason });
		else {
			const visibilityTimeoutMs = entry.visibilityTimeoutMs ?? queue.settings.visibilityTimeoutMs;
			extend.push({ ...settlement, visibilityTimeoutMs, totalMs });
		}
	}
	if (successors.length === 0) return { ack, retry, extend };
	const receipts = acksIn(entries, group).map(({ index }) => (entries[index] as Entry).receipt);
	return { ack, retry, extend, handovers: handoversOf(successors, receipts) };
}

/** A message that is delayed beyond its retention would be dropped, not retried. */
function refuseLateRetries({ settings: { retentionMs } }: Queue, entries: readonly Entry[]): void {
	const late = entries.filter(({ delayMs = 0 }) => delayMs > retentionMs);
	const rule = `must be at most the queue's retention of ${retentionMs / 1_000} seconds`;
	if (late.length > 0) throw invalid(late.map(({ path }) => fieldFault([...path.slice(0, -1), 'delaySeconds'], rule)));
}
