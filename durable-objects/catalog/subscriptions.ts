import type { NewSubscription, SubscriptionOfTopic, SubscriptionPage, SubscriptionPut } from '../catalog-protocol';
import type { Database } from '../database';
import {
	type FilterPolicy,
	LIMITS,
	type Refusal,
	refuse,
	type Start,
	type Subscription,
	type Topic,
} from '../protocol';
import type { Change } from './change';
import { noSuchQueue, noSuchSubscription, noSuchTopic } from './missing';
import { pageOf } from './page';
import { findQueue } from './rows';
import {
	dropSubscription,
	findDeleted,
	findSubscription,
	otherFilters,
	subscriptionNames,
	subscriptionsAfter,
	writeSubscription,
} from './subscription-rows';
import { findTopic, heardVersion } from './topic-rows';
import { onceHeard, reviseAndTell } from './topics';

/**
 * Makes a subscription, or changes its queue and filter for messages from then on; its start counts only when it is
 * made. The same queue and filter again write nothing, and wait for what is still owed.
 */
export function putSubscription(
	database: Database,
	topicName: string,
	name: string,
	wanted: NewSubscription,
	now: number,
): Refusal | Change<SubscriptionPut> {
	const topic = findTopic(database, topicName);
	if (!topic) return noSuchTopic(topicName);
	const before = findSubscription(database, topicName, name);
	const { queue, filter } = wanted;
	if (before?.queue === queue && sameFilter(before.filter, filter)) {
		return onceHeard(database, topic, { topic, subscription: before, created: false });
	}
	const refusal =
		(before ? null : checkNew(database, topic, wanted.start)) ?? checkFilters(database, topic, name, filter);
	if (refusal) return refusal;
	const target = findQueue(database, queue);
	if (!target) return noSuchQueue(queue);
	const revised = reviseAndTell(database, topic, now);
	const { version } = revised;
	const { generation, start, createdAt } = before ?? {
		generation: version,
		start: begin(wanted.start, now),
		createdAt: now,
	};
	const subscription: Subscription = {
		name,
		queue,
		queueGeneration: target.generation,
		filter,
		version,
		generation,
		start,
		createdAt,
		updatedAt: now,
	};
	writeSubscription(database, topicName, subscription);
	return onceHeard(database, revised, { topic: revised, subscription, created: !before });
}

function checkNew(database: Database, topic: Topic, start: Start): Refusal | null {
	if (subscriptionNames(database, topic.name).length < LIMITS.subscriptions) return checkStart(topic, start);
	const detail = `A topic has ${LIMITS.subscriptions} subscriptions at most: delete some of ${topic.name} that are not needed.`;
	return refuse('too_many_subscriptions', detail);
}

/** All filters of a topic are in memory together, and told to several partitions at once. */
function checkFilters(database: Database, topic: Topic, name: string, filter: FilterPolicy | null): Refusal | null {
	const own = JSON.stringify(filter).length;
	if (filter === null || otherFilters(database, topic.name, name) + own <= LIMITS.filterBytes) return null;
	const detail = `The filters of a topic have ${LIMITS.filterBytes} characters together at most: make those of ${topic.name} shorter.`;
	return refuse('too_many_subscriptions', detail);
}

function checkStart(topic: Topic, start: Start): Refusal | null {
	const { partitions } = topic.settings;
	if (start.from !== 'sequence' || partitions === 1) return null;
	const detail = `${topic.name} has ${partitions} partitions, each with sequence numbers of its own: name an instant.`;
	return refuse('ambiguous_sequence', detail);
}

/** Only the catalog's clock says when now is. */
function begin(start: Start, now: number): Start {
	return start.from === 'now' ? { from: 'now', at: now } : start;
}

/** As JSON, whatever the order of the fields. */
function sameFilter(one: FilterPolicy | null, other: FilterPolicy | null): boolean {
	const sorted = (_name: string, value: unknown): unknown =>
		typeof value !== 'object' || value === null || Array.isArray(value)
			? value
			: Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
	return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

/**
 * Moves a subscription: it reads on from `to`, as a new source. While not all partitions have been told of a move, the
 * same one asked again is that one: those that were told must not begin anew.
 */
export function seek(
	database: Database,
	topicName: string,
	name: string,
	to: Start,
	now: number,
): Refusal | Change<SubscriptionOfTopic> {
	const topic = findTopic(database, topicName);
	if (!topic) return noSuchTopic(topicName);
	const before = findSubscription(database, topicName, name);
	if (!before) return noSuchSubscription(topicName, name);
	const refusal = checkStart(topic, to);
	if (refusal) return refusal;
	if (before.generation > heardVersion(database, topic) && sameStart(before.start, to)) {
		return onceHeard(database, topic, { topic, subscription: before });
	}
	const revised = reviseAndTell(database, topic, now);
	const subscription = { ...before, generation: revised.version, start: begin(to, now), updatedAt: now };
	writeSubscription(database, topicName, subscription);
	return onceHeard(database, revised, { topic: revised, subscription });
}

/** A now that is asked again later is the first one: between the two nothing must be left out. */
function sameStart(one: Start, other: Start): boolean {
	if (one.from === 'sequence') return other.from === 'sequence' && one.sequence === other.sequence;
	if (one.from === 'instant') return other.from === 'instant' && one.at === other.at;
	return one.from === other.from;
}

/** Until all partitions have been told, deleting it again waits for that, and gets the same answer. */
export function deleteSubscription(
	database: Database,
	topicName: string,
	name: string,
	now: number,
): Refusal | Change<SubscriptionOfTopic> {
	const topic = findTopic(database, topicName);
	if (!topic) return noSuchTopic(topicName);
	const subscription = findSubscription(database, topicName, name);
	if (!subscription) {
		const deleted = findDeleted(database, topicName, name);
		return deleted ? onceHeard(database, topic, { topic, subscription: deleted }) : noSuchSubscription(topicName, name);
	}
	dropSubscription(database, topicName, subscription);
	const revised = reviseAndTell(database, topic, now);
	return onceHeard(database, revised, { topic: revised, subscription });
}

/** Deletes these subscriptions, of any topics, because their queue goes; answers the topics that are to be told. */
export function cutSubscriptions(
	database: Database,
	cut: readonly { readonly topic: string; readonly name: string }[],
	now: number,
): Topic[] {
	for (const { topic, name } of cut) {
		const subscription = findSubscription(database, topic, name);
		if (subscription) dropSubscription(database, topic, subscription);
	}
	return [...new Set(cut.map(({ topic }) => topic))].map((name) => {
		const topic = findTopic(database, name);
		if (!topic) throw new Error(`topic ${name} is gone, but it still has subscriptions`);
		return reviseAndTell(database, topic, now);
	});
}

export function getSubscription(database: Database, topicName: string, name: string): Refusal | SubscriptionOfTopic {
	const topic = findTopic(database, topicName);
	if (!topic) return noSuchTopic(topicName);
	const subscription = findSubscription(database, topicName, name);
	return subscription ? { topic, subscription } : noSuchSubscription(topicName, name);
}

/** `limit` is the caller's, at least 1. */
export function listSubscriptions(
	database: Database,
	topicName: string,
	after: string | null,
	limit: number,
): Refusal | SubscriptionPage {
	const topic = findTopic(database, topicName);
	if (!topic) return noSuchTopic(topicName);
	const { page, next } = pageOf(subscriptionsAfter(database, topicName, after ?? '', limit + 1), limit);
	return { topic, subscriptions: page, next };
}
