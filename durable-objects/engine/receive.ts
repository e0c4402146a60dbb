import type { Database } from '../database';
import { LIMITS, type Queue, type ReceiveCommand, type ReceivedMessage, type Refusal, refuse } from '../protocol';
import { hasExpired } from './available';
import { type Budget, Handout } from './handout';
import { lanesByPriority } from './lanes';
import type { Memory } from './memory';
import { takeFresh } from './receive-fresh';
import { takeKeys } from './receive-keys';
import { takeDue, takeExpired } from './receive-waiting';

/**
 * Hands out messages, each under a lease of its own, or none when nothing may be handed out now. Order: higher
 * priorities first; within one, messages that were handed out before, then keys that lag, then the log.
 * Refused with `too_many_in_flight` when the partition holds as many leases as it may.
 */
export function receive(
	database: Database,
	memory: Memory,
	queue: Queue,
	command: ReceiveCommand,
	budget: Budget,
	now: number,
): Refusal | ReceivedMessage[] {
	if (queue.paused) return [];
	if (memory.leasedMessages >= LIMITS.inFlight && !hasExpired(memory, now)) {
		return refuse(
			'too_many_in_flight',
			`${LIMITS.inFlight} messages of one partition are leased; acknowledge some, shorten the visibility timeout or add partitions.`,
			1_000,
		);
	}
	const handout = new Handout(database, memory, queue.settings, command, budget, now);
	memory.moreToScan = false;
	for (const lane of lanesByPriority(memory)) {
		takeExpired(handout, lane);
		takeDue(handout, lane);
		if (lane.lane === 0) takeKeys(handout, lane);
		takeFresh(handout, lane);
		if (handout.isFull()) break;
	}
	return handout.messages;
}
