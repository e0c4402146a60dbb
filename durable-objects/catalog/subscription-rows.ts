import type { Database } from '../database';
import type { FilterPolicy, Start, Subscription } from '../protocol';
import { annotationsOf, annotationsText } from './annotations';

interface ToldRow {
	readonly name: string;
	readonly queue: string;
	readonly queue_generation: number;
	readonly filter: string | null;
	readonly version: number;
	readonly generation: number;
	readonly start: string;
	readonly created_at: number;
	readonly updated_at: number;
	readonly mark: string | null;
}

interface SubscriptionRow extends ToldRow {
	readonly topic: string;
	readonly annotations: string | null;
}

function toSubscription(row: SubscriptionRow): Subscription {
	return { ...toTold(row), ...annotationsOf(row.annotations) };
}

function toTold(row: ToldRow): Subscription {
	return {
		name: row.name,
		queue: row.queue,
		queueGeneration: row.queue_generation,
		filter: JSON.parse(row.filter ?? 'null') as FilterPolicy | null,
		...(row.mark === null ? {} : { mark: row.mark }),
		version: row.version,
		generation: row.generation,
		start: JSON.parse(row.start) as Start,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}

export function findSubscription(database: Database, topic: string, name: string): Subscription | undefined {
	const query = 'SELECT * FROM subscription WHERE topic = ? AND name = ?';
	const row = database.first<SubscriptionRow>(query, topic, name);
	return row && toSubscription(row);
}

/** All of a topic, by name, as its partitions are told them: without annotations. */
export function subscriptionsOf(database: Database, topic: string): Subscription[] {
	const query = `SELECT name, queue, queue_generation, filter, version, generation, start, created_at, updated_at, mark
		FROM subscription WHERE topic = ? ORDER BY name`;
	return database.all<ToldRow>(query, topic).map(toTold);
}

export function subscriptionsAfter(database: Database, topic: string, after: string, limit: number): Subscription[] {
	const query = 'SELECT * FROM subscription WHERE topic = ? AND name > ? ORDER BY name LIMIT ?';
	return database.all<SubscriptionRow>(query, topic, after, limit).map(toSubscription);
}

/** Of all topics, by topic and name. */
export function allSubscriptionsAfter(
	database: Database,
	[topic, name]: readonly [topic: string, name: string],
	limit: number,
): { topic: string; subscription: Subscription }[] {
	const query = 'SELECT * FROM subscription WHERE (topic, name) > (?, ?) ORDER BY topic, name LIMIT ?';
	const rows = database.all<SubscriptionRow>(query, topic, name, limit);
	return rows.map((row) => ({ topic: row.topic, subscription: toSubscription(row) }));
}

export function subscriptionNames(database: Database, topic: string): string[] {
	const query = 'SELECT name FROM subscription WHERE topic = ? ORDER BY name';
	return database.all<{ name: string }>(query, topic).map((row) => row.name);
}

/** Characters of the filters of all but one of a topic's subscriptions. */
export function otherFilters(database: Database, topic: string, name: string): number {
	const query = 'SELECT sum(length(filter)) AS length FROM subscription WHERE topic = ? AND name != ?';
	return database.first<{ length: number | null }>(query, topic, name)?.length ?? 0;
}

/** Of all topics, by topic and name. */
export function subscriptionsFeeding(database: Database, queue: string): { topic: string; name: string }[] {
	return database.all('SELECT topic, name FROM subscription WHERE queue = ? ORDER BY topic, name', queue);
}

/** Takes the place of the one that has its name. */
export function writeSubscription(database: Database, topic: string, subscription: Subscription): void {
	const { name, queue, queueGeneration, filter, version, generation, start, createdAt, updatedAt, mark } = subscription;
	database.run(
		`INSERT OR REPLACE INTO subscription
			(topic, name, queue, queue_generation, filter, version, generation, start, created_at, updated_at, mark, annotations)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		topic,
		name,
		queue,
		queueGeneration,
		filter && JSON.stringify(filter),
		version,
		generation,
		JSON.stringify(start),
		createdAt,
		updatedAt,
		mark ?? null,
		annotationsText(subscription.annotations),
	);
}

/** It is remembered as deleted until `forgetDeleted`. */
export function dropSubscription(database: Database, topic: string, subscription: Subscription): void {
	database.run('DELETE FROM subscription WHERE topic = ? AND name = ?', topic, subscription.name);
	database.run(
		'INSERT OR REPLACE INTO deleted_subscription (topic, name, subscription) VALUES (?, ?, ?)',
		topic,
		subscription.name,
		JSON.stringify(subscription),
	);
}

export function findDeleted(database: Database, topic: string, name: string): Subscription | undefined {
	const query = 'SELECT subscription FROM deleted_subscription WHERE topic = ? AND name = ?';
	const row = database.first<{ subscription: string }>(query, topic, name);
	return row && (JSON.parse(row.subscription) as Subscription);
}

export function forgetDeleted(database: Database, topic: string): void {
	database.run('DELETE FROM deleted_subscription WHERE topic = ?', topic);
}

/** All of a topic that goes itself. */
export function dropSubscriptions(database: Database, topic: string): void {
	database.run('DELETE FROM subscription WHERE topic = ?', topic);
	forgetDeleted(database, topic);
}
