import type { Database } from '../database';
import type { Annotations, Topic, TopicSettings } from '../protocol';
import { annotationsOf, annotationsText } from './annotations';

interface TopicRow {
	readonly name: string;
	readonly generation: number;
	readonly version: number;
	readonly created_at: number;
	readonly updated_at: number;
	readonly settings: string;
	readonly annotations: string | null;
}

/** What a put gives a topic. */
export type TopicContent = Pick<Topic, 'settings' | 'annotations'>;

function toTopic(row: TopicRow): Topic {
	return {
		isTopic: true,
		name: row.name,
		generation: row.generation,
		version: row.version,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		settings: JSON.parse(row.settings) as TopicSettings,
		...annotationsOf(row.annotations),
	};
}

/** The same settings are the same text: known fields only, in one order. */
function settingsText(settings: TopicSettings): string {
	const { partitions, retentionMs, dedupWindowMs, location } = settings;
	const ordered: TopicSettings = { partitions, retentionMs, dedupWindowMs, location };
	return JSON.stringify(ordered);
}

export function sameTopicSettings(one: TopicSettings, other: TopicSettings): boolean {
	return settingsText(one) === settingsText(other);
}

export function findTopic(database: Database, name: string): Topic | undefined {
	const row = database.first<TopicRow>('SELECT * FROM topic WHERE name = ?', name);
	return row && toTopic(row);
}

export function topicsAfter(database: Database, after: string, limit: number): Topic[] {
	const query = 'SELECT * FROM topic WHERE name > ? ORDER BY name LIMIT ?';
	return database.all<TopicRow>(query, after, limit).map(toTopic);
}

export function countTopics(database: Database): number {
	return database.first<{ count: number }>('SELECT count(*) AS count FROM topic')?.count ?? 0;
}

/** Its partitions need not be told: the topic travels with every publish, and nobody reads it yet. */
export function insertTopic(
	database: Database,
	name: string,
	{ settings, annotations: given }: TopicContent,
	now: number,
): Topic {
	const query = 'SELECT generation FROM retired_topic WHERE name = ?';
	const retired = database.first<{ generation: number }>(query, name);
	const generation = (retired?.generation ?? 0) + 1;
	const annotations = annotationsText(given);
	database.run(
		`INSERT INTO topic (name, generation, version, heard, created_at, updated_at, settings, annotations)
		VALUES (?, ?, 1, 1, ?, ?, ?, ?)`,
		name,
		generation,
		now,
		now,
		settingsText(settings),
		annotations,
	);
	const topic: Topic = { isTopic: true, name, generation, version: 1, createdAt: now, updatedAt: now, settings };
	return { ...topic, ...annotationsOf(annotations) };
}

/** Writes a change of a topic as its next version, which it answers. */
export function reviseTopic(database: Database, topic: Topic): Topic {
	return updateTopic(database, { ...topic, version: topic.version + 1 });
}

/** Writes a change that no partition is told: its version is that of what they are to hear, and stays. */
export function annotateTopic(database: Database, topic: Topic, annotations: Annotations, now: number): Topic {
	return updateTopic(database, { ...topic, annotations, updatedAt: now });
}

function updateTopic(database: Database, { annotations: given, ...topic }: Topic): Topic {
	const annotations = annotationsText(given);
	database.run(
		'UPDATE topic SET version = ?, updated_at = ?, settings = ?, annotations = ? WHERE name = ?',
		topic.version,
		topic.updatedAt,
		settingsText(topic.settings),
		annotations,
		topic.name,
	);
	return { ...topic, ...annotationsOf(annotations) };
}

/** The newest version that all partitions of the topic have been told. */
export function heardVersion(database: Database, topic: Topic): number {
	return database.first<{ heard: number }>('SELECT heard FROM topic WHERE name = ?', topic.name)?.heard ?? 0;
}

export function noteHeard(database: Database, topic: Topic): void {
	database.run('UPDATE topic SET heard = ? WHERE name = ?', topic.version, topic.name);
}

export function retireTopic(database: Database, topic: Topic): void {
	database.run('DELETE FROM topic WHERE name = ?', topic.name);
	database.run(
		`INSERT INTO retired_topic (name, generation) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET generation = excluded.generation`,
		topic.name,
		topic.generation,
	);
}
