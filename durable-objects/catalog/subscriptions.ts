import type {
	AllSubscriptionsPage,
	NewSubscription,
	SubscriptionOfTopic,
	SubscriptionPage,
	SubscriptionPatch,
	SubscriptionPut,
} from '../catalog-protocol';
import type { Database } from '../database';
import {
	type Annotations,
	type FilterPolicy,
	isRefusal,
	type Refusal,
	type Start,
	type Subscription,
	type Topic,
} from '../protocol';
import { annotationsOf, annotationsText, checkAnnotations, mergeAnnotations, sameAnnotations } from './annotations';
import type { Change } from './change';
import { noSuchQueue, noSuchSubscription, noSuchTopic } from './missing';
import { byName, readPage } from './page';
import { findQueue } from './rows';
import { checkFilters, checkMark, checkNew, checkStart, subscriptionExists } from './subscription-checks';
import {
	allSubscriptionsAfter,
	dropSubscription,
	findDeleted,
	findSubscription,
	subscriptionsAfter,
	writeSubscription,
} from './subscription-rows';
import { findTopic, heardVersion } from './topic-rows';
import { onceHeard, reviseAndTell } from './topics';

/**
 * Makes a subscription, or changes its queue, filter and mark for messages from then on; its start counts only when it is
 * made. The same again writes nothing, and waits for what is still owed, as another set of annotations does.
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
	if (before && wanted.onlyNew) return subscriptionExists(topicName, name);
	const { queue, filter } = wanted;
	const mark = wanted.mark === undefined ? before?.mark : (wanted.mark ?? undefined);
	const annotations = wanted.annotations ?? before?.annotations;
	const tooLarge = checkMark(name, mark) ?? checkAnnotations(name, annotations);
	if (tooLarge) return tooLarge;
	if (before?.queue === queue && sameFilter(before.filter, filter) && before.mark === mark) {
		const subscription = annotated(database, topicName, before, annotations, now);
		return onceHeard(database, topic, { topic, subscription, created: false });
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
		...(mark === undefined ? {} : { mark }),
		...annotationsOf(annotationsText(annotations)),
	};
	writeSubscription(database, topicName, subscription);
	return onceHeard(database, revised, { topic: revised, subscription, created: !before });
}

/** Changes what is named of a subscription that is there, as `putSubscription` does. */
export function patchSubscription(
	database: Database,
	topicName: string,
	name: string,
	{ annotations: changes = {}, ...patch }: SubscriptionPatch,
	now: number,
): Refusal | Change<SubscriptionPut> {
	const found = getSubscription(database, topicName, name);
	if (isRefusal(found)) return found;
	const { queue, filter, start, annotations } = found.subscription;
	const merged = mergeAnnotations(annotations, changes);
	return putSubscription(database, topicName, name, { queue, filter, start, ...patch, annotations: merged }, now);
}

/** No partition is told, so that the version stays. The same annotations again write nothing. */
function annotated(
	database: Database,
	topic: string,
	{ annotations: before, ...subscription }: Subscription,
	annotations: Annotations | undefined,
	now: number,
): Subscription {
	if (sameAnnotations(before, annotations)) return { ...subscription, ...annotationsOf(annotationsText(before)) };
	const changed = { ...subscription, updatedAt: now, ...annotationsOf(annotationsText(annotations)) };
	writeSubscription(database, topic, changed);
	return changed;
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
	const read = (from: string, count: number) => subscriptionsAfter(database, topicName, from, count);
	const { page, next } = readPage(after, limit, read, byName);
	return { topic, subscriptions: page, next };
}

/** Of all topics; what it goes on after reads "topic/name". */
export function listAllSubscriptions(database: Database, after: string | null, limit: number): AllSubscriptionsPage {
	const read = (from: string, count: number) => {
		const [topic = '', name = ''] = from.split('/');
		return allSubscriptionsAfter(database, [topic, name], count);
	};
	const { page, next } = readPage(after, limit, read, ({ topic, subscription }) => `${topic}/${subscription.name}`);
	return { subscriptions: page, next };
}
