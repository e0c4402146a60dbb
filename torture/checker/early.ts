import type { Expected, Story, View } from './view.ts';
import { since, type Violation } from './violation.ts';

/** Neither a delayed message nor a retried one is handed out before its instant. */
export function* early(view: View): Generator<Violation> {
	for (const expected of view.allExpected()) {
		for (const story of view.storiesOf(expected.queue, expected.label)) {
			for (const what of [...delayed(view, expected, story), ...retried(view, story)]) {
				yield { property: 'early', evidence: `${expected.label} of ${expected.queue} ${what}` };
			}
		}
	}
}

function* delayed(view: View, { from, draft }: Expected, { handouts }: Story): Generator<string> {
	if (draft.delayMs === undefined) return;
	const due = from + draft.delayMs;
	for (const { at } of handouts) {
		if (at < due) yield `was handed out at ${since(view, at)}, before ${since(view, due)}`;
	}
}

/** As the server told, which is as long as the client asked for. */
function* retried(view: View, { settled, handouts }: Story): Generator<string> {
	for (const { attempt, outcome, start, delayMs = 0, visibleAt } of settled) {
		if (outcome !== 'retried' || visibleAt === undefined) continue;
		if (visibleAt < start + delayMs) yield `was to be retried in ${delayMs} ms, but comes at ${since(view, visibleAt)}`;
		const next = handouts.find((handout) => handout.attempt > attempt && handout.at < visibleAt);
		if (next) yield `was retried for ${since(view, visibleAt)}, and handed out at ${since(view, next.at)}`;
	}
}
