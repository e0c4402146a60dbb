import type { Mutant } from '../mutants';

/** Faults of the order in which messages are handed out. */
export const order: readonly Mutant[] = [
	{
		name: 'key-order-ignored-on-retry',
		file: 'engine/receive-fresh.ts',
		find: 'return key.from === undefined && isMine(handout, key);',
		replace: 'return key.from === undefined;',
	},
	{
		name: 'parked-messages-do-not-wait-for-the-head',
		file: 'engine/receive-keys.ts',
		find: 'if (key.from !== undefined && isMine(handout, key))',
		replace: 'if (key.from !== undefined)',
	},
	{
		name: 'followers-come-with-a-failed-head',
		file: 'engine/receive-keys.ts',
		find: 'flight.by === handout.token && flight.attempt === 1',
		replace: 'flight.by === handout.token',
	},
	{
		name: 'lagging-key-not-written',
		file: 'engine/keys.ts',
		find: 'memory.heldRows.set(name, { from: key.from, readyAt: key.readyAt });\n\t\t}',
		replace:
			"memory.heldRows.set(name, { from: key.from, readyAt: key.readyAt });\n\t\t\tdatabase.run('DELETE FROM held WHERE key = ?', name);\n\t\t}",
	},
	{
		name: 'lowest-priority-first',
		file: 'engine/lanes.ts',
		find: 'sort((a, b) => b.lane - a.lane)',
		replace: 'sort((a, b) => a.lane - b.lane)',
	},
	{
		name: 'fresh-before-retried',
		file: 'engine/receive.ts',
		find: 'takeExpired(handout, lane);\n\t\ttakeDue(handout, lane);',
		replace:
			'if (lane.lane === 0) takeFresh(handout, lane);\n\t\ttakeExpired(handout, lane);\n\t\ttakeDue(handout, lane);',
	},
	{ name: 'pause-ignored', file: 'engine/receive.ts', find: 'if (queue.paused) return [];', replace: '' },
	{
		name: 'key-first-takes-what-it-should-pass-over',
		file: 'engine/preference.ts',
		find: "return 'pass';",
		replace: "return 'take';",
	},
	{
		name: 'key-first-loses-what-it-passes-over',
		file: 'engine/receive-fresh.ts',
		find: 'if (key.from === undefined) holdKey(memory, key, position, waitsUntil(head));',
		replace: 'if (key.from === undefined && key.flights.length > 0) holdKey(memory, key, position, waitsUntil(head));',
	},
];
