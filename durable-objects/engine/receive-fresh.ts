import { LIMITS } from '../protocol';
import type { Handout } from './handout';
import { holdKey, keyFor } from './keys';
import { freshMessages, park, pass } from './lanes';
import type { Lane } from './memory';
import type { Head } from './message';
import type { Choice } from './preference';
import { isMine } from './receive-keys';
import { isDue, isExpired, isLastAttempt, waitsUntil } from './rules';
import { unschedule } from './scheduled';
import { type Segment, segmentAtOrAfter } from './segments';

/**
 * Reads the log on from the cursor. What it meets of a key that is not free is parked: the key lags from there. So does a
 * key that it passes over by choice; it ends where the choice does.
 */
export function takeFresh(handout: Handout, lane: Lane, choice?: Choice): void {
	const { database, memory } = handout;
	while (freshMessages(lane) > 0 && !handout.isFull()) {
		if (handout.isTired()) return;
		const segment = segmentAtOrAfter(database, memory.cache, lane.cursor);
		if (segment === undefined) return;
		if (!readSegment(handout, lane, segment, choice)) return;
	}
}

/** Fewer are flights each. */
const SHORTEST_RUN = 2;

/** From the cursor on, as many as fit, of a segment in which all are plain; none where one of them could not be held as the others are. */
function takeRun(handout: Handout, lane: Lane, segment: Segment): void {
	const { settings, now } = handout;
	const isHeldAlike = !handout.isAtMostOnce && !handout.isNamed && !isLastAttempt(settings, 1, undefined);
	if (!isHeldAlike || isExpired({ head: {}, retainedFrom: segment.writtenAt }, settings, now)) return;
	const position = Math.max(lane.cursor, segment.base);
	const sizes = handout.fittingSizes(segment, position);
	if (sizes.length >= SHORTEST_RUN) handout.giveRun(lane, segment, position, sizes);
}

/** Answers false where the scan must not go on. */
function readSegment(handout: Handout, lane: Lane, segment: Segment, choice: Choice | undefined): boolean {
	const { database, memory, settings, now } = handout;
	// A choice is one of keys, and a plain message has none.
	if (choice === undefined && segment.isPlain) takeRun(handout, lane, segment);
	for (let position = Math.max(lane.cursor, segment.base); position < segment.end; position++) {
		if (handout.isFull() || handout.isTired()) return true;
		const head = segment.head(position);
		if (head === null) {
			pass(memory, lane, segment, position, head);
			handout.scanned++;
			continue;
		}
		const isBlocked = head.key !== undefined && !isFree(handout, head.key, head);
		const verdict = isBlocked ? 'pass' : (choice?.verdict(head.key) ?? 'take');
		if (verdict === 'stop') return false;
		if (verdict === 'pass') {
			if (!hold(handout, lane, segment, position, head.key as string, head)) return false;
			continue;
		}
		const record = segment.record(position);
		if (record === undefined) continue;
		pass(memory, lane, segment, position, head);
		unschedule(database, memory, record);
		if (isExpired(record, settings, now)) handout.drop(record);
		else handout.giveFresh(lane, segment, record);
	}
	return true;
}

/** Nothing of its key is unfinished, except what this very receive hands out; and its own instant has come. */
function isFree(handout: Handout, name: string, head: Head): boolean {
	if (!isDue(waitsUntil(head), handout.now)) return false;
	const key = handout.memory.keys.get(name);
	if (key === undefined) return true;
	return key.from === undefined && isMine(handout, key);
}

function hold(handout: Handout, lane: Lane, segment: Segment, position: number, name: string, head: Head): boolean {
	const { memory } = handout;
	if (memory.heldRows.size + memory.dirtyKeys.size >= LIMITS.heldKeys && memory.keys.get(name)?.from === undefined)
		return false;
	handout.scanned++;
	pass(memory, lane, segment, position, head);
	park(lane, 1, head.size);
	const key = keyFor(memory, name);
	if (key.from === undefined) holdKey(memory, key, position, waitsUntil(head));
	return true;
}
