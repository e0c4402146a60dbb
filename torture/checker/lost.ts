import { exists, fateOf } from './fates.ts';
import type { View } from './view.ts';
import { since, type Violation } from './violation.ts';

/** An accepted message was finished by somebody, is a dead letter, or has outlived its own time to live. */
export function* lost(view: View): Generator<Violation> {
	for (const expected of view.allExpected()) {
		if (expected.via !== 'publish' || !exists(view, expected)) continue;
		const fate = fateOf(view, expected);
		if (fate !== 'held' && fate !== 'absent') continue;
		const { queue, label, from } = expected;
		const seen = fate === 'held' ? 'was handed out, but never finished' : 'was never seen again';
		yield { property: 'lost', evidence: `${label}, published to ${queue} at ${since(view, from)}, ${seen}` };
	}
}
