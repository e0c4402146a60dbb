import type { Expected, Settled, Story, View } from './view.ts';

/**
 * What became of a message. `maybe acked`: its acknowledgement was sent and the answer lost. `buried`: its last attempt
 * is over, and nobody saw the dead letter. `held`: handed out and never finished. `absent`: never seen.
 */
export type Fate = 'acked' | 'maybe acked' | 'dead' | 'expired' | 'buried' | 'held' | 'absent';

export function fateOf(view: View, { queue, label, from, draft }: Expected): Fate {
	const stories = view.storiesOf(queue, label);
	if (stories.some(isAcked)) return 'acked';
	if (view.deadOf(queue, label).length > 0) return 'dead';
	if (stories.some(isMaybeAcked)) return 'maybe acked';
	if (draft.ttlMs !== undefined && from + draft.ttlMs <= view.ended) return 'expired';
	if (stories.some((story) => isBuried(view, story))) return 'buried';
	return stories.length > 0 ? 'held' : 'absent';
}

/** It is known to exist: somebody was told, or somebody got it. */
export function exists(view: View, { isCertain, queue, label }: Expected): boolean {
	return isCertain || view.isSeen(queue, label);
}

export function isAcked({ settled }: Story): boolean {
	return settled.some(isFinish);
}

/** From its answer on the message is finished, whoever did it. */
export function isFinish({ outcome }: Settled): boolean {
	return outcome === 'acked' || outcome === 'deleted';
}

/** Only of the newest attempt: an older one was still open when the message was handed out again. */
export function isMaybeAcked({ settled, handouts }: Story): boolean {
	const newest = handouts.at(-1)?.attempt;
	return settled.some(({ verb, outcome, attempt }) => verb === 'ack' && outcome === undefined && attempt === newest);
}

function isBuried({ plan }: View, { queue, settled, handouts }: Story): boolean {
	const most = plan.queues[queue]?.maxReceives ?? Number.POSITIVE_INFINITY;
	return settled.some(({ outcome }) => outcome === 'buried') || handouts.some(({ attempt }) => attempt >= most);
}

/**
 * The last instant at which a message is known to be unfinished: its last hand-out, or the moment before the first thing
 * that can have finished it.
 */
export function unfinishedUntil(view: View, { queue, label, from, draft }: Expected): number {
	const stories = view.storiesOf(queue, label);
	let lastHandout = from;
	const ends: number[] = [];
	for (const { handouts, settled } of stories) {
		const newest = handouts.at(-1)?.attempt;
		for (const { at } of handouts) lastHandout = Math.max(lastHandout, at);
		for (const one of settled) {
			const isMaybe = one.verb === 'ack' && one.outcome === undefined && one.attempt === newest;
			if (isFinish(one) || isMaybe) ends.push(one.start);
		}
	}
	for (const { handouts } of view.deadOf(queue, label)) ends.push(handouts[0]?.deadLetter?.buriedAt ?? 0);
	if (draft.ttlMs !== undefined) ends.push(from + draft.ttlMs);
	// What never ends is lost: that is another check's finding, and says nothing of the order.
	return ends.length === 0 ? lastHandout : Math.max(lastHandout, Math.min(...ends));
}
