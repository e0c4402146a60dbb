import { type CarriedMessage, partitionOfKey } from './protocol';

/** Messages whose positions share this many go together where nothing else tells where they go. */
const TOGETHER = 128;

/** By key; else by what is the message's own, so that repeats go the same way, and dedupIds meet; else many together. */
export function byPartition(
	messages: readonly CarriedMessage[],
	partitions: number,
): ReadonlyMap<number, readonly CarriedMessage[]> {
	if (partitions === 1) return new Map([[0, messages]]);
	const groups = new Map<number, CarriedMessage[]>();
	for (const message of messages) {
		const { key, dedupId, id, courierPosition } = message;
		const name = key ?? (id === undefined ? (dedupId ?? String(Math.floor(courierPosition / TOGETHER))) : id);
		const index = partitionOfKey(name, partitions);
		const group = groups.get(index);
		if (group === undefined) groups.set(index, [message]);
		else group.push(message);
	}
	return groups;
}
