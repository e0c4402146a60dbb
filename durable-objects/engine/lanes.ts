import type { Database } from '../database';
import { LIMITS } from '../protocol';
import { isParked } from './keys';
import { lastSegment } from './lane-ends';
import { type Lane, type Memory, newLane } from './memory';
import { type Head, LANE_SPAN, laneOf } from './message';
import { deleteSegment, segmentAt, segmentAtOrAfter } from './segments';

export function laneFor(memory: Pick<Memory, 'lanes'>, position: number): Lane {
	return laneNumber(memory, laneOf(position));
}

export function laneNumber(memory: Pick<Memory, 'lanes'>, number: number): Lane {
	let lane = memory.lanes.get(number);
	if (lane === undefined) {
		lane = newLane(number, number * LANE_SPAN + 1);
		memory.lanes.set(number, lane);
	}
	return lane;
}

/** Lanes in use, the highest priority first. */
export function lanesByPriority(memory: Memory): Lane[] {
	if (memory.lanes.size === 1) return [...memory.lanes.values()];
	return [...memory.lanes.values()].sort((a, b) => b.lane - a.lane);
}

/** Messages of the log that the cursor has not met. */
export function freshMessages(lane: Lane): number {
	return lane.appendedMessages - lane.passedMessages;
}

/** The cursor moves past a position; a hole there was counted when it was made. */
export function pass(
	memory: Memory,
	lane: Lane,
	segment: { base: number; span: number },
	position: number,
	head: Head | null,
): void {
	if (head !== null) {
		lane.passedMessages++;
		lane.passedBytes += head.size;
	}
	lane.cursor = position + 1;
	lane.dirty = true;
	memory.touched.set(segment.base, segment);
}

/** The cursor moves past so many messages, with so many bytes. */
export function passRun(
	memory: Memory,
	lane: Lane,
	segment: { base: number; span: number },
	run: { readonly position: number; readonly count: number; readonly bytes: number },
): void {
	lane.passedMessages += run.count;
	lane.passedBytes += run.bytes;
	lane.cursor = run.position + run.count;
	lane.dirty = true;
	memory.touched.set(segment.base, segment);
}

export function park(lane: Lane, sign: 1 | -1, size: number): void {
	lane.parkedMessages += sign;
	lane.parkedBytes += sign * size;
	lane.dirty = true;
}

/** Deletes the segments behind the cursor in which nothing is leased or parked any more. */
export function flushSegments(database: Database, memory: Memory): void {
	for (const { base, span } of memory.touched.values()) {
		const live = memory.segments.get(base);
		if (live !== undefined && live.flights > 0) continue;
		skipHoles(database, memory, base, span);
		if (base + span <= laneFor(memory, base).cursor && !hasParked(database, memory, base)) {
			deleteSegment(database, memory.cache, base);
			if (live !== undefined) live.deleted = true;
		}
		memory.segments.delete(base);
	}
	memory.touched.clear();
}

/** Moves the cursor past the end of a segment that has nothing left to read, so that it can be deleted now. */
function skipHoles(database: Database, memory: Memory, base: number, span: number): void {
	const lane = laneFor(memory, base);
	if (lane.cursor >= base + span) return;
	const segment = segmentAt(database, memory.cache, base);
	if (segment === undefined || segment.messages === segment.span) return;
	if (lane.cursor < base && segmentAtOrAfter(database, memory.cache, lane.cursor)?.base !== base) return;
	for (let position = Math.max(lane.cursor, base); position < segment.end; position++) {
		if (segment.head(position) !== null) return;
	}
	lane.cursor = segment.end;
	lane.dirty = true;
}

function hasParked(database: Database, memory: Memory, base: number): boolean {
	if (memory.heldRows.size === 0 && memory.dirtyKeys.size === 0) return false;
	const segment = segmentAt(database, memory.cache, base);
	if (segment === undefined) return false;
	return segment.heads.some((head, index) => head !== null && isParked(memory, base + index, head.key));
}

/** Rebuilds each lane's end from its last segment; `loadLeases` has set the cursors. */
export function loadLanes(database: Database, memory: Memory): void {
	for (let number = 0; number < LIMITS.priorities; number++) {
		const last = lastSegment(database, number);
		if (last === undefined && !memory.lanes.has(number)) continue;
		const lane = laneNumber(memory, number);
		lane.end = Math.max(lane.cursor, last === undefined ? 0 : last.base + last.span);
		lane.appendedMessages = Math.max(lane.passedMessages, last?.messages_through ?? 0);
		lane.appendedBytes = Math.max(lane.passedBytes, last?.bytes_through ?? 0);
		memory.tally.nextSequence = Math.max(memory.tally.nextSequence, lane.end - number * LANE_SPAN);
	}
}
