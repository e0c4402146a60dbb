import { again } from './mutants/again';
import { carried } from './mutants/carried';
import { counts } from './mutants/counts';
import { fanOut } from './mutants/fan-out';
import { leases } from './mutants/leases';
import { order } from './mutants/order';
import { plainBatches } from './mutants/plain-batches';
import { poison } from './mutants/poison';
import { runs } from './mutants/runs';
import { time } from './mutants/time';

/** A fault planted on purpose: one replacement in one file of durable-objects/. The simulation must notice each. */
export interface Mutant {
	readonly name: string;
	readonly file: string;
	/** Stands exactly once in the file. */
	readonly find: string;
	readonly replace: string;
	/** Faults on the way between two queues are for the simulation that has two; those of topics for the one that has any. */
	readonly needs?: 'dead-letters' | 'fan-out';
}

export const mutants: readonly Mutant[] = [
	...leases,
	...runs,
	...plainBatches,
	...again,
	...order,
	...time,
	...poison,
	...counts,
	...carried,
	...fanOut,
];
