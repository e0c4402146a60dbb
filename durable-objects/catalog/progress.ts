import type { Database } from '../database';
import { type Queue, type Refusal, refuse } from '../protocol';
import { checkSettings, makeDeadLetterQueue } from './dead-letters';
import {
	type Duty,
	dropDuty,
	dutyGraceMs,
	dutyKey,
	findDuty,
	putOffDuty,
	type QueueDuty,
	sameDuty,
	type TopicDuty,
	topicKey,
	writeDuty,
} from './duties';
import { findQueue, reviseQueue } from './rows';
import { forgetDeleted } from './subscription-rows';
import { noteHeard } from './topic-rows';

/** How the calls of a duty ended: all made, one refused, or some partition could not be reached. */
export type DutyResult =
	| { readonly ended: 'done' | 'failed' }
	| { readonly ended: 'refused'; readonly refusal: Refusal };

export interface DutyStep {
	/** Something is owed to the same layout that should be done at once. */
	readonly again: boolean;
	/** Why a new layout has not come about, or that a topic's partitions have not all been told. */
	readonly refusal?: Refusal;
}

/**
 * The sealed partitions of a layout that was replaced tell every Worker to read the settings again. By this time
 * no Worker has them cached, and the objects can go.
 */
const layoutLingersMs = 60_000;

const retryMs = 1_000;

/** What follows from the calls that were made for `duty`. Meanwhile another change may have put another in its place. */
export function finishDuty(database: Database, duty: Duty, result: DutyResult, now: number): DutyStep {
	const current = findDuty(database, dutyKey(duty));
	if (!current) return { again: false };
	if (!sameDuty(current, duty)) return { again: true };
	if ('topic' in current) return finishTelling(database, current, result, now);
	if (current.kind === 'seal') return finishSealing(database, current, result, now);
	// A partition that refuses knows something newer, so there is nothing left to tell it.
	if (result.ended === 'failed') putOffDuty(database, current, now);
	else dropDuty(database, current.queue);
	return { again: false };
}

/** A change of a topic is answered when it is heard; the deletion of one stands, whoever has heard of it. */
function finishTelling(database: Database, duty: TopicDuty, result: DutyResult, now: number): DutyStep {
	const { kind, topic } = duty;
	if (result.ended === 'failed') {
		putOffDuty(database, duty, now);
		if (kind === 'destroy') return { again: false };
		const detail = `The change is written, but a partition of the topic ${topic.name} did not answer: ask for it again.`;
		return { again: false, refusal: refuse('settings_stale', detail, retryMs) };
	}
	if (kind === 'configure') {
		noteHeard(database, topic);
		forgetDeleted(database, topic.name);
	}
	dropDuty(database, topicKey(topic));
	return { again: false };
}

function finishSealing(
	database: Database,
	duty: Extract<QueueDuty, { kind: 'seal' }>,
	result: DutyResult,
	now: number,
): DutyStep {
	const queue = findQueue(database, duty.queue.name);
	if (!queue) throw new Error(`queue ${duty.queue.name} is gone, but its partitions are still being sealed`);
	if (result.ended === 'refused') return abandon(database, queue, result.refusal, now);
	if (result.ended === 'failed') {
		const detail = `A partition of ${queue.name} did not answer, so nothing has changed: try again.`;
		return abandon(database, queue, refuse('settings_stale', detail, retryMs), now);
	}
	// Other queues have changed since the change was accepted.
	const refusal = checkSettings(database, queue.name, duty.wanted.settings);
	if (refusal) return abandon(database, queue, refusal, now);
	makeDeadLetterQueue(database, duty.wanted.settings, now);
	const { settings, annotations } = duty.wanted;
	reviseQueue(database, { ...queue, layout: queue.layout + 1, settings, annotations, updatedAt: now });
	writeDuty(database, { kind: 'destroy', queue: duty.queue, attempts: 0, dueAt: now + layoutLingersMs });
	return { again: false };
}

/** The next version fences the old: a seal that is still on its way must not close a partition for good. */
function abandon(database: Database, queue: Queue, refusal: Refusal, now: number): DutyStep {
	const revised = reviseQueue(database, queue);
	writeDuty(database, { kind: 'unseal', queue: revised, attempts: 0, dueAt: now + dutyGraceMs });
	return { again: true, refusal };
}
