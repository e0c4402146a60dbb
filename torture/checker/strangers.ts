import type { Story, View } from './view.ts';
import type { Violation } from './violation.ts';

/** What is handed out was accepted into that queue, and is as it was sent. */
export function* strangers(view: View): Generator<Violation> {
	for (const story of view.allStories()) {
		const wrong = strangenessOf(view, story);
		if (wrong === undefined) continue;
		yield { property: 'strangers', evidence: `${story.label || story.id}, handed out by ${story.queue}, ${wrong}` };
	}
}

function strangenessOf(view: View, { queue, label, handouts }: Story): string | undefined {
	const [first] = handouts;
	if (label === '' || first === undefined) return 'has a body that nobody made';
	const origin = view.isDeadLetterQueue(queue) ? first.deadLetter?.queue : queue;
	if (origin === undefined) return 'does not tell whose dead letter it is';
	if (origin !== queue && view.plan.queues[origin]?.deadLetter !== queue) return `is a dead letter of ${origin}`;
	const expected = view.expected.get(origin)?.get(label);
	if (expected === undefined) return `was never accepted by ${origin}`;
	const { key = null } = expected.draft;
	const other = handouts.find((handout) => handout.key !== key);
	return other && `has the key ${other.key}, not ${key}`;
}
