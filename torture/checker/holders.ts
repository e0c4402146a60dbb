import type { Outcome } from '../journal.ts';
import { isFinish } from './fates.ts';
import type { Handout, Story, View } from './view.ts';
import { since, type Violation } from './violation.ts';

/** Clocks are read in whole milliseconds, and not at the same moment on both sides. */
const clockMs = 5;

/** While a lease runs nobody else gets the message, and only the newest holder's word counts. */
export function* holders(view: View): Generator<Violation> {
	for (const story of view.allStories()) {
		const { queue, label, handouts } = story;
		const found = [
			...overlaps(view, story),
			...lateWords(view, story),
			...handouts.flatMap((one) => misfit(view, one)),
		];
		for (const what of found) yield { property: 'holders', evidence: `${label} of ${queue}: ${what}` };
	}
}

function* overlaps(view: View, story: Story): Generator<string> {
	const { handouts, settled } = story;
	for (const [index, first] of handouts.entries()) {
		const second = handouts[index + 1];
		// What comes back after it was finished has no holder any more: that is another check's finding.
		if (second === undefined || settled.some((one) => isFinish(one) && one.end < second.start)) continue;
		if (second.attempt === first.attempt) {
			yield `attempt ${first.attempt} was handed out at ${since(view, first.at)} and at ${since(view, second.at)}`;
			continue;
		}
		const until = heldUntil(story, first);
		if (second.at >= until) continue;
		yield `attempt ${first.attempt} was held until ${since(view, until)}, and attempt ${second.attempt} was handed out ` +
			`at ${since(view, second.at)}`;
	}
}

/** The first instant at which somebody else may have got it. */
function heldUntil({ settled }: Story, { attempt, until }: Handout): number {
	let end = until;
	for (const { verb, attempt: own, outcome, start, leaseMs = 0, until: extended } of settled) {
		if (own !== attempt) continue;
		if (verb === 'extend') {
			if (outcome === 'extended') end = extended ?? end;
			else if (outcome === undefined) end = Math.min(end, start + leaseMs);
		} else if (verb === 'retry') {
			if (outcome === undefined || outcome === 'retried' || outcome === 'buried') return Math.min(end, start);
		}
	}
	return end;
}

/** Said of a receipt that did not count; `deleted` also of one that comes after the message was finished. */
const tellsNothing: readonly Outcome[] = ['stale', 'unknown', 'kept', 'deleted'];

/** A receipt that is not the newest changes nothing. */
function* lateWords(view: View, { handouts, settled }: Story): Generator<string> {
	for (const { attempt, verb, outcome, start } of settled) {
		if (outcome === undefined || tellsNothing.includes(outcome)) continue;
		const newer = handouts.find((handout) => handout.attempt > attempt && handout.end < start);
		if (newer === undefined) continue;
		yield `${verb} of attempt ${attempt} at ${since(view, start)} was ${outcome}, after attempt ${newer.attempt} had been ` +
			`handed out at ${since(view, newer.at)}`;
	}
}

/** The other checks rest on the instants that are told of a lease: it begins within its request, and is as long as asked. */
function misfit(view: View, { attempt, at, start, end }: Handout): string[] {
	if (at >= start - clockMs && at <= end + clockMs) return [];
	const request = `${since(view, start)} to ${since(view, end)}`;
	return [`the lease of attempt ${attempt} begins at ${since(view, at)}, but its request took from ${request}`];
}
