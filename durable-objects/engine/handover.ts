import type { Database } from '../database';
import { LIMITS, type NewMessage, type Refusal, refuse, type SettleCommand } from '../protocol';
import type { Memory } from './memory';
import type { Leaving } from './message';
import { owe } from './outbox';

/** `courier_busy` where more is owed than a partition should hold: a target has not taken anything for long. */
export function busy(database: Database, memory: Memory, { handovers = [] }: SettleCommand): Refusal | undefined {
	if (handovers.length === 0) return undefined;
	if (memory.tally.owedMessages < LIMITS.owedMessages && database.size < LIMITS.databaseBytes) return undefined;
	const detail = `${memory.tally.owedMessages} messages wait to be carried on from here; see figures.courier of the queue for why.`;
	return refuse('courier_busy', detail, LIMITS.courierInitialBackoffMs);
}

/**
 * Carries out handovers: what they publish is owed from here on, in the transaction that acknowledges. Answers the indexes
 * of the acknowledgements that must not be carried out, since one of their handover cannot be.
 */
export function handOver(
	memory: Memory,
	{ handovers = [] }: SettleCommand,
	canAck: (index: number) => boolean,
	now: number,
): ReadonlySet<number> {
	const withheld = new Set<number>();
	for (const { acks, publish } of handovers) {
		if (!acks.every(canAck)) {
			for (const index of acks) withheld.add(index);
			continue;
		}
		for (const { to, messages } of publish) owe(memory, to, successors(messages, now));
	}
	return withheld;
}

/** As they leave: instants instead of durations, since the way takes time. */
function successors(messages: readonly NewMessage[], now: number): Leaving[] {
	return messages.map(({ delayMs, ttlMs, ...message }) => ({
		...message,
		publishedAt: now,
		...(delayMs === undefined ? {} : { deliverAt: now + delayMs }),
		...(ttlMs === undefined ? {} : { expiresAt: now + ttlMs }),
	}));
}
