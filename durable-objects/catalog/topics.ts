import type { PutOptions, TopicDeleted, TopicPage, TopicPut } from '../catalog-protocol';
import type { Database } from '../database';
import {
	type AnnotationPatch,
	type Annotations,
	LIMITS,
	type Refusal,
	refuse,
	type Topic,
	type TopicSettings,
} from '../protocol';
import { checkAnnotations, mergeAnnotations, sameAnnotations } from './annotations';
import { type Change, done } from './change';
import { dutyGraceMs, topicKey, writeDuty } from './duties';
import { noSuchTopic } from './missing';
import { byName, readPage } from './page';
import { dropSubscriptions, subscriptionNames } from './subscription-rows';
import * as rows from './topic-rows';
import {
	countTopics,
	findTopic,
	insertTopic,
	retireTopic,
	reviseTopic,
	sameTopicSettings,
	type TopicContent,
	topicsAfter,
} from './topic-rows';

/**
 * Creates the topic, or changes how long it keeps messages and their dedupIds, and its annotations where they are named;
 * where its partitions are never changes (`topic_layout_fixed`). The same again writes nothing, and waits for what is
 * still owed.
 */
export function putTopic(
	database: Database,
	name: string,
	settings: TopicSettings,
	{ annotations: given, onlyNew }: PutOptions,
	now: number,
): Refusal | Change<TopicPut> {
	const topic = findTopic(database, name);
	const tooLarge = checkAnnotations(name, given);
	if (!topic) return tooLarge ?? makeTopic(database, name, { settings, annotations: given }, now);
	if (onlyNew) return refuse('topic_exists', `There is a topic ${name} already: change it, or take another name.`);
	if (tooLarge) return tooLarge;
	const annotations = given ?? topic.annotations;
	if (sameTopicSettings(topic.settings, settings)) {
		return onceHeard(database, topic, { topic: annotated(database, topic, annotations ?? {}, now), created: false });
	}
	const { partitions, location } = topic.settings;
	if (settings.partitions !== partitions || settings.location !== location) {
		const layout = `${partitions} for partitions and ${location ?? 'null'} for location`;
		const detail = `The partitions of a topic stay what and where they are: ask for ${layout}, or delete ${name} first.`;
		return refuse('topic_layout_fixed', detail);
	}
	const revised = reviseAndTell(database, { ...topic, settings, annotations, updatedAt: now }, now);
	return onceHeard(database, revised, { topic: revised, created: false });
}

function makeTopic(database: Database, name: string, content: TopicContent, now: number): Refusal | Change<TopicPut> {
	if (countTopics(database) >= LIMITS.topics) {
		return refuse('too_many_topics', `There are ${LIMITS.topics} topics at most: delete some that are not needed.`);
	}
	return done({ topic: insertTopic(database, name, content, now), created: true });
}

/** Merges annotations, name by name. */
export function annotateTopic(database: Database, name: string, patch: AnnotationPatch, now: number): Refusal | Topic {
	const topic = findTopic(database, name);
	if (!topic) return noSuchTopic(name);
	const annotations = mergeAnnotations(topic.annotations, patch);
	return checkAnnotations(name, annotations) ?? annotated(database, topic, annotations, now);
}

/** The same annotations again write nothing. */
function annotated(database: Database, topic: Topic, annotations: Annotations, now: number): Topic {
	return sameAnnotations(topic.annotations, annotations)
		? topic
		: rows.annotateTopic(database, topic, annotations, now);
}

/**
 * Writes the next version of a topic, and that its partitions are to be told. The two are never written apart: so what
 * a duty says of the topic is what its row says, but for the annotations, which are not told, and when they changed.
 */
export function reviseAndTell(database: Database, topic: Topic, now: number): Topic {
	const revised = reviseTopic(database, topic);
	writeDuty(database, { kind: 'configure', topic: revised, attempts: 0, dueAt: now + dutyGraceMs });
	return revised;
}

/** Nothing is promised of a topic before all its partitions have been told. It may be deleted meanwhile. */
export function onceHeard<T>(database: Database, topic: Topic, answer: T): Change<T> {
	const isGone = () => findTopic(database, topic.name)?.generation !== topic.generation;
	return {
		duties: [topicKey(topic)],
		outcome: (refusal) => (isGone() ? noSuchTopic(topic.name) : (refusal ?? answer)),
	};
}

/** Deletes a topic with its log. One that has subscriptions goes only by force (`topic_in_use`), and they with it. */
export function deleteTopic(
	database: Database,
	name: string,
	force: boolean,
	now: number,
): Refusal | Change<TopicDeleted> {
	const topic = findTopic(database, name);
	if (!topic) return noSuchTopic(name);
	const cut = subscriptionNames(database, name);
	if (cut.length > 0 && !force) {
		const detail = `${name} has subscriptions (${cut.slice(0, 10).join(', ')}): delete them, or the topic with force=true.`;
		return refuse('topic_in_use', detail);
	}
	dropSubscriptions(database, name);
	retireTopic(database, topic);
	writeDuty(database, { kind: 'destroy', topic, attempts: 0, dueAt: now + dutyGraceMs });
	return done({ cut }, topicKey(topic));
}

export function getTopic(database: Database, name: string): Refusal | Topic {
	return findTopic(database, name) ?? noSuchTopic(name);
}

/** `limit` is the caller's, at least 1. */
export function listTopics(database: Database, after: string | null, limit: number): TopicPage {
	const { page, next } = readPage(after, limit, (...from) => topicsAfter(database, ...from), byName);
	return { topics: page, next };
}
