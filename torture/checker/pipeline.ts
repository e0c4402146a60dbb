import { exists, fateOf } from './fates.ts';
import type { View } from './view.ts';
import type { Violation } from './violation.ts';

/**
 * An input that a stage has finished has its output, and one that is a dead letter has none. Where the answer to an
 * acknowledgement was lost, and the input never came again, it was done: the output must be there.
 */
export function* pipeline(view: View): Generator<Violation> {
	for (const [stage, { next }] of Object.entries(view.plan.queues)) {
		if (next === undefined) continue;
		for (const input of view.expected.get(stage)?.values() ?? []) {
			const fate = fateOf(view, input);
			const isThere = view.isSeen(next, input.label);
			if ((fate === 'acked' || fate === 'maybe acked') && !isThere) {
				yield { property: 'pipeline', evidence: `${input.label} was ${fate} in ${stage}, and is not in ${next}` };
			}
			if (fate === 'dead' && isThere) {
				yield { property: 'pipeline', evidence: `${input.label} is a dead letter of ${stage}, and in ${next}, too` };
			}
		}
	}
	for (const output of view.allExpected()) {
		if (output.via !== 'handover' || !exists(view, output) || fateOf(view, output) !== 'held') continue;
		yield { property: 'pipeline', evidence: `${output.label} was handed out in ${output.queue}, but never finished` };
	}
}
