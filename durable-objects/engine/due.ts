import type { Database } from '../database';
import type { Received } from '../protocol';
import { earliest } from './agenda';
import type { Memory } from './memory';
import { nextRedriveAt } from './redrive';
import { isDue } from './rules';
import { nextScheduledAt } from './scheduled';
import { nextStragglerAt } from './stragglers';

/** When the engine must be called again even if nobody calls; null: never. */
export function dueAt(memory: Memory): number | null {
	return earliest(memory.doomed.next(), nextRedriveAt(memory), memory.sweep.nextAt);
}

/** When something may become visible by time alone. Only what is to come: what is due already was looked at. */
export function visibleAt(database: Database, memory: Memory, now: number): number | null {
	if (memory.queue?.paused || memory.destroyed) return null;
	const instants = [memory.readyKeys.next()];
	for (const lane of memory.lanes.values()) {
		instants.push(lane.expiries.next());
		if (memory.tally.waitingMessages > 0) instants.push(nextStragglerAt(database, lane.lane));
	}
	if (memory.tally.scheduledMessages > 0) instants.push(nextScheduledAt(database, now));
	return earliest(...instants.filter((at) => at !== undefined && at > now));
}

/** A lease of no time at all: who waits, and was served before, can have the same messages. */
export function isVisibleStill(received: unknown, now: number): boolean {
	const [first] = Array.isArray(received) ? (received as Received) : [];
	return first !== undefined && first.leaseExpiresAt !== null && isDue(first.leaseExpiresAt, now);
}
