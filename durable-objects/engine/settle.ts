import type { Database } from '../database';
import {
	ACKED,
	type Acknowledgement,
	type Failure,
	type QueueSettings,
	type Lease as Receipt,
	type SettleCommand,
	type Settlement,
	type SettleOutcome,
	type SettleResult,
} from '../protocol';
import { finishRun, flightAt } from './flight-runs';
import {
	addFlight,
	buryFlight,
	finishFlight,
	forgetAlias,
	leasedFlight,
	leaseUntil,
	recall,
	removeFlight,
	withFailure,
} from './flights';
import { handOver } from './handover';
import type { Flight, Memory } from './memory';
import { forgetReceive } from './receive-attempts';
import { backoffMs, isDue, isLastAttempt } from './rules';
import {
	deleteStraggler,
	insertStraggler,
	moveStraggler,
	type Straggler,
	stragglerAt,
	tallyWaiting,
} from './stragglers';
import { observe } from './totals';

/**
 * Acknowledges, retries and extends, each receipt for itself. The fence is the attempt: only the receipt of the
 * newest one counts, also after its lease is over (unless its holder wants otherwise), until the message is handed out
 * again. Handovers come first: they
 * publish by the very receipts that are acknowledged here.
 */
export function settle(
	database: Database,
	memory: Memory,
	settings: QueueSettings,
	command: SettleCommand,
	now: number,
): SettleResult {
	const on = { database, memory, settings, now };
	const canAck = (index: number) => {
		const found = find(on, command.ack[index] as Settlement);
		return !('outcome' in found || ('flight' in found && isOvertaken(memory, found.flight)));
	};
	const withheld = handOver(memory, command, canAck, now);
	return {
		ack: command.ack.flatMap((entry, index) => (withheld.has(index) ? withhold(on, entry) : acknowledgeAll(on, entry))),
		retry: command.retry.map((entry) => retry(on, entry)),
		extend: command.extend.map((entry) => extend(on, entry)),
	};
}

interface Context {
	readonly database: Database;
	readonly memory: Memory;
	readonly settings: QueueSettings;
	readonly now: number;
}

/** Where a receipt's message is: in memory, in a row that only the database knows, gone, or with somebody newer. */
type Found = { readonly flight: Flight } | { readonly waiting: Straggler } | { readonly outcome: SettleOutcome };

/** The message that a receipt may settle, or why it may not. */
function find(on: Context, receipt: Settlement): Found {
	const found = newest(on, receipt);
	if (!receipt.onlyLeased || 'outcome' in found) return found;
	const isRunning = 'flight' in found && found.flight.leased && !isDue(found.flight.until, on.now);
	return isRunning ? found : { outcome: { outcome: 'expired' } };
}

/** The message of which this is the newest receipt. */
function newest({ database, memory }: Context, receipt: Receipt): Found {
	const flight = flightAt(memory, receipt.position);
	if (flight !== undefined) {
		if (flight.attempt === receipt.attempt) return { flight };
		return { outcome: staleOrUnknown(receipt, flight.attempt, flight.handedOutAt, flight.consumer) };
	}
	const waiting = memory.tally.waitingMessages > 0 ? stragglerAt(database, receipt.position) : undefined;
	if (waiting === undefined) return { outcome: { outcome: 'unknown' } };
	if (waiting.attempts === receipt.attempt) return { waiting };
	return { outcome: staleOrUnknown(receipt, waiting.attempts, waiting.handedOutAt, waiting.consumer) };
}

function staleOrUnknown(receipt: Receipt, attempt: number, handedOutAt: number, consumer: string): SettleOutcome {
	return receipt.attempt < attempt ? { outcome: 'stale', attempt, handedOutAt, consumer } : { outcome: 'unknown' };
}

/** As many messages as the entry says; those of a whole run that is still one, in one go. */
function acknowledgeAll(on: Context, entry: Acknowledgement): SettleOutcome | SettleOutcome[] {
	const { position, attempt, onlyLeased, count = 1 } = entry;
	if (count === 1) return acknowledge(on, entry);
	const { memory, now } = on;
	const run = attempt === 1 ? memory.runs.holding(position) : undefined;
	if (run?.position === position && run.count === count && !(onlyLeased && isDue(run.until, now))) {
		observe(memory, 'deliveryToAck', now - run.handedOutAt, count);
		finishRun(memory, run);
		memory.totals.acknowledged += count;
		return new Array<SettleOutcome>(count).fill(ACKED);
	}
	return Array.from({ length: count }, (_, index) => acknowledge(on, { ...entry, position: position + index }));
}

function acknowledge(on: Context, receipt: Settlement): SettleOutcome {
	const found = find(on, receipt);
	if ('outcome' in found) return found.outcome;
	if ('flight' in found) {
		observe(on.memory, 'deliveryToAck', on.now - found.flight.handedOutAt);
		finishFlight(on.database, on.memory, found.flight);
	} else {
		observe(on.memory, 'deliveryToAck', on.now - found.waiting.handedOutAt);
		dropWaiting(on, found.waiting);
	}
	on.memory.totals.acknowledged++;
	return ACKED;
}

/**
 * A message in front of it in its key was handed out again since, as happens to a batch whose leases are over. By itself it may
 * still be acknowledged; but what it publishes would overtake what that one has still to publish.
 */
function isOvertaken(memory: Memory, { key, position, handedOutAt }: Flight): boolean {
	if (key === undefined) return false;
	const flights = memory.keys.get(key)?.flights ?? [];
	return flights.some((other) => other.position < position && other.handedOutAt !== handedOutAt);
}

/** Not acknowledged, because another receipt of its handover could not be, or since it would get ahead of its key. */
function withhold(on: Context, receipt: Settlement): SettleOutcome {
	const found = find(on, receipt);
	return 'outcome' in found ? found.outcome : { outcome: 'kept' };
}

function dropWaiting({ database, memory }: Context, waiting: Straggler): void {
	deleteStraggler(database, waiting.position);
	forgetAlias(database, waiting.head.id);
	tallyWaiting(memory, -1, waiting.head.size, waiting.visibleAt);
}

function retry(on: Context, entry: SettleCommand['retry'][number]): SettleOutcome {
	const found = find(on, entry);
	if ('outcome' in found) return found.outcome;
	const { database, memory, settings, now } = on;
	const failure: Failure = { attempt: entry.attempt, at: now, reason: entry.reason ?? 'retried' };
	const visibleAt = now + (entry.delayMs ?? backoffMs(settings, entry.position, entry.attempt));
	if ('waiting' in found) {
		const { waiting } = found;
		// Said again: the newest delay counts, the failure is known already.
		moveStraggler(database, waiting.position, { ...waiting, visibleAt });
		memory.waitingDue.moved(waiting.visibleAt, -1);
		memory.waitingDue.moved(visibleAt, 1);
		return { outcome: 'retried', visibleAt };
	}
	const { flight } = found;
	const { record, failures: past } = recall(database, memory, { ...flight, leased: false });
	const failures = flight.leased ? withFailure(past, failure) : past;
	if (flight.leased && isLastAttempt(settings, flight.attempt, flight.key)) {
		buryFlight(database, memory, settings, flight, failures, record, now);
		return { outcome: 'buried' };
	}
	if (flight.leased) memory.totals.retried++;
	postpone(on, flight, { ...record, ...rowOf(flight, visibleAt, failures) });
	return { outcome: 'retried', visibleAt };
}

function rowOf(flight: Flight, visibleAt: number, failures: readonly Failure[]) {
	const { attempt: attempts, handedOutAt, firstHandedOutAt, consumer } = flight;
	return { leased: false, visibleAt, attempts, handedOutAt, firstHandedOutAt, consumer, failures };
}

/** From leased to waiting. A keyed message stays in memory, where it holds its key. */
function postpone({ database, memory, settings }: Context, flight: Flight, row: Straggler): void {
	const hadRow = flight.segment === undefined;
	removeFlight(database, memory, flight);
	if (hadRow) moveStraggler(database, flight.position, row);
	else insertStraggler(database, row);
	if (flight.key === undefined) tallyWaiting(memory, 1, flight.size, row.visibleAt);
	else addFlight(memory, settings, { ...flight, leased: false, until: row.visibleAt, by: undefined });
}

function extend(on: Context, entry: SettleCommand['extend'][number]): SettleOutcome {
	const found = find(on, entry);
	if ('outcome' in found) return found.outcome;
	const { database, memory, settings, now } = on;
	const leaseExpiresAt = now + entry.visibilityTimeoutMs;
	const { handedOutAt } = 'waiting' in found ? found.waiting : found.flight;
	if (entry.totalMs !== undefined && leaseExpiresAt - handedOutAt > entry.totalMs) return { outcome: 'too_long' };
	if ('waiting' in found) {
		leaseAgain(on, found.waiting, leaseExpiresAt);
		return { outcome: 'extended', leaseExpiresAt };
	}
	const { flight } = found;
	forgetReceive(database, memory, flight.receiveAttempt);
	leaseUntil(database, memory, settings, flight, leaseExpiresAt);
	return { outcome: 'extended', leaseExpiresAt };
}

/** A retried message that nobody was given since: its last holder may take it back. */
function leaseAgain({ database, memory, settings }: Context, waiting: Straggler, until: number): void {
	tallyWaiting(memory, -1, waiting.head.size, waiting.visibleAt);
	moveStraggler(database, waiting.position, { ...waiting, leased: true, visibleAt: until });
	const { attempts: attempt, handedOutAt, firstHandedOutAt, consumer } = waiting;
	addFlight(memory, settings, leasedFlight(waiting, { attempt, until, handedOutAt, firstHandedOutAt, consumer }));
}
