import { exists, unfinishedUntil } from './fates.ts';
import type { Expected, Handout, View } from './view.ts';
import { since, type Violation } from './violation.ts';

/**
 * A message of a key is handed out when all before it are finished, or together with those that are not, behind them.
 * Dead-letter queues promise no order: they fill as messages fail.
 */
export function* order(view: View): Generator<Violation> {
	for (const [queue, byLabel] of view.expected) {
		for (const [key, messages] of byKey(view, byLabel.values())) {
			for (const evidence of broken(view, queue, messages)) {
				yield { property: 'order', evidence: `key ${key} of ${queue}: ${evidence}` };
			}
		}
	}
}

function byKey(view: View, all: Iterable<Expected>): Map<string, Expected[]> {
	const keys = new Map<string, Expected[]>();
	for (const expected of all) {
		const { key } = expected.draft;
		if (key === undefined || !exists(view, expected)) continue;
		const messages = keys.get(key);
		if (messages === undefined) keys.set(key, [expected]);
		else messages.push(expected);
	}
	for (const messages of keys.values()) messages.sort((a, b) => a.draft.rank - b.draft.rank);
	return keys;
}

function* broken(view: View, queue: string, messages: readonly Expected[]): Generator<string> {
	const before: { readonly label: string; readonly handouts: readonly Handout[]; readonly until: number }[] = [];
	for (const expected of messages) {
		const { label } = expected;
		const handouts = view.storiesOf(queue, label).flatMap((story) => story.handouts);
		for (const handout of handouts) {
			const early = before.find((one) => handout.at < one.until && !isTogether(one.handouts, handout));
			if (early === undefined) continue;
			yield `${label} was handed out at ${since(view, handout.at)}, but ${early.label} before it was unfinished ` +
				`until ${since(view, early.until)}`;
		}
		before.push({ label, handouts, until: unfinishedUntil(view, expected) });
	}
}

/** One of the first message's hand-outs came with the same answer, and in front. */
function isTogether(first: readonly Handout[], { reception, place }: Handout): boolean {
	return first.some((handout) => handout.reception === reception && handout.place < place);
}
