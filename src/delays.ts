import { isTopic, type NewMessage, type Target } from '../durable-objects/protocol';
import type { Fault } from './problems';
import { fieldFault, invalid } from './validation';

const TOPIC_RULE = 'is not for a topic, which holds no message back: the subscribed queue does by its own delaySeconds';

/**
 * Refuses delays that only the target tells to be wrong: one beyond a queue's retention, and any on a topic.
 * `prefix`: where in the body the messages stand; null where the options of a single one are in the query.
 */
export function checkDelays(
	target: Target,
	messages: readonly NewMessage[],
	now: number,
	prefix: readonly PropertyKey[] | null,
): void {
	const mostMs = isTopic(target) ? Number.NEGATIVE_INFINITY : target.settings.retentionMs;
	const faults: Fault[] = [];
	messages.forEach(({ delayMs, deliverAt }, index) => {
		if (delayMs !== undefined && delayMs > mostMs) faults.push(faultOf(target, prefix, index, 'delaySeconds'));
		if (deliverAt !== undefined && deliverAt - now > mostMs) faults.push(faultOf(target, prefix, index, 'deliverAt'));
	});
	if (faults.length > 0) throw invalid(faults);
}

function faultOf(target: Target, prefix: readonly PropertyKey[] | null, index: number, field: string): Fault {
	const rule = isTopic(target)
		? TOPIC_RULE
		: `is more than the queue's retention of ${target.settings.retentionMs / 1_000} seconds away`;
	return prefix === null ? fieldFault([field], rule, 'query') : fieldFault([...prefix, index, field], rule);
}
