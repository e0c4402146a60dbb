import type { Env } from '../durable-objects/env';
import type { Partition } from '../durable-objects/partition';
import { type NewMessage, partitionObjectName, partitionOfKey, type Queue } from '../durable-objects/protocol';

/** What the edge calls on a partition. */
type PartitionCalls = Pick<
	Partition,
	'publish' | 'receive' | 'settle' | 'browse' | 'look' | 'remove' | 'redrive' | 'purge' | 'figures'
> & { fetch(address: string, init: RequestInit): Promise<Response> };

/** A new stub: cheap, and an old one is broken after an exception. */
export function partitionAt(env: Env, queue: Queue, index: number): PartitionCalls {
	const name = partitionObjectName(queue, index);
	const { location } = queue.settings;
	const stub =
		location === null ? env.PARTITION.getByName(name) : env.PARTITION.getByName(name, { locationHint: location });
	return stub as unknown as PartitionCalls;
}

/** Where a message goes: by key, else by dedupId so that duplicates meet, else to `otherwise`. */
export function partitionFor(message: NewMessage, partitions: number, otherwise: number): number {
	if (partitions === 1) return 0;
	const name = message.key ?? message.dedupId;
	return name === undefined ? otherwise : partitionOfKey(name, partitions);
}

/** A partition for what may go to any. */
export function anyPartition(partitions: number): number {
	return partitions === 1 ? 0 : Math.floor(Math.random() * partitions);
}

/** All partitions, from one that moves on with every call, so that none is always asked last. */
export function rotation(partitions: number): number[] {
	const first = partitions === 1 ? 0 : turn++ % partitions;
	return Array.from({ length: partitions }, (_, offset) => (first + offset) % partitions);
}

let turn = 0;

/** Asks every partition at once; the answers are in their order. */
export function everyPartition<T>(queue: Queue, ask: (index: number) => Promise<T>): Promise<T[]> {
	return Promise.all(Array.from({ length: queue.settings.partitions }, (_, index) => ask(index)));
}
