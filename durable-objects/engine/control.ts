import type { Database } from '../database';
import { type Queue, type QueueSettings, type Refusal, refuse } from '../protocol';
import { forgetDedup, isInDedupWindow } from './dedup';
import { backlog } from './figures';
import { openAll } from './flight-runs';
import { schedule } from './flights';
import type { Memory } from './memory';
import { endScan } from './redrive-runs';
import { deleteState, writeState } from './state';

/** Keeps the newest settings seen; they come with every call, so there is nothing to push and nothing goes stale. */
export function adopt(memory: Memory, queue: Queue): Queue {
	if (memory.queue === undefined || queue.version > memory.queue.version) {
		memory.queue = queue;
		memory.settingsDirty = true;
		memory.sweep.nextAt = undefined;
		openAll(memory);
		for (const flight of memory.flights.values()) schedule(memory, queue.settings, flight);
	}
	return memory.queue;
}

/** Why this partition answers nothing any more, or undefined. */
export function closed(memory: Memory, name: string): Refusal | undefined {
	if (memory.destroyed) return refuse('queue_not_found', `There is no queue ${name}; it was deleted.`);
	if (memory.sealed) return refuse('settings_stale', `The partitions of ${name} are being changed; try again.`, 1_000);
	return undefined;
}

/** Takes every message out, leased and delayed ones too. What was accepted under a dedupId stays known, unless it is to be forgotten. */
export function purge(database: Database, memory: Memory, forgetsDedup = false): { readonly purged: number } {
	if (forgetsDedup) forgetDedup(database, memory);
	const purged = backlog(memory).messages;
	for (const table of ['segment', 'lease', 'straggler', 'held', 'scheduled', 'alias', 'receive_attempt'] as const) {
		database.run(`DELETE FROM ${table}`);
	}
	memory.flights.clear();
	memory.runs.clear();
	memory.receiveAttempts.clear();
	memory.segments.clear();
	memory.touched.clear();
	memory.cache.clear();
	memory.keys.clear();
	memory.dirtyKeys.clear();
	memory.heldRows.clear();
	memory.readyKeys.clear();
	memory.doomed.clear();
	memory.leasedMessages = 0;
	memory.flightBytes = 0;
	memory.hasAliases = false;
	for (const lane of memory.lanes.values()) {
		lane.leases.clear();
		lane.slots.length = 0;
		lane.handedOut = [];
		lane.newest = undefined;
		lane.expiries.clear();
		lane.cursor = lane.end;
		lane.passedMessages = lane.appendedMessages;
		lane.passedBytes = lane.appendedBytes;
		lane.parkedMessages = 0;
		lane.parkedBytes = 0;
		lane.dirty = true;
	}
	Object.assign(memory.tally, { waitingMessages: 0, waitingBytes: 0, scheduledMessages: 0 });
	memory.tallyDirty = true;
	memory.waitingDue.clear();
	memory.scheduledDue.clear();
	endScan(memory);
	memory.totals.removed += purged;
	return { purged };
}

/**
 * Before a queue gets other partitions, each old one is sealed: it must be empty, dedup window included, since
 * neither order per key nor deduplication could be kept across two sets. Refused with `queue_not_empty`.
 */
export function seal(database: Database, memory: Memory, settings: QueueSettings, now: number): Refusal | null {
	const held = backlog(memory).messages + memory.tally.owedMessages;
	const inWindow =
		memory.hasDedup &&
		database
			.all<{ accepted_at: number }>('SELECT accepted_at FROM dedup ORDER BY accepted_at DESC LIMIT 1')
			.some((row) => isInDedupWindow(row.accepted_at, settings, now));
	if (held > 0 || inWindow) {
		return refuse(
			'queue_not_empty',
			held > 0
				? `The queue still holds ${held} messages in one partition; partitions and location change only while it is empty.`
				: 'Deduplication ids of the queue are still in their window; wait until it has passed, or shorten it.',
			10_000,
		);
	}
	memory.sealed = true;
	memory.sweep.nextAt = undefined;
	endScan(memory);
	writeState(database, 'sealed', true);
	return null;
}

export function unseal(database: Database, memory: Memory): null {
	memory.sealed = false;
	deleteState(database, 'sealed');
	return null;
}

/**
 * Leaves a tombstone, so that a Worker with old settings is told that the queue is gone. Dead letters that are owed to
 * another queue have left this one: the courier still carries them.
 */
export function destroy(database: Database, memory: Memory): null {
	if (memory.destroyed) return null;
	purge(database, memory, true);
	memory.redrive = undefined;
	memory.endedRedrives = [];
	memory.redriveDirty = true;
	memory.sweep.nextAt = undefined;
	memory.destroyed = true;
	writeState(database, 'destroyed', true);
	return null;
}
