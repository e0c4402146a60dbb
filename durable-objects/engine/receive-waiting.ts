import { open } from './flight-runs';
import { bury, buryFlight, forgetAlias, recall } from './flights';
import type { Handout } from './handout';
import type { Lane, Member } from './memory';
import { isExpired, isLastAttempt } from './rules';
import { deleteStraggler, dueStragglers, type Straggler, stragglerAt, tallyWaiting } from './stragglers';

/** Messages without a key whose lease is over: buried after the last attempt, otherwise handed out again. */
export function takeExpired(handout: Handout, lane: Lane): void {
	const { database, memory, settings, now } = handout;
	// A lease of no time at all is over at once; one receive still hands a message out only once.
	const mine: Member[] = [];
	while (!handout.hasEnough() && !handout.isTired()) {
		const flight = lane.expiries.pop(now);
		if (flight === undefined) break;
		if (flight.by === handout.token) {
			mine.push(flight);
			continue;
		}
		if ('count' in flight) {
			open(memory, flight);
			continue;
		}
		const { record, failures } = recall(database, memory, flight);
		if (isExpired(record, settings, now)) handout.expireFlight(flight, record);
		else if (isLastAttempt(settings, flight.attempt, undefined)) {
			memory.totals.leasesExpired++;
			buryFlight(database, memory, settings, flight, failures, record, now);
			handout.tire(record);
		} else handout.giveAgain(flight, record, failures);
	}
	for (const flight of mine) lane.expiries.set(flight, flight.until);
}

/** Messages without a key that were delayed or retried and are due. */
export function takeDue(handout: Handout, lane: Lane): void {
	const { database, memory, now } = handout;
	while (!handout.isFull() && !handout.isTired() && memory.tally.waitingMessages > 0) {
		const limit = handout.room;
		const due = dueStragglers(database, lane.lane, now, limit);
		for (const position of due) {
			if (handout.isFull() || handout.isTired()) return;
			const entry = stragglerAt(database, position);
			if (entry !== undefined) takeWaiting(handout, entry);
		}
		if (due.length < limit) return;
	}
}

function takeWaiting(handout: Handout, entry: Straggler): void {
	const { database, memory, settings, now } = handout;
	tallyWaiting(memory, -1, entry.head.size, entry.visibleAt);
	if (isExpired(entry, settings, now)) {
		deleteStraggler(database, entry.position);
		handout.drop(entry);
	} else if (entry.attempts > 0 && isLastAttempt(settings, entry.attempts, undefined)) {
		// The bound was lowered while the message waited.
		deleteStraggler(database, entry.position);
		forgetAlias(database, entry.head.id);
		bury(memory, settings, { record: entry, failures: entry.failures, attempts: entry.attempts }, now);
		handout.tire(entry);
	} else handout.giveWaiting(entry);
}
