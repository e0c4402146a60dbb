import type { Database } from '../database';
import type { DeadLetter, Failure, QueueSettings } from '../protocol';
import { LIMITS } from '../protocol';
import { addToKey, keyFor, removeFromKey, settleKey } from './keys';
import { laneFor } from './lanes';
import { leaveLease } from './leases';
import type { Flight, LiveSegment, Memory } from './memory';
import { type LogRecord, leaving, sequenceOf } from './message';
import { owe } from './outbox';
import { forgetReceive } from './receive-attempts';
import { isLastAttempt } from './rules';
import { segmentAt } from './segments';
import { deleteStraggler, stragglerAt } from './stragglers';

/** A message under a lease, as memory knows it; with the segment that holds its record, unless it has a straggler row. */
export function leasedFlight(
	record: LogRecord,
	held: Pick<Flight, 'attempt' | 'until' | 'handedOutAt' | 'firstHandedOutAt' | 'consumer'>,
	segment?: LiveSegment,
): Flight {
	const { position, head } = record;
	const { size, key, id: aliasId } = head;
	const none = { lease: undefined, by: undefined, receiveAttempt: undefined };
	return { position, size, key, aliasId, ...held, ...none, leased: true, segment };
}

/** Takes a handed-out message, or a keyed one that waits, into memory. */
export function addFlight(memory: Memory, settings: QueueSettings | undefined, flight: Flight): void {
	memory.flights.set(flight.position, flight);
	memory.flightBytes += flight.size;
	if (flight.leased) memory.leasedMessages++;
	addToKey(memory, flight);
	schedule(memory, settings, flight);
}

/** After `until` or `leased` changed: when this flight wants attention. */
export function schedule(memory: Memory, settings: QueueSettings | undefined, flight: Flight): void {
	if (flight.key === undefined) laneFor(memory, flight.position).expiries.set(flight, flight.until);
	else settleKey(memory, keyFor(memory, flight.key));
	if (flight.leased && settings !== undefined && isLastAttempt(settings, flight.attempt, flight.key)) {
		memory.doomed.set(flight, flight.until);
	} else memory.doomed.delete(flight);
}

/** Leased until then, whatever it was before; the row that says so is written with this commit. */
export function leaseUntil(database: Database, memory: Memory, settings: QueueSettings, flight: Flight, until: number) {
	if (!flight.leased) memory.leasedMessages++;
	flight.leased = true;
	flight.until = until;
	if (flight.segment === undefined)
		database.run('UPDATE straggler SET leased = 1, visible_at = ? WHERE position = ?', until, flight.position);
	// Without a lease row it was handed out by this very commit, which still has to write one.
	else if (flight.lease !== undefined) flight.lease.outdated = true;
	schedule(memory, settings, flight);
}

/** Out of memory and off its lease; its straggler row, if any, is the caller's. */
export function removeFlight(database: Database, memory: Memory, flight: Flight): void {
	forgetReceive(database, memory, flight.receiveAttempt);
	memory.flights.delete(flight.position);
	memory.flightBytes -= flight.size;
	if (flight.leased) memory.leasedMessages--;
	if (flight.key === undefined) laneFor(memory, flight.position).expiries.delete(flight);
	memory.doomed.delete(flight);
	leaveLease(memory, flight);
	removeFromKey(memory, flight);
	// Its follower may have been put off until this one is finished.
	const next = flight.key === undefined ? undefined : memory.keys.get(flight.key)?.flights[0];
	if (next !== undefined) schedule(memory, memory.queue?.settings, next);
}

/** The message is done: acknowledged, removed, expired or buried. */
export function finishFlight(database: Database, memory: Memory, flight: Flight): void {
	const isStraggler = flight.segment === undefined;
	removeFlight(database, memory, flight);
	if (isStraggler) deleteStraggler(database, flight.position);
	forgetAlias(database, flight.aliasId);
}

export function forgetAlias(database: Database, id: string | undefined): void {
	if (id !== undefined) database.run('DELETE FROM alias WHERE id = ?', id);
}

/** The record of a flight, with the failures so far: a lease that was not settled in time is one. */
export function recall(
	database: Database,
	memory: Memory,
	flight: Flight,
): { readonly record: LogRecord; readonly failures: readonly Failure[] } {
	if (flight.segment !== undefined) {
		const record = segmentAt(database, memory.cache, flight.segment.base)?.record(flight.position);
		if (record === undefined) throw new Error(`the segment of leased position ${flight.position} is gone`);
		return { record, failures: expiryOf(flight, []) };
	}
	const straggler = stragglerAt(database, flight.position);
	if (straggler === undefined) throw new Error(`the straggler of leased position ${flight.position} is gone`);
	return { record: straggler, failures: expiryOf(flight, straggler.failures) };
}

function expiryOf(flight: Flight, failures: readonly Failure[]): readonly Failure[] {
	if (!flight.leased) return failures;
	return withFailure(failures, { attempt: flight.attempt, at: flight.until, reason: 'lease expired' });
}

/** Keeps the first failure and the newest others. */
export function withFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
	if (failures.length < LIMITS.failuresKept) return [...failures, failure];
	return [failures[0] as Failure, ...failures.slice(2), failure];
}

/** Moves a message to the dead-letter queue's parcel, in the transaction that takes it out of here. */
export function bury(
	memory: Memory,
	settings: QueueSettings,
	buried: { readonly record: LogRecord; readonly failures: readonly Failure[]; readonly attempts: number },
	now: number,
): void {
	const { record, failures, attempts } = buried;
	const deadLetter: DeadLetter = {
		queue: memory.queue?.name ?? '',
		sequence: sequenceOf(record.position),
		publishedAt: record.head.publishedAt ?? record.writtenAt,
		buriedAt: now,
		attempts,
		failures,
	};
	owe(memory, settings.deadLetter as string, [leaving(memory.tag, record, deadLetter)]);
	memory.totals.deadLettered++;
}

/** Buries a flight whose last attempt failed. */
export function buryFlight(
	database: Database,
	memory: Memory,
	settings: QueueSettings,
	flight: Flight,
	failures: readonly Failure[],
	record: LogRecord,
	now: number,
): void {
	finishFlight(database, memory, flight);
	bury(memory, settings, { record, failures, attempts: flight.attempt }, now);
}
