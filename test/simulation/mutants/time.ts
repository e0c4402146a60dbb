import type { Mutant } from '../mutants';

/** Faults at instants: delays, ends, and who wakes whom. */
export const time: readonly Mutant[] = [
	{
		name: 'delayed-message-early',
		file: 'engine/stragglers.ts',
		find: 'lane = ? AND visible_at <= ? ORDER BY visible_at, position',
		replace: 'lane = ? AND visible_at <= ? + 1 ORDER BY visible_at, position',
	},
	{
		name: 'delayed-message-late',
		file: 'engine/stragglers.ts',
		find: 'lane = ? AND visible_at <= ? ORDER BY visible_at, position',
		replace: 'lane = ? AND visible_at < ? ORDER BY visible_at, position',
	},
	{
		name: 'delay-of-a-keyed-message-ignored',
		file: 'engine/receive-fresh.ts',
		find: 'if (!isDue(waitsUntil(head), handout.now)) return false;',
		replace: '',
	},
	{
		name: 'ttl-ignored',
		file: 'engine/rules.ts',
		find: '(record.head.expiresAt !== undefined && isDue(record.head.expiresAt, now)) ||',
		replace: '',
	},
	{
		name: 'retention-a-millisecond-long',
		file: 'engine/rules.ts',
		find: 'isDue(record.retainedFrom + settings.retentionMs, now)',
		replace: 'isDue(record.retainedFrom + settings.retentionMs, now - 1)',
	},
	{
		name: 'sweep-drops-too-early',
		file: 'engine/sweep.ts',
		find: '!isDue(retained_from + settings.retentionMs, now)',
		replace: '!isDue(retained_from + settings.retentionMs, now + 5_000)',
	},
	{
		name: 'nothing-wakes-at-lease-expiry',
		file: 'engine/due.ts',
		find: 'instants.push(lane.expiries.next());',
		replace: '',
	},
	{
		name: 'nothing-wakes-when-a-delay-ends',
		file: 'engine/due.ts',
		find: 'if (memory.tally.waitingMessages > 0) instants.push(nextStragglerAt(database, lane.lane));',
		replace: '',
	},
	{
		name: 'backoff-starts-at-the-second-step',
		file: 'engine/rules.ts',
		find: 'Math.min(attempt - 1, 1_000)',
		replace: 'Math.min(attempt, 1_000)',
	},
];
