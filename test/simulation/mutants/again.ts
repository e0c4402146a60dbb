import type { Mutant } from '../mutants';

/** Faults of receives that are asked again. */
export const again: readonly Mutant[] = [
	{
		name: 'repeated-after-an-extension',
		file: 'engine/settle.ts',
		find: '\tforgetReceive(database, memory, flight.receiveAttempt);\n',
		replace: '',
	},
	{
		name: 'repeated-after-one-was-handed-out-again',
		file: 'engine/handout.ts',
		find: '\t\tforgetReceive(this.database, this.memory, flight.receiveAttempt);\n',
		replace: '',
	},
	{
		name: 'repeated-after-one-was-finished',
		file: 'engine/flights.ts',
		find: '\tforgetReceive(database, memory, flight.receiveAttempt);\n',
		replace: '',
	},
	{
		name: 'repeated-though-a-lease-is-over',
		file: 'engine/receive-again.ts',
		find: '!isDue(until, now)',
		replace: 'true',
	},
	{
		name: 'repeated-a-millisecond-too-long',
		file: 'engine/receive-attempts.ts',
		find: 'receivedAt + LIMITS.receiveAttemptMs,',
		replace: 'receivedAt + LIMITS.receiveAttemptMs + 1,',
	},
	{
		name: 'repeat-does-not-lease-anew',
		file: 'engine/receive-again.ts',
		find: '\t\tleaseUntil(database, memory, settings, flight, leaseExpiresAt);\n',
		replace: '',
	},
	{
		name: 'named-receive-not-written',
		file: 'engine/receive-attempts.ts',
		find: "'INSERT INTO receive_attempt (attempt_id, received_at, positions) VALUES (?, ?, ?)'",
		replace: "'INSERT OR IGNORE INTO receive_attempt (attempt_id, received_at, positions) SELECT ?, ?, ? WHERE 0'",
	},
];
