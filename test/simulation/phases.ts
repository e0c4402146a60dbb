import type { Action } from '../guarantees/script';

/** The order within a commit, as the engine documents it; one phase goes by the order of the lines. */
const PHASES: readonly (readonly Action['verb'][])[] = [
	['set', 'pause', 'resume'],
	['publish'],
	['settle'],
	['tick'],
	['redrive', 'remove', 'purge'],
	['browse', 'look'],
	['receive'],
	['figures'],
];
export const SETTLED = 2;
/** Who waits is served before who comes: first come, first served. */
export const SERVED = 5;

export function phase(action: Action): number {
	return PHASES.findIndex((verbs) => verbs.includes(action.verb));
}
