import type { Database } from '../database';
import { LIMITS, type Queue, type ReceiveCommand, type Received, type Refusal, refuse } from '../protocol';
import { hasExpired } from './available';
import { type Budget, Handout } from './handout';
import { lanesByPriority } from './lanes';
import type { Memory } from './memory';
import { receiveAgain } from './receive-again';
import { rememberReceive } from './receive-attempts';
import { takeFresh } from './receive-fresh';
import { takeKeyByKey } from './receive-key-first';
import { takeKeys } from './receive-keys';
import { takeDue, takeExpired } from './receive-waiting';

/**
 * Hands out messages, each under a lease of its own, or none when nothing may be handed out now. Order: higher
 * priorities first; within one, messages that were handed out before, then keys that lag, then the log. A receive that is
 * asked again by its name gets what it got.
 * Refused with `too_many_in_flight` when the partition holds as many leases as it may.
 */
export function receive(
	database: Database,
	memory: Memory,
	queue: Queue,
	command: ReceiveCommand,
	budget: Budget,
	now: number,
): Refusal | Received {
	if (queue.paused) return [];
	const again = receiveAgain(database, memory, queue.settings, command, budget, now);
	if (again !== undefined || command.onlyRepeat) return again ?? [];
	if (memory.leasedMessages >= LIMITS.inFlight && !hasExpired(memory, now)) {
		return refuse(
			'too_many_in_flight',
			`${LIMITS.inFlight} messages of one partition are leased; acknowledge some, shorten the visibility timeout or add partitions.`,
			1_000,
		);
	}
	const handout = new Handout(database, memory, queue.settings, command, budget, now);
	for (const lane of lanesByPriority(memory)) {
		takeExpired(handout, lane);
		takeDue(handout, lane);
		if (lane.lane === 0 && command.keyFirst) takeKeyByKey(handout, lane);
		else {
			if (lane.lane === 0) takeKeys(handout, lane);
			takeFresh(handout, lane);
		}
		if (handout.isFull()) break;
	}
	if (handout.isTired()) memory.moreToScan = true;
	if (command.attemptId !== undefined && handout.isRepeatable) {
		rememberReceive(database, memory, command.attemptId, handout.flights, now);
	}
	return handout.parts;
}
