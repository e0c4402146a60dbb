import { buryFlight, recall } from './flights';
import type { Handout } from './handout';
import { holdKey, settleKey } from './keys';
import { park } from './lanes';
import type { Key, Lane } from './memory';
import { isDue, isExpired, isLastAttempt, waitsUntil } from './rules';
import { unschedule } from './scheduled';
import { segmentAtOrAfter } from './segments';

/**
 * Keys of which something may be handed out: the head was retried, its lease is over, or its followers are free. At most
 * so many of them that something is handed out of.
 */
export function takeKeys(handout: Handout, lane: Lane, most = Number.POSITIVE_INFINITY): void {
	const { memory, now } = handout;
	// What was handed out with a lease of no time at all is ready at once, and is not looked at again.
	const seen = new Map<string, Key>();
	for (let left = most; left > 0 && !handout.hasEnough() && !handout.isTired(); ) {
		const name = memory.readyKeys.pop(now);
		if (name === undefined) break;
		const key = memory.keys.get(name);
		if (key === undefined || seen.has(name)) continue;
		const before = handout.count;
		takeAgain(handout, key);
		if (key.from !== undefined && isMine(handout, key)) takeParked(handout, lane, key);
		if (handout.count > before) left--;
		seen.set(name, key);
	}
	for (const key of seen.values()) settleKey(memory, key);
}

/**
 * Whether the next message of a key may go to this receive: all that is unfinished of it was handed out by this very
 * receive, for the first time. A message that failed before goes alone: its followers, given back together with it,
 * would use up their own receives for its sake and be buried with it.
 */
export function isMine(handout: Handout, key: Key): boolean {
	return key.flights.every((flight) => flight.by === handout.token && flight.attempt === 1);
}

/** The first of the key's messages that was handed out before, unless somebody holds it or it waits. */
function takeAgain(handout: Handout, key: Key): void {
	const { database, memory, settings, now } = handout;
	for (const flight of [...key.flights]) {
		if (flight.by === handout.token) return;
		if (!isDue(flight.until, now) || (flight.leased ? handout.hasEnough() : handout.isFull())) return;
		const { record, failures } = recall(database, memory, flight);
		if (isExpired(record, settings, now)) handout.expireFlight(flight, record);
		else if (isLastAttempt(settings, flight.attempt, flight.key)) {
			if (flight.leased) memory.totals.leasesExpired++;
			buryFlight(database, memory, settings, flight, failures, record, now);
			handout.tire(record);
		} else {
			handout.giveAgain(flight, record, failures);
			if (!handout.isAtMostOnce) return;
		}
	}
}

/** The key's messages that wait in segments behind the cursor, in order. */
function takeParked(handout: Handout, lane: Lane, key: Key): void {
	const { database, memory, settings, now } = handout;
	let position = key.from as number;
	let readyAt = 0;
	scan: while (position < lane.cursor && !handout.isFull() && !handout.isTired()) {
		const segment = segmentAtOrAfter(database, memory.cache, position);
		if (segment === undefined || segment.base >= lane.cursor) {
			position = lane.cursor;
			break;
		}
		position = Math.max(position, segment.base);
		for (; position < segment.end && position < lane.cursor; position++) {
			const head = segment.head(position);
			if (head === null || head.key !== key.key) {
				handout.scanned++;
				continue;
			}
			if (handout.isFull()) break scan;
			if (!isDue(waitsUntil(head), now)) {
				readyAt = waitsUntil(head);
				break scan;
			}
			const record = segment.record(position);
			if (record === undefined) continue;
			unschedule(database, memory, record);
			park(lane, -1, head.size);
			memory.touched.set(segment.base, segment);
			if (isExpired(record, settings, now)) handout.drop(record);
			else handout.giveFresh(lane, segment, record);
		}
	}
	holdKey(memory, key, position < lane.cursor ? position : undefined, readyAt);
}
