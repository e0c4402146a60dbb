import { type Figures, LATENCY_BUCKETS_SECONDS, type Queue, type Totals } from '../durable-objects/protocol';
import { ageSeconds } from './figures';
import type { Exposition } from './prometheus';

/** Counter, field of the totals, and what it counts. */
const COUNTERS: readonly (readonly [
	string,
	Exclude<keyof Totals, 'refused' | 'publishToDelivery' | 'deliveryToAck'>,
	string,
])[] = [
	['sluice_published_total', 'published', 'Messages accepted'],
	['sluice_duplicates_total', 'duplicates', 'Publishes answered as a duplicate of an earlier one'],
	['sluice_delivered_total', 'delivered', 'Messages handed out, each time counted'],
	['sluice_acknowledged_total', 'acknowledged', 'Messages acknowledged'],
	['sluice_retried_total', 'retried', 'Messages given back to be tried again'],
	['sluice_leases_expired_total', 'leasesExpired', 'Messages whose receiver let the visibility timeout pass'],
	['sluice_dead_lettered_total', 'deadLettered', 'Messages buried in the dead-letter queue'],
	['sluice_expired_total', 'expired', 'Messages dropped by retention or their own time to live'],
	['sluice_removed_total', 'removed', 'Messages removed by hand or by a purge'],
	['sluice_redriven_total', 'redriven', 'Messages moved on by a redrive'],
];

export function writeQueue(exposition: Exposition, { name, paused }: Queue, figures: Figures, now: number): void {
	const queue = { queue: name };
	for (const state of ['visible', 'leased', 'delayed'] as const) {
		exposition.gauge('sluice_queue_messages', 'Unfinished messages by state', { ...queue, state }, figures[state]);
	}
	const age = ageSeconds(figures.oldestPublishedAt, now) ?? 0;
	exposition.gauge(
		'sluice_queue_oldest_age_seconds',
		'Age of the oldest unfinished message, poison included',
		queue,
		age,
	);
	exposition.gauge('sluice_queue_bytes', 'Bytes of the unfinished messages', queue, figures.bytes);
	exposition.gauge('sluice_queue_owed_messages', 'Messages on their way to other queues', queue, figures.owed);
	exposition.gauge(
		'sluice_queue_redriving_messages',
		'Messages that a redrive has still to move',
		queue,
		figures.redriving,
	);
	exposition.gauge('sluice_queue_waiters', 'Long polls that wait now', queue, figures.waiters);
	exposition.gauge('sluice_queue_database_bytes', 'Size of the databases', queue, figures.databaseBytes);
	exposition.gauge('sluice_queue_paused', '1 while the queue is paused', queue, paused ? 1 : 0);
	const { totals } = figures;
	for (const [counter, field, help] of COUNTERS) exposition.counter(counter, help, queue, totals[field]);
	for (const [reason, count] of Object.entries(totals.refused)) {
		exposition.counter('sluice_refused_total', 'Refusals by reason', { ...queue, reason }, count);
	}
	exposition.histogram(
		'sluice_publish_to_delivery_seconds',
		'From publish to the first delivery',
		queue,
		LATENCY_BUCKETS_SECONDS,
		totals.publishToDelivery,
		totals.publishToDeliverySumMs / 1_000,
	);
	exposition.histogram(
		'sluice_delivery_to_ack_seconds',
		'From delivery to the acknowledgement',
		queue,
		LATENCY_BUCKETS_SECONDS,
		totals.deliveryToAck,
		totals.deliveryToAckSumMs / 1_000,
	);
}
