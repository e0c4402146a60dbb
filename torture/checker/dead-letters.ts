import { fateOf, isAcked, isMaybeAcked } from './fates.ts';
import type { View } from './view.ts';
import type { Violation } from './violation.ts';

/** What was buried turns up in the dead-letter queue, is finished there, and had all its attempts. */
export function* deadLetters(view: View): Generator<Violation> {
	for (const expected of view.allExpected()) {
		const { queue, label, draft } = expected;
		if (fateOf(view, expected) === 'buried') {
			yield { property: 'deadLetters', evidence: `${label} used up its attempts in ${queue}, and is no dead letter` };
		}
		const most = view.plan.queues[queue]?.maxReceives ?? 0;
		for (const story of view.deadOf(queue, label)) {
			const attempts = story.handouts[0]?.deadLetter?.attempts ?? 0;
			if (attempts < most) {
				yield {
					property: 'deadLetters',
					evidence: `${label} of ${queue} was buried after ${attempts} of ${most} attempts`,
				};
			}
			if (isAcked(story) || isMaybeAcked(story) || draft.ttlMs !== undefined) continue;
			yield {
				property: 'deadLetters',
				evidence: `the dead letter ${label} of ${queue} was handed out, but never finished`,
			};
		}
		const beyond = view
			.storiesOf(queue, label)
			.flatMap((story) => story.handouts)
			.find(({ attempt }) => attempt > most);
		if (beyond !== undefined) {
			yield {
				property: 'deadLetters',
				evidence: `${label} of ${queue} was handed out ${beyond.attempt} times, not buried`,
			};
		}
	}
}
