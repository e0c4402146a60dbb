import type { Mutant } from '../mutants';

/** Faults of windows, bounds, settings and counters. */
export const counts: readonly Mutant[] = [
	{
		name: 'dedup-window-a-millisecond-long',
		file: 'engine/dedup.ts',
		find: '!isDue(acceptedAt + settings.dedupWindowMs, now)',
		replace: '!isDue(acceptedAt + settings.dedupWindowMs, now - 1)',
	},
	{
		name: 'dedup-window-a-millisecond-short',
		file: 'engine/dedup.ts',
		find: '!isDue(acceptedAt + settings.dedupWindowMs, now)',
		replace: '!isDue(acceptedAt + settings.dedupWindowMs, now + 1)',
	},
	{
		name: 'purge-forgets-the-stragglers',
		file: 'engine/control.ts',
		find: "'straggler', ",
		replace: '',
	},
	{
		name: 'purge-keeps-the-dedup-ids',
		file: 'engine/control.ts',
		find: 'if (forgetsDedup) forgetDedup',
		replace: 'if (false as boolean) forgetDedup',
	},
	{
		name: 'tally-not-written',
		file: 'engine/engine.ts',
		find: 'if (memory.tallyDirty) writeState',
		replace: 'if (memory.tallyDirty && memory.tally.waitingMessages === 0) writeState',
	},
	{
		name: 'old-settings-win',
		file: 'engine/control.ts',
		find: 'memory.queue === undefined || queue.version > memory.queue.version',
		replace: 'memory.queue === undefined',
	},
	{
		name: 'one-message-beyond-the-bound',
		file: 'engine/room.ts',
		find: 'if (messages > this.messages)',
		replace: 'if (messages > this.messages + 1)',
	},
	{
		name: 'removed-message-comes-back',
		file: 'engine/take-out.ts',
		find: 'punchHoles(database, memory.cache, segment, positions);',
		replace: '',
	},
];
