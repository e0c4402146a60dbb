import { exists, fateOf } from './fates.ts';
import type { View } from './view.ts';
import type { Violation } from './violation.ts';

/** Every subscription whose filter a message passes has its copy. */
export function* fanOut(view: View): Generator<Violation> {
	for (const copy of view.allExpected()) {
		if (copy.via !== 'fan-out' || !exists(view, copy)) continue;
		const fate = fateOf(view, copy);
		if (fate !== 'held' && fate !== 'absent') continue;
		const what = fate === 'held' ? 'was handed out, but never finished' : 'never came';
		yield { property: 'fanOut', evidence: `the copy of ${copy.label} for ${copy.queue} ${what}` };
	}
}
