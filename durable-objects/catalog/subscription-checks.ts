import type { Database } from '../database';
import { type FilterPolicy, LIMITS, type Refusal, refuse, type Start, type Topic } from '../protocol';
import { otherFilters, subscriptionNames } from './subscription-rows';

// Whether a subscription can be as it is wanted.

export function subscriptionExists(topic: string, name: string): Refusal {
	const detail = `${topic} has a subscription ${name} already: change it, or take another name.`;
	return refuse('subscription_exists', detail);
}

export function checkMark(name: string, mark = ''): Refusal | null {
	if (mark.length <= LIMITS.markLength) return null;
	const detail = `The mark of ${name} has ${mark.length} characters, ${LIMITS.markLength} are the most: shorten it.`;
	return refuse('annotations_too_large', detail);
}

export function checkNew(database: Database, topic: Topic, start: Start): Refusal | null {
	if (subscriptionNames(database, topic.name).length < LIMITS.subscriptions) return checkStart(topic, start);
	const detail = `A topic has ${LIMITS.subscriptions} subscriptions at most: delete some of ${topic.name} that are not needed.`;
	return refuse('too_many_subscriptions', detail);
}

/** All filters of a topic are in memory together, and told to several partitions at once. */
export function checkFilters(
	database: Database,
	topic: Topic,
	name: string,
	filter: FilterPolicy | null,
): Refusal | null {
	const own = JSON.stringify(filter).length;
	if (filter === null || otherFilters(database, topic.name, name) + own <= LIMITS.filterBytes) return null;
	const detail = `The filters of a topic have ${LIMITS.filterBytes} characters together at most: make those of ${topic.name} shorter.`;
	return refuse('filters_too_large', detail);
}

export function checkStart(topic: Topic, start: Start): Refusal | null {
	const { partitions } = topic.settings;
	if (start.from !== 'sequence' || partitions === 1) return null;
	const detail = `${topic.name} has ${partitions} partitions, each with sequence numbers of its own: name an instant.`;
	return refuse('ambiguous_sequence', detail);
}
