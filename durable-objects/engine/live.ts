import type { Database } from '../database';
import type { BrowsedMessage, Failure, MessageState } from '../protocol';
import { flightAt } from './flight-runs';
import { isParked } from './keys';
import { laneFor } from './lanes';
import type { Flight, Memory } from './memory';
import { LANE_SPAN, type LogRecord, laneOf, positionOfId, storedMessage } from './message';
import { isDue } from './rules';
import { type Segment, segmentAtOrAfter, segmentHolding } from './segments';
import { positionsAfter, type Straggler, stragglerAt } from './stragglers';

/** An unfinished message, wherever it stands. */
export interface Live {
	readonly record: LogRecord;
	readonly state: MessageState;
	readonly until: number | undefined;
	/** When a straggler was or is due; of no meaning for others. */
	readonly dueAt: number;
	readonly attempts: number;
	/** Of its first attempt, if there was one. */
	readonly firstHandedOutAt: number;
	readonly failures: readonly Failure[];
	readonly flight: Flight | undefined;
	/** Set where the record stands in the log. */
	readonly segment: Segment | undefined;
}

export function browsed(memory: Memory, live: Live): BrowsedMessage {
	const message = storedMessage(memory.tag, live.record, live.attempts, live.failures);
	return {
		...message,
		state: live.state,
		...(live.until === undefined ? {} : { until: live.until }),
		...(live.attempts === 0 ? {} : { firstReceivedAt: live.firstHandedOutAt }),
	};
}

/** The unfinished message with this id, or undefined. Ids of messages that came by courier are looked up. */
export function liveWithId(database: Database, memory: Memory, id: string, now: number): Live | undefined {
	const alias = memory.hasAliases
		? database.first<{ position: number }>('SELECT position FROM alias WHERE id = ?', id)?.position
		: undefined;
	const position = alias ?? positionOfId(memory.tag, id);
	if (position === undefined) return undefined;
	const segment = segmentHolding(database, memory.cache, position);
	const inLog = segment === undefined ? undefined : liveInSegment(memory, segment, position, now);
	if (inLog !== undefined) return inLog;
	const straggler = stragglerAt(database, position);
	return straggler === undefined ? undefined : liveStraggler(memory, straggler, now);
}

function liveInSegment(memory: Memory, segment: Segment, position: number, now: number): Live | undefined {
	const head = segment.head(position);
	if (head === null) return undefined;
	const flight = flightAt(memory, position);
	const isInLog = flight === undefined ? isUnread(memory, position, head.key) : flight.segment !== undefined;
	if (!isInLog) return undefined;
	const record = segment.record(position) as LogRecord;
	if (flight !== undefined) {
		const leased = !isDue(flight.until, now);
		return {
			record,
			dueAt: 0,
			segment,
			flight,
			attempts: flight.attempt,
			firstHandedOutAt: flight.firstHandedOutAt,
			failures: [],
			...(leased ? { state: 'leased', until: flight.until } : { state: 'visible', until: undefined }),
		};
	}
	const delayed = head.deliverAt !== undefined && !isDue(head.deliverAt, now);
	return {
		record,
		dueAt: 0,
		segment,
		flight,
		attempts: 0,
		firstHandedOutAt: 0,
		failures: [],
		...(delayed ? { state: 'delayed', until: head.deliverAt } : { state: 'visible', until: undefined }),
	};
}

function isUnread(memory: Memory, position: number, key: string | undefined): boolean {
	return position >= laneFor(memory, position).cursor || isParked(memory, position, key);
}

function liveStraggler(memory: Memory, straggler: Straggler, now: number): Live {
	const due = isDue(straggler.visibleAt, now);
	return {
		record: straggler,
		dueAt: straggler.visibleAt,
		segment: undefined,
		flight: memory.flights.get(straggler.position),
		attempts: straggler.attempts,
		firstHandedOutAt: straggler.firstHandedOutAt,
		failures: straggler.failures,
		state: due ? 'visible' : straggler.leased ? 'leased' : 'delayed',
		until: due ? undefined : straggler.visibleAt,
	};
}

/**
 * Visits unfinished messages behind a position, in order, until `visit` answers false (that one then counts as not
 * visited) or `budget` messages were looked at. Answers the position to go on after, or null at the end.
 */
export function walk(
	database: Database,
	memory: Memory,
	after: number,
	now: number,
	budget: number,
	visit: (live: Live) => boolean,
): number | null {
	let last = after;
	let looked = 0;
	let stragglers = positionsAfter(database, after, PAGE);
	let at = 0;
	const nextStraggler = (before: number): Straggler | undefined => {
		if (at === PAGE) {
			stragglers = positionsAfter(database, stragglers[PAGE - 1] as number, PAGE);
			at = 0;
		}
		const position = stragglers[at];
		return position === undefined || position >= before ? undefined : stragglerAt(database, position);
	};
	for (const { segment, position } of logPositions(database, memory, after + 1)) {
		for (let entry = nextStraggler(position); entry !== undefined; entry = nextStraggler(position)) {
			if (looked++ >= budget || !visit(liveStraggler(memory, entry, now))) return last;
			last = entry.position;
			at++;
		}
		const live = liveInSegment(memory, segment, position, now);
		if (looked++ >= budget || (live !== undefined && !visit(live))) return last;
		last = position;
	}
	const end = Number.POSITIVE_INFINITY;
	for (let entry = nextStraggler(end); entry !== undefined; entry = nextStraggler(end)) {
		if (looked++ >= budget || !visit(liveStraggler(memory, entry, now))) return last;
		last = entry.position;
		at++;
	}
	return null;
}

const PAGE = 64;

function* logPositions(
	database: Database,
	memory: Memory,
	from: number,
): Generator<{ readonly segment: Segment; readonly position: number }> {
	for (const lane of [...memory.lanes.values()].sort((a, b) => a.lane - b.lane)) {
		if (lane.lane < laneOf(from)) continue;
		let position = Math.max(from, lane.lane * LANE_SPAN);
		for (;;) {
			const segment = segmentAtOrAfter(database, memory.cache, position);
			if (segment === undefined) break;
			for (position = Math.max(position, segment.base); position < segment.end; position++) yield { segment, position };
		}
	}
}
