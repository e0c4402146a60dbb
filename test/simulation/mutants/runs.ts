import type { Mutant } from '../mutants';

/** Faults of messages that are held as one run. */
export const runs: readonly Mutant[] = [
	{
		name: 'part-of-a-run-acknowledges-all-of-it',
		file: 'engine/settle.ts',
		find: 'run.count === count &&',
		replace: 'run.count >= count &&',
	},
	{
		name: 'strict-acknowledgement-of-a-run-that-is-over',
		file: 'engine/settle.ts',
		find: ' && !(onlyLeased && isDue(run.until, now))',
		replace: '',
	},
	{
		name: 'opened-run-never-falls-due',
		file: 'engine/flight-runs.ts',
		find: 'lane.expiries.set(flight, flight.until);',
		replace: '',
	},
	{
		name: 'opened-run-leaves-its-lease',
		file: 'engine/flight-runs.ts',
		find: 'members.push(flight);',
		replace: '',
	},
	{
		name: 'finished-run-counts-as-leased',
		file: 'engine/flight-runs.ts',
		find: 'memory.leasedMessages -= run.count;',
		replace: '',
	},
	{
		name: 'finished-run-keeps-its-segment',
		file: 'engine/leases.ts',
		find: 'segment.flights -= count;',
		replace: 'segment.flights--;',
	},
	{
		name: 'finished-run-stays-in-its-lease',
		file: 'engine/leases.ts',
		find: 'lease.held -= count;',
		replace: 'lease.held--;',
	},
	{
		name: 'finished-run-is-not-written',
		file: 'engine/leases.ts',
		find: 'lease.left.add(segment);',
		replace: 'if (count === 1) lease.left.add(segment);',
	},
	{
		name: 'finished-run-falls-due',
		file: 'engine/flight-runs.ts',
		find: 'laneFor(memory, run.position).expiries.delete(run);',
		replace: '',
	},
	{
		name: 'run-of-more-than-was-asked-for',
		file: 'engine/handout.ts',
		find: 'Math.min(this.room, LIMITS.inFlight',
		replace: 'Math.min(LIMITS.inFlight',
	},
	{
		name: 'run-on-its-last-attempt',
		file: 'engine/receive-fresh.ts',
		find: ' && !isLastAttempt(settings, 1, undefined)',
		replace: '',
	},
	{
		name: 'run-of-expired-messages',
		file: 'engine/receive-fresh.ts',
		find: ' || isExpired({ head: {}, retainedFrom: segment.writtenAt }, settings, now)',
		replace: '',
	},
	{
		name: 'run-of-a-named-receive',
		file: 'engine/receive-fresh.ts',
		find: ' && !handout.isNamed',
		replace: '',
	},
	{
		name: 'run-of-a-priority-is-answered-as-one',
		file: 'engine/handout.ts',
		find: 'if (lane.lane === 0) this.pushRun',
		replace: 'if (lane.lane >= 0) this.pushRun',
	},
	{
		name: 'run-that-cannot-be-settled',
		file: 'engine/receive-fresh.ts',
		find: '!handout.isAtMostOnce && ',
		replace: '',
	},
	{
		name: 'run-of-what-has-keys',
		file: 'engine/segments.ts',
		find: 'this.isPlain = PLAIN.test(row.heads);',
		replace: 'this.isPlain = !row.heads.includes("null");',
	},
];
