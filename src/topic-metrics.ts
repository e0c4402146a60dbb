import type { Subscription, SubscriptionFigures, TopicFigures } from '../durable-objects/protocol';
import { ageSeconds } from './figures';
import type { Exposition } from './prometheus';

/** Counter, figure of a subscription, and what it counts. */
const COUNTERS = [
	['sluice_subscription_delivered_total', 'delivered', 'Messages brought to the queue, replays included'],
	['sluice_subscription_filtered_total', 'filtered', 'Messages that the filter did not let pass'],
	['sluice_subscription_missed_total', 'missed', 'Messages that retention dropped before they could be looked at'],
] as const satisfies readonly (readonly [string, keyof SubscriptionFigures, string])[];

export function writeTopic(exposition: Exposition, name: string, figures: TopicFigures, now: number): void {
	const topic = { topic: name };
	exposition.gauge('sluice_topic_messages', 'Messages in the log, delivered or not', topic, figures.messages);
	exposition.gauge('sluice_topic_bytes', 'Bytes of the messages in the log', topic, figures.bytes);
	exposition.gauge(
		'sluice_topic_oldest_age_seconds',
		'Age of the oldest message in the log',
		topic,
		ageSeconds(figures.oldestPublishedAt, now) ?? 0,
	);
	exposition.gauge('sluice_topic_database_bytes', 'Size of the databases', topic, figures.databaseBytes);
	exposition.counter('sluice_topic_published_total', 'Messages accepted', topic, figures.published);
	exposition.counter(
		'sluice_topic_duplicates_total',
		'Publishes answered as a duplicate of an earlier one',
		topic,
		figures.duplicates,
	);
}

export function writeSubscription(
	exposition: Exposition,
	topic: string,
	{ name, queue }: Subscription,
	figures: SubscriptionFigures,
	now: number,
): void {
	const labels = { topic, subscription: name, queue };
	exposition.gauge('sluice_subscription_lag_messages', 'Messages still to be looked at', labels, figures.lag);
	exposition.gauge(
		'sluice_subscription_lag_seconds',
		'Age of the oldest message still to be looked at',
		labels,
		ageSeconds(figures.oldestPublishedAt, now) ?? 0,
	);
	exposition.gauge(
		'sluice_subscription_courier_late',
		'1 while the last delivery has failed and is to be tried again',
		labels,
		figures.courierError === null ? 0 : 1,
	);
	for (const [counter, field, help] of COUNTERS) exposition.counter(counter, help, labels, figures[field]);
}
