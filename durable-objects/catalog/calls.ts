import { isRefusal, type Queue, type Refusal } from '../protocol';
import type { Duty } from './duties';
import type { DutyResult } from './progress';

/** What the catalog asks of a partition; every call is idempotent. */
export interface PartitionCalls {
	configure(queue: Queue): Promise<Refusal | null>;
	seal(queue: Queue): Promise<Refusal | null>;
	unseal(queue: Queue): Promise<Refusal | null>;
	destroy(queue: Queue): Promise<null>;
}

/** A fresh stub: one that has thrown is broken. */
export type PartitionAt = (queue: Queue, index: number) => PartitionCalls;

const callsAtOnce = 16;

/** Makes the calls of a duty on every partition of its layout; after a refusal or a failure no further one is begun. */
export async function performDuty(duty: Pick<Duty, 'kind' | 'queue'>, partitionAt: PartitionAt): Promise<DutyResult> {
	const { kind, queue } = duty;
	let result: DutyResult = { ended: 'done' };
	const indexes = Array.from({ length: queue.settings.partitions }, (_, index) => index);
	await inParallel(indexes, callsAtOnce, async (index) => {
		// What one partition refuses or fails to answer does not excuse the others from hearing it; only a seal is void.
		if (kind === 'seal' && result.ended !== 'done') return;
		try {
			const answer = await twice(() => callPartition(kind, queue, partitionAt(queue, index)));
			if (isRefusal(answer) && result.ended === 'done') result = { ended: 'refused', refusal: answer };
		} catch (error) {
			console.warn(`catalog: ${kind} of partition ${index} of ${queue.name} failed: ${String(error)}`);
			result = { ended: 'failed' };
		}
	});
	return result;
}

async function callPartition(kind: Duty['kind'], queue: Queue, partition: PartitionCalls): Promise<Refusal | null> {
	if (kind !== 'unseal') return partition[kind](queue);
	// The seal may have come before an earlier configure was heard.
	return (await partition.unseal(queue)) ?? partition.configure(queue);
}

/** A reset of the partition, as after a deploy, fails the call that it meets; the next one finds the new object. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch {
		return call();
	}
}

/** Runs `run` for each item, at most `limit` at once. */
export async function inParallel<T>(
	items: readonly T[],
	limit: number,
	run: (item: T) => Promise<void>,
): Promise<void> {
	const rest = items.values();
	const lane = async () => {
		for (const item of rest) await run(item);
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
