import type { Mutant } from '../mutants';

/** Faults on the way between two queues. */
export const carried: readonly Mutant[] = [
	{
		name: 'courier-forgets-the-inbox',
		file: 'engine/deliver.ts',
		find: 'if (message.courierPosition <= taken) continue;',
		replace: '',
		needs: 'dead-letters',
	},
	{
		name: 'outbox-emptied-before-it-is-taken',
		file: 'courier.ts',
		find: 'if (courierPosition <= result.taken) taken.add(courierPosition);',
		replace: 'taken.add(courierPosition);',
		needs: 'dead-letters',
	},
	{
		name: 'outbox-never-emptied',
		file: 'engine/outbox.ts',
		find: "if (left.length === 0) database.run('DELETE FROM outbox WHERE position = ?', parcel.position);",
		replace: 'if (left.length === 0) return;',
		needs: 'dead-letters',
	},
	{
		name: 'courier-positions-used-twice',
		file: 'engine/outbox.ts',
		find: 'if (memory.tally.owedMessages === 0) memory.owedTargets.clear();',
		replace:
			'if (memory.tally.owedMessages === 0) memory.tally.nextOutboxPosition = 1;\n\tif (memory.tally.owedMessages === 0) memory.owedTargets.clear();',
		needs: 'dead-letters',
	},
	{
		name: 'redrive-keeps-its-copy',
		file: 'engine/redrive.ts',
		find: 'takeOut(database, memory, moving);',
		replace: '',
		needs: 'dead-letters',
	},
	{
		name: 'cancelled-redrive-goes-on',
		file: 'engine/redrive-runs.ts',
		find: "return endRedrive(memory, memory.redrive, 'cancelled');",
		replace:
			"const { redrive } = memory;\n\tconst run = endRedrive(memory, redrive, 'cancelled');\n\tmemory.redrive = redrive;\n\treturn run;",
		needs: 'dead-letters',
	},
	{
		name: 'redrive-completed-before-it-arrives',
		file: 'engine/redrive-runs.ts',
		find: "if (redrive.owed === 0) endRedrive(memory, redrive, 'completed');",
		replace: "endRedrive(memory, redrive, 'completed');",
		needs: 'dead-letters',
	},
	{
		name: 'redrive-goes-on-though-its-target-is-gone',
		file: 'engine/outbox.ts',
		find: '\tnoteReturns(memory, redriven);\n',
		replace: '',
		needs: 'dead-letters',
	},
	{
		name: 'end-of-a-redrive-not-written',
		file: 'engine/redrive-runs.ts',
		find: "else writeState(database, 'redrives', memory.endedRedrives);",
		replace: '',
		needs: 'dead-letters',
	},
];
