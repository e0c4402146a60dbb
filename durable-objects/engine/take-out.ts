import type { Database } from '../database';
import { finishFlight, forgetAlias } from './flights';
import { unpark } from './keys';
import { laneFor, park } from './lanes';
import type { Live } from './live';
import type { Memory } from './memory';
import { unschedule } from './scheduled';
import { punchHoles, type Segment, segmentAt } from './segments';
import { deleteStraggler, tallyWaiting } from './stragglers';

/** Takes unfinished messages out for good: removed by their owner, or on their way to another queue. */
export function takeOut(database: Database, memory: Memory, messages: readonly Live[]): void {
	const ofSegment = new Map<number, Set<number>>();
	for (const { record, flight, segment, dueAt } of messages) {
		if (flight !== undefined) finishFlight(database, memory, flight);
		else if (segment === undefined) {
			deleteStraggler(database, record.position);
			forgetAlias(database, record.head.id);
			tallyWaiting(memory, -1, record.head.size, dueAt);
		} else {
			const positions = ofSegment.get(segment.base) ?? new Set();
			ofSegment.set(segment.base, positions.add(record.position));
		}
	}
	for (const [base, positions] of ofSegment) {
		const segment = segmentAt(database, memory.cache, base);
		if (segment !== undefined) takeOutOfLog(database, memory, segment, positions);
	}
}

function takeOutOfLog(database: Database, memory: Memory, segment: Segment, positions: ReadonlySet<number>): void {
	const lane = laneFor(memory, segment.base);
	lane.dirty = true;
	for (const position of positions) {
		const head = segment.head(position);
		if (head === null) continue;
		forgetAlias(database, head.id);
		unschedule(database, memory, { position, head });
		if (position < lane.cursor) {
			park(lane, -1, head.size);
			unpark(memory, position, head.key);
		} else {
			lane.passedMessages++;
			lane.passedBytes += head.size;
		}
	}
	punchHoles(database, memory.cache, segment, positions);
	memory.touched.set(segment.base, segment);
}
