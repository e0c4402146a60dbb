import type { Database } from '../database';
import type { QueueSettings, ReceiveCommand, ReceivedMessage } from '../protocol';
import { leaseUntil, recall } from './flights';
import type { Budget } from './handout';
import type { Flight, Memory, ReceiveAttempt } from './memory';
import { storedMessage, weightOf } from './message';
import { forgetReceive, isReceiveOver } from './receive-attempts';
import { isDue } from './rules';

/**
 * What the receive of this name got, once more: the same messages at the same attempts, whoever asks and however many, each
 * lease beginning anew. No delivery, so it counts as none. Undefined where there is nothing to repeat; what could be
 * repeated before and cannot be any more is forgotten.
 */
export function receiveAgain(
	database: Database,
	memory: Memory,
	settings: QueueSettings,
	command: ReceiveCommand,
	budget: Budget,
	now: number,
): ReceivedMessage[] | undefined {
	const attempt = command.attemptId === undefined ? undefined : memory.receiveAttempts.get(command.attemptId);
	if (attempt === undefined) return undefined;
	if (!isRepeatable(attempt, settings, now)) {
		forgetReceive(database, memory, attempt);
		return undefined;
	}
	const leaseExpiresAt = now + (command.visibilityTimeoutMs ?? settings.visibilityTimeoutMs);
	return attempt.flights.map((flight) => {
		const { record, failures } = recall(database, memory, { ...flight, leased: false });
		leaseUntil(database, memory, settings, flight, leaseExpiresAt);
		budget.units -= weightOf(record);
		const message = storedMessage(memory.tag, record, flight.attempt, failures);
		return { ...message, leaseExpiresAt, firstReceivedAt: flight.firstHandedOutAt };
	});
}

function isRepeatable(attempt: ReceiveAttempt, { delivery }: QueueSettings, now: number): boolean {
	if (delivery === 'at-most-once' || isReceiveOver(attempt, now)) return false;
	return attempt.flights.every(({ until }: Flight) => !isDue(until, now));
}
