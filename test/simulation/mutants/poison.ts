import type { Mutant } from '../mutants';

/** Faults of what happens after the last attempt. */
export const poison: readonly Mutant[] = [
	{
		name: 'one-receive-too-many',
		file: 'engine/rules.ts',
		find: 'return attempt >= settings.maxReceives;',
		replace: 'return attempt > settings.maxReceives;',
	},
	{
		name: 'one-receive-too-few',
		file: 'engine/rules.ts',
		find: 'return attempt >= settings.maxReceives;',
		replace: 'return attempt + 1 >= settings.maxReceives;',
	},
	{
		name: 'forgotten-re-arm',
		file: 'engine/due.ts',
		find: 'earliest(memory.doomed.next(), ',
		replace: 'earliest(',
	},
	{
		name: 'buried-but-not-owed',
		file: 'engine/flights.ts',
		find: '\tbury(memory, settings, { record, failures, attempts: flight.attempt }, now);',
		replace: '',
	},
	{
		name: 'dead-letters-of-a-key-out-of-order',
		file: 'engine/engine.ts',
		find: 'if (flight.key !== undefined && memory.keys.get(flight.key)?.flights[0] !== flight) continue;',
		replace: '',
	},
	{
		name: 'blocked-key-is-buried',
		file: 'engine/rules.ts',
		find: "if (key !== undefined && settings.onPoison === 'block') return false;",
		replace: '',
	},
];
