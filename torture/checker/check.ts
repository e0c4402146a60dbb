import type { Entry } from '../journal.ts';
import type { Plan } from '../plan.ts';
import { again } from './again.ts';
import { deadLetters } from './dead-letters.ts';
import { duplicates } from './duplicates.ts';
import { early } from './early.ts';
import { fanOut } from './fan-out.ts';
import { holders } from './holders.ts';
import { lost } from './lost.ts';
import { order } from './order.ts';
import { pipeline } from './pipeline.ts';
import { strangers } from './strangers.ts';
import { View } from './view.ts';
import type { Check, Violation } from './violation.ts';

export type { Violation } from './violation.ts';

const checks: readonly Check[] = [
	lost,
	again,
	holders,
	order,
	duplicates,
	early,
	deadLetters,
	pipeline,
	fanOut,
	strangers,
];

/**
 * Judges a round by what its clients saw: their requests with the answers, and what was left when they waited for the
 * end. What a client cannot know (a request whose connection broke may have happened or not) is never held against the
 * server.
 */
export function check(plan: Plan, entries: readonly Entry[], left: readonly string[]): Violation[] {
	const view = new View(plan, entries);
	const found = checks.flatMap((one) => [...one(view)]);
	for (const { client, start, trouble } of entries) {
		if (trouble === undefined) continue;
		const at = ((start - view.begun) / 1_000).toFixed(3);
		found.push({ property: 'troubles', evidence: `${client}, request of ${at} s: ${trouble}` });
	}
	for (const evidence of left) found.push({ property: 'undrained', evidence });
	return found;
}
