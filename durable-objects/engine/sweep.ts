import type { Database } from '../database';
import { LIMITS, type QueueSettings } from '../protocol';
import { sweepDedup } from './dedup';
import { backlog } from './figures';
import { finishFlight, forgetAlias } from './flights';
import { isParked, unpark } from './keys';
import { oldestSegments } from './lane-ends';
import { park } from './lanes';
import type { Lane, Memory } from './memory';
import { sweepReceives } from './receive-attempts';
import { isDue, isExpired } from './rules';
import { unschedule } from './scheduled';
import { deleteSegment, segmentAt } from './segments';
import { deleteStraggler, stragglerHeadsAfter, tallyWaiting } from './stragglers';

/**
 * Frees what retention, time to live, the dedup window and that of named receives have ended: storage costs money, and an expired message
 * must not count as backlog. Correctness does not wait for it: reading checks every instant itself.
 */
export function sweep(database: Database, memory: Memory, settings: QueueSettings, now: number): void {
	let isCut = false;
	for (const lane of memory.lanes.values()) isCut = sweepSegments(database, memory, settings, lane, now) || isCut;
	sweepStragglers(database, memory, settings, now);
	sweepDedup(database, memory, settings, now);
	isCut = sweepReceives(database, memory, now) || isCut;
	const { dedupAfter, stragglerAfter } = memory.sweep;
	isCut ||= dedupAfter !== '' || stragglerAfter !== 0;
	memory.sweep.nextAt = isCut
		? now + LIMITS.sweepStepMs
		: nextSweepAt(database, memory, settings, now, now + LIMITS.sweepMs);
}

/** When a sweep would next find something, not before `earliest`; undefined when nothing is stored. */
export function nextSweepAt(
	database: Database,
	memory: Memory,
	settings: QueueSettings,
	now: number,
	earliest: number,
): number | undefined {
	let at = Number.POSITIVE_INFINITY;
	for (const { lane } of memory.lanes.values()) {
		for (const segment of oldestSegments(database, lane, 1))
			at = Math.min(at, segment.retained_from + settings.retentionMs);
	}
	const stragglers = memory.tally.waitingMessages > 0 || memory.flights.size > 0 || memory.runs.messages > 0;
	if (stragglers) at = Math.min(at, now + settings.retentionMs / 4);
	if (memory.hasDedup) at = Math.min(at, now + settings.dedupWindowMs);
	if (memory.receiveAttempts.size > 0) at = Math.min(at, now + LIMITS.receiveAttemptMs);
	return at === Number.POSITIVE_INFINITY ? undefined : Math.max(at, earliest);
}

/** Makes sure that a sweep is planned while anything is stored, and is not late for what has just been published. */
export function planSweep(
	database: Database,
	memory: Memory,
	settings: QueueSettings,
	hasPublished: boolean,
	now: number,
): void {
	const { nextAt } = memory.sweep;
	if (nextAt !== undefined && hasPublished) memory.sweep.nextAt = Math.min(nextAt, now + settings.retentionMs);
	if (nextAt !== undefined || memory.sealed) return;
	if (memory.hasDedup || backlog(memory).messages > 0) {
		memory.sweep.nextAt = nextSweepAt(database, memory, settings, now, now);
	}
}

/** Answers whether a bound cut it short. */
function sweepSegments(database: Database, memory: Memory, settings: QueueSettings, lane: Lane, now: number): boolean {
	let bytes = 0;
	const oldest = oldestSegments(database, lane.lane, LIMITS.sweptRows);
	for (const { base, span, retained_from, bytes: size } of oldest) {
		if (!isDue(retained_from + settings.retentionMs, now)) return false;
		if (bytes > LIMITS.sweptBytes) return true;
		bytes += size;
		// A lease outlives the retention: its holder may still acknowledge. The cursor cannot jump over what is unread.
		if ((memory.segments.get(base)?.flights ?? 0) === 0) dropSegment(database, memory, lane, base);
		else if (base + span > lane.cursor) return false;
	}
	return oldest.length === LIMITS.sweptRows;
}

function dropSegment(database: Database, memory: Memory, lane: Lane, base: number): void {
	const segment = segmentAt(database, memory.cache, base);
	if (segment === undefined) return;
	for (let position = segment.base; position < segment.end; position++) {
		const head = segment.head(position);
		if (head === null) continue;
		if (position >= lane.cursor) {
			lane.passedMessages++;
			lane.passedBytes += head.size;
		} else if (isParked(memory, position, head.key)) {
			park(lane, -1, head.size);
			unpark(memory, position, head.key);
		} else continue;
		forgetAlias(database, head.id);
		unschedule(database, memory, { position, head });
		memory.totals.expired++;
	}
	if (lane.cursor < segment.end) lane.cursor = segment.end;
	lane.dirty = true;
	deleteSegment(database, memory.cache, base);
	memory.segments.delete(base);
}

function sweepStragglers(database: Database, memory: Memory, settings: QueueSettings, now: number): void {
	const entries = stragglerHeadsAfter(database, memory.sweep.stragglerAfter, LIMITS.sweptRows);
	for (const entry of entries) {
		const head = { expiresAt: entry.expires_at ?? undefined };
		if (entry.leased === 1 || !isExpired({ head, retainedFrom: entry.retained_from }, settings, now)) continue;
		const flight = memory.flights.get(entry.position);
		if (flight !== undefined) finishFlight(database, memory, flight);
		else {
			deleteStraggler(database, entry.position);
			forgetAlias(database, entry.id ?? undefined);
			tallyWaiting(memory, -1, entry.size, entry.visible_at);
		}
		memory.totals.expired++;
	}
	memory.sweep.stragglerAfter = entries.length < LIMITS.sweptRows ? 0 : (entries.at(-1)?.position ?? 0);
}
