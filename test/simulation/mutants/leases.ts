import type { Mutant } from '../mutants';

/** Faults of leases and receipts, and of the rows that keep them. */
export const leases: readonly Mutant[] = [
	{
		name: 'unfenced-acknowledge',
		file: 'engine/settle.ts',
		find: 'if (flight.attempt === receipt.attempt) return { flight };',
		replace: 'return { flight };',
	},
	{
		name: 'receipt-of-a-retried-message-is-not-fenced',
		file: 'engine/settle.ts',
		find: 'if (waiting.attempts === receipt.attempt) return { waiting };',
		replace: 'return { waiting };',
	},
	{
		name: 'late-acknowledgement-refused',
		file: 'engine/settle.ts',
		find: 'function acknowledge(on: Context, receipt: Settlement): SettleOutcome {\n\tconst found = find(on, receipt);',
		replace: `function acknowledge(on: Context, receipt: Settlement): SettleOutcome {
	const found = find(on, receipt);
	if ('flight' in found && found.flight.until <= on.now) return { outcome: 'unknown' };`,
	},
	{
		name: 'less-than-for-at-most-at-lease-expiry',
		file: 'engine/agenda.ts',
		find: 'at > now) return undefined',
		replace: 'at >= now) return undefined',
	},
	{
		name: 'lease-a-millisecond-short',
		file: 'engine/handout.ts',
		find: 'flight.until = this.now + this.leaseMs;',
		replace: 'flight.until = this.now + this.leaseMs - 1;',
	},
	{
		name: 'extension-not-written',
		file: 'engine/flights.ts',
		find: 'else if (flight.lease !== undefined) flight.lease.outdated = true;',
		replace: '',
	},
	{
		name: 'partial-acknowledgement-not-written',
		file: 'engine/leases.ts',
		find: 'for (const segment of lease.left) if (!segment.deleted) lease.outdated = true;',
		replace: '',
	},
	{
		name: 'cursor-not-written',
		file: 'engine/leases.ts',
		find: 'if (lane.newest?.outdated || lane.dirty) {',
		replace: 'if (lane.newest?.outdated) {',
	},
	{
		name: 'segment-deleted-while-leased',
		file: 'engine/lanes.ts',
		find: 'if (live !== undefined && live.flights > 0) continue;',
		replace: '',
	},
	{
		name: 'segment-deleted-while-parked',
		file: 'engine/lanes.ts',
		find: ' && !hasParked(database, memory, base)',
		replace: '',
	},
	{
		name: 'at-most-once-keeps-a-lease',
		file: 'engine/handout.ts',
		find: "return this.settings.delivery === 'at-most-once';",
		replace: 'return false;',
	},
	{
		name: 'strict-settle-of-a-lease-that-is-over',
		file: 'engine/settle.ts',
		find: 'found.flight.leased && !isDue(found.flight.until, on.now)',
		replace: 'found.flight.leased',
	},
	{
		name: 'strict-settle-of-what-was-given-back',
		file: 'engine/settle.ts',
		find: 'found.flight.leased && !isDue(found.flight.until, on.now)',
		replace: '!isDue(found.flight.until, on.now)',
	},
	{
		name: 'first-receive-forgotten',
		file: 'engine/stragglers.ts',
		find: '\t\tto.firstHandedOutAt,',
		replace: '\t\tto.handedOutAt,',
	},
	{
		name: 'waiter-forgotten-when-a-lease-is-over-at-once',
		file: 'engine/engine.ts',
		find: 'memory.moreToScan || hasLeft',
		replace: 'memory.moreToScan',
	},
];
