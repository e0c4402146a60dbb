import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	type Refusal,
	type SubscriptionFigures,
	type Topic,
	type TopicFigures,
	told,
} from '../durable-objects/protocol';
import { ageSeconds, least, sum } from './figures';
import { reach } from './objects';
import { everyPartition, topicPartitionAt } from './partitioner';

/** Figures of a whole topic: its partitions' added up, with those of one subscription, or of all (null). */
export async function topicFiguresOf(
	env: Env,
	topic: Topic,
	subscription: string | null,
): Promise<Refusal | TopicFigures> {
	const parts = await everyPartition(topic, (index) =>
		reach('repeatable', () => topicPartitionAt(env, topic, index).figures(told(topic), subscription)),
	);
	const refusal = parts.find(isRefusal);
	return refusal ?? addTopicFigures(parts as TopicFigures[]);
}

function addTopicFigures(parts: readonly TopicFigures[]): TopicFigures {
	const subscriptions = new Map<string, SubscriptionFigures[]>();
	for (const figures of parts.flatMap((part) => part.subscriptions)) {
		const others = subscriptions.get(figures.name);
		if (others === undefined) subscriptions.set(figures.name, [figures]);
		else others.push(figures);
	}
	return {
		messages: sum(parts, (part) => part.messages),
		bytes: sum(parts, (part) => part.bytes),
		oldestPublishedAt: least(parts.map((part) => part.oldestPublishedAt)),
		published: sum(parts, (part) => part.published),
		duplicates: sum(parts, (part) => part.duplicates),
		databaseBytes: sum(parts, (part) => part.databaseBytes),
		subscriptions: [...subscriptions].map(([name, of]) => addSubscriptionFigures(name, of)),
	};
}

/** Of one subscription in several partitions; in none, all figures are zero. */
export function addSubscriptionFigures(name: string, parts: readonly SubscriptionFigures[]): SubscriptionFigures {
	const late = parts.find((part) => part.courierError !== null);
	return {
		name,
		lag: sum(parts, (part) => part.lag),
		oldestPublishedAt: least(parts.map((part) => part.oldestPublishedAt)),
		delivered: sum(parts, (part) => part.delivered),
		filtered: sum(parts, (part) => part.filtered),
		missed: sum(parts, (part) => part.missed),
		courierError: late?.courierError ?? null,
		courierNextAttemptAt: late?.courierNextAttemptAt ?? null,
	};
}

/** As `GET /v1/topics/{topic}` shows them. */
export function topicFiguresAnswer(figures: TopicFigures, now: number) {
	return {
		messages: figures.messages,
		bytes: figures.bytes,
		oldestAgeSeconds: ageSeconds(figures.oldestPublishedAt, now),
		published: figures.published,
		duplicates: figures.duplicates,
		subscriptions: figures.subscriptions.length,
		lag: figures.subscriptions.reduce((most, { lag }) => Math.max(most, lag), 0),
		databaseBytes: figures.databaseBytes,
	};
}
