import type { PutOptions, QueueDeleted, QueuePage, QueuePatch, QueuePut } from '../catalog-protocol';
import type { Database } from '../database';
import { type Queue, type QueueSettings, type Refusal, refuse, told } from '../protocol';
import { checkAnnotations, mergeAnnotations, sameAnnotations } from './annotations';
import { type Change, done } from './change';
import { checkSettings, makeDeadLetterQueue } from './dead-letters';
import { dutyGraceMs, findDuty, type QueueDuty, sealingTowards, topicKey, writeDuty } from './duties';
import { noSuchQueue } from './missing';
import { byName, readPage } from './page';
import {
	annotateQueue,
	findQueue,
	insertQueue,
	namesWithDeadLetter,
	type QueueContent,
	queuesAfter,
	queuesWithDeadLetter,
	retireQueue,
	reviseQueue,
} from './rows';
import { mergeSettings, needsNewLayout, sameSettings } from './settings';
import { subscriptionsFeeding } from './subscription-rows';
import { cutSubscriptions } from './subscriptions';

const busyRetryMs = 1_000;

/** While partitions are being sealed or unsealed, every other change but deletion waits. */
export function changeUnderWay(name: string): Refusal {
	const detail = `The partitions of ${name} are being replaced: try again when that has ended.`;
	return refuse('settings_stale', detail, busyRetryMs);
}

function relayoutOf(database: Database, queue: Queue): QueueDuty | undefined {
	const duty = findDuty(database, queue);
	if (!duty || 'topic' in duty) return undefined;
	return duty.kind === 'seal' || duty.kind === 'unseal' ? duty : undefined;
}

/** Creates the queue, or replaces all its settings, and annotations where they are named; the same again writes nothing. */
export function putQueue(
	database: Database,
	name: string,
	settings: QueueSettings,
	{ annotations, onlyNew }: PutOptions,
	now: number,
): Refusal | Change<QueuePut> {
	const queue = findQueue(database, name);
	if (queue && onlyNew)
		return refuse('queue_exists', `There is a queue ${name} already: change it, or take another name.`);
	if (queue) return change(database, queue, { settings, annotations: annotations ?? queue.annotations }, now);
	const refusal = checkAnnotations(name, annotations) ?? checkSettings(database, name, settings);
	if (refusal) return refusal;
	const made = insertQueue(database, name, { settings, annotations }, now);
	makeDeadLetterQueue(database, settings, now);
	return done({ queue: made, created: true });
}

export function patchQueue(
	database: Database,
	name: string,
	patch: QueuePatch,
	now: number,
): Refusal | Change<QueuePut> {
	const queue = findQueue(database, name);
	if (!queue) return noSuchQueue(name);
	const annotations = mergeAnnotations(queue.annotations, patch.annotations ?? {});
	return change(database, queue, { settings: mergeSettings(queue.settings, patch), annotations }, now);
}

function change(database: Database, queue: Queue, wanted: QueueContent, now: number): Refusal | Change<QueuePut> {
	const relayout = relayoutOf(database, queue);
	if (relayout) {
		// The same request again, by a client that was cut off: it gets the answer of the first.
		const joins = relayout.kind === 'seal' && sameContent(relayout.wanted, wanted);
		return joins ? awaitLayout(database, queue) : changeUnderWay(queue.name);
	}
	if (sameContent(queue, wanted)) return done({ queue, created: false });
	const { settings, annotations } = wanted;
	const tooLarge = checkAnnotations(queue.name, annotations);
	if (tooLarge) return tooLarge;
	if (sameSettings(queue.settings, settings)) {
		return done({ queue: annotateQueue(database, queue, annotations ?? {}, now), created: false });
	}
	const refusal = checkSettings(database, queue.name, settings);
	if (refusal) return refusal;
	if (needsNewLayout(queue.settings, settings)) {
		writeDuty(database, { kind: 'seal', queue, wanted, attempts: 0, dueAt: now + dutyGraceMs });
		return awaitLayout(database, queue);
	}
	makeDeadLetterQueue(database, settings, now);
	const revised = reviseAndConfigure(database, { ...queue, settings, annotations, updatedAt: now }, now);
	return done({ queue: revised, created: false }, revised);
}

function sameContent(one: QueueContent, other: QueueContent): boolean {
	return sameSettings(one.settings, other.settings) && sameAnnotations(one.annotations, other.annotations);
}

function awaitLayout(database: Database, queue: Queue): Change<QueuePut> {
	return { duties: [queue], outcome: (refusal) => layoutOutcome(database, queue, refusal) };
}

/** How a change that needed a new layout has ended; `refusal`: what its duty came back with, if anything. */
function layoutOutcome(database: Database, before: Queue, refusal: Refusal | null): Refusal | QueuePut {
	const queue = findQueue(database, before.name);
	if (queue?.generation !== before.generation) return noSuchQueue(before.name);
	if (queue.layout > before.layout) return { queue, created: false };
	return refusal ?? changeUnderWay(before.name);
}

export function setPaused(database: Database, name: string, paused: boolean, now: number): Refusal | Change<Queue> {
	const queue = findQueue(database, name);
	if (!queue) return noSuchQueue(name);
	if (queue.paused === paused) return done(queue);
	if (relayoutOf(database, queue)) return changeUnderWay(name);
	const revised = reviseAndConfigure(database, { ...queue, paused, updatedAt: now }, now);
	return done(revised, revised);
}

/** Settings travel with every call anyway; the push wakes receivers that are parked on the old ones. */
function reviseAndConfigure(database: Database, queue: Queue, now: number): Queue {
	const revised = reviseQueue(database, queue);
	writeDuty(database, { kind: 'configure', queue: revised, attempts: 0, dueAt: now + dutyGraceMs });
	return revised;
}

/**
 * Deletes a queue; its dead-letter queue stays. A queue that receives the dead letters of others, or that subscriptions
 * feed, goes only by force (`queue_in_use`): the others have `deadLetter: null` after it, the subscriptions are deleted.
 */
export function deleteQueue(
	database: Database,
	name: string,
	force: boolean,
	now: number,
): Refusal | Change<QueueDeleted> {
	const queue = findQueue(database, name);
	if (!queue) return noSuchQueue(name);
	const users = namesWithDeadLetter(database, name);
	const names = [...new Set([...users, ...sealingTowards(database, name)])];
	const subscriptions = subscriptionsFeeding(database, name);
	if (!force) {
		const refusal = checkUnused(name, names, subscriptions);
		if (refusal) return refusal;
	}
	// A change under way could still bring back what was cut.
	const busy = names.find((user) => isBusy(database, user));
	if (busy !== undefined) return changeUnderWay(busy);
	const cut = users.map((user) => {
		const before = findQueue(database, user) as Queue;
		const settings = { ...before.settings, deadLetter: null };
		return told(reviseAndConfigure(database, { ...before, settings, updatedAt: now }, now));
	});
	const topics = cutSubscriptions(database, subscriptions, now);
	retireQueue(database, queue);
	writeDuty(database, { kind: 'destroy', queue, attempts: 0, dueAt: now + dutyGraceMs });
	return done({ cut: users, subscriptions }, queue, ...cut, ...topics.map(topicKey));
}

function checkUnused(
	name: string,
	deadLettersOf: readonly string[],
	subscriptions: QueueDeleted['subscriptions'],
): Refusal | null {
	const uses: string[] = [];
	if (deadLettersOf.length > 0) uses.push(`dead letters of ${deadLettersOf.slice(0, 10).join(', ')} go to it`);
	const names = subscriptions.slice(0, 10).map((subscription) => `${subscription.topic}/${subscription.name}`);
	if (names.length > 0) uses.push(`it is fed by subscriptions (${names.join(', ')})`);
	if (uses.length === 0) return null;
	return refuse('queue_in_use', `${name} is in use: ${uses.join(', and ')}. Change that, or delete with force=true.`);
}

function isBusy(database: Database, name: string): boolean {
	const queue = findQueue(database, name);
	return queue !== undefined && relayoutOf(database, queue) !== undefined;
}

export function getQueue(database: Database, name: string): Refusal | Queue {
	return findQueue(database, name) ?? noSuchQueue(name);
}

/** `limit` is the caller's, at least 1. */
export function listQueues(database: Database, after: string | null, limit: number): QueuePage {
	const { page, next } = readPage(after, limit, (...from) => queuesAfter(database, ...from), byName);
	return { queues: page, next };
}

export function listQueuesWithDeadLetter(
	database: Database,
	name: string,
	after: string | null,
	limit: number,
): QueuePage {
	const read = (from: string, count: number) => queuesWithDeadLetter(database, name, from, count);
	const { page, next } = readPage(after, limit, read, byName);
	return { queues: page, next };
}
