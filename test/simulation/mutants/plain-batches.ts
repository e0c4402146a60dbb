import type { Mutant } from '../mutants';

/** Faults of plain messages that are accepted as one. */
export const plainBatches: readonly Mutant[] = [
	{
		name: 'plain-batch-beyond-the-bound',
		file: 'engine/publish.ts',
		find: 'if (room.take(count, bytes) !== undefined) return undefined;',
		replace: '',
	},
	{
		name: 'plain-batch-takes-the-room-of-one',
		file: 'engine/publish.ts',
		find: 'room.take(count, bytes)',
		replace: 'room.take(1, bytes)',
	},
	{
		name: 'plain-batch-is-never-delayed',
		file: 'engine/publish.ts',
		find: 'if (delayMs > 0) return undefined;',
		replace: '',
	},
	{
		name: 'plain-batch-is-answered-one-further',
		file: 'engine/publish.ts',
		find: 'first: appender.appendPlain(batch)',
		replace: 'first: appender.appendPlain(batch) + 1',
	},
	{
		name: 'plain-batch-of-no-bytes',
		file: 'engine/appender.ts',
		find: 'this.runFor(0, count, bodies.length,',
		replace: 'this.runFor(0, count, 0,',
	},
	{
		name: 'plain-batch-joins-what-is-elsewhere',
		file: 'engine/appender.ts',
		find: 'run.base + run.heads.length !== position ||',
		replace: '',
	},
	{
		name: 'plain-batch-takes-one-position',
		file: 'engine/appender.ts',
		find: 'this.memory.tally.nextSequence += count;',
		replace: 'this.memory.tally.nextSequence += 1;',
	},
	{
		name: 'plain-batch-leaves-room-for-the-next',
		file: 'engine/appender.ts',
		find: 'this.messages += count;',
		replace: 'this.messages += 1;',
	},
];
