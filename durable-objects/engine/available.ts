import type { Database } from '../database';
import { LIMITS } from '../protocol';
import { freshMessages } from './lanes';
import type { Lane, Memory } from './memory';
import { isDue, waitsUntil } from './rules';
import { segmentAtOrAfter } from './segments';

/**
 * About how many messages a receive could hand out now; 0 only when it would find none. For waiters that lease
 * nothing yet: it reads at most as far as one receive would.
 */
export function available(database: Database, memory: Memory, now: number): number {
	if (memory.queue === undefined || memory.queue.paused || memory.sealed || memory.destroyed) return 0;
	if (memory.leasedMessages >= LIMITS.inFlight) return hasExpired(memory, now) ? 1 : 0;
	let count = memory.tally.waitingMessages > 0 ? memory.waitingDue.at(now) : 0;
	const keyAt = memory.readyKeys.next();
	if (keyAt !== undefined && isDue(keyAt, now)) count++;
	for (const lane of memory.lanes.values()) {
		const at = lane.expiries.next();
		if (at !== undefined && isDue(at, now)) count++;
		if (freshMessages(lane) > 0 && hasFree(database, memory, lane, now)) count += freshMessages(lane);
	}
	return count;
}

function hasFree(database: Database, memory: Memory, lane: Lane, now: number): boolean {
	let position = lane.cursor;
	for (let looked = 0; looked < LIMITS.scannedMessages; ) {
		const segment = segmentAtOrAfter(database, memory.cache, position);
		if (segment === undefined) return false;
		for (position = Math.max(position, segment.base); position < segment.end; position++, looked++) {
			const head = segment.head(position);
			if (head === null || !isDue(waitsUntil(head), now)) continue;
			if (head.key === undefined || !memory.keys.has(head.key)) return true;
		}
	}
	return true;
}

/** A lease is over, or a key's instant has come: what may be handed out although the partition is full. */
export function hasExpired(memory: Memory, now: number): boolean {
	const keyAt = memory.readyKeys.next();
	if (keyAt !== undefined && keyAt <= now) return true;
	for (const lane of memory.lanes.values()) {
		const at = lane.expiries.next();
		if (at !== undefined && at <= now) return true;
	}
	return false;
}
