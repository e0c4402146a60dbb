import { isFinish } from './fates.ts';
import type { Settled, Story, View } from './view.ts';
import { since, type Violation } from './violation.ts';

/** Nobody gets a message, or its dead letter, after its acknowledgement was answered with success. */
export function* again(view: View): Generator<Violation> {
	for (const { queue, id, label, handouts, settled } of view.allStories()) {
		const ack = settled.find(isFinish);
		if (ack === undefined) continue;
		const what = `${label} of ${queue}, acknowledged as attempt ${ack.attempt} at ${since(view, ack.end)},`;
		for (const { attempt, start, end } of handouts) {
			const mayBeBefore = attempt <= ack.attempt || ack.outcome === 'deleted';
			if (mayBeBefore && start <= ack.end) continue;
			yield { property: 'again', evidence: `${what} was handed out as attempt ${attempt} at ${since(view, end)}` };
		}
		if (view.deadOf(queue, label).some((dead) => dead.id === id && !isBuriedBefore(dead, ack))) {
			yield { property: 'again', evidence: `${what} is a dead letter, too` };
		}
	}
}

/** SQS's answer to a handle that comes too late is that to a repeated deletion, whether its message was deleted or buried. */
function isBuriedBefore({ handouts }: Story, { outcome, end }: Settled): boolean {
	const buriedAt = handouts[0]?.deadLetter?.buriedAt ?? Number.POSITIVE_INFINITY;
	return outcome === 'deleted' && buriedAt <= end;
}
