import { z } from '@hono/zod-openapi';
import type { Env } from '../../durable-objects/env';
import {
	type Figures,
	isRefusal,
	LATENCY_BUCKETS_SECONDS,
	type Queue,
	type Totals,
} from '../../durable-objects/protocol';
import { type Caller, covers } from '../auth';
import { catalogOf } from '../catalog';
import { type App, endpoint } from '../endpoint';
import { ageSeconds, figuresOf } from '../figures';
import { Exposition } from '../prometheus';

/** Queues whose partitions are asked at once: a scrape must not crowd out the traffic that it measures. */
const QUEUES_AT_ONCE = 16;
const PAGE = 1_000;

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

export function metricsRoutes(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/metrics',
			tag: 'Operation',
			summary: 'Metrics of every queue, for Prometheus',
			description: 'A scrape asks every partition, which is a billed request each. A scoped key sees its own queues.',
			access: 'manage',
			answers: { 200: { description: 'Prometheus text.', schema: z.string(), contentType: 'text/plain' } },
		},
		async ({ env, caller }) => {
			const text = await scrape(env, caller);
			return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
		},
	);
}

async function scrape(env: Env, caller: Caller): Promise<string> {
	const exposition = new Exposition();
	let failed = 0;
	let next: string | null = null;
	do {
		const page: { queues: readonly Queue[]; next: string | null } = await catalogOf(env).listQueues(next, PAGE);
		const queues = page.queues.filter(({ name }) => covers(caller, name));
		for (let first = 0; first < queues.length; first += QUEUES_AT_ONCE) {
			const some = queues.slice(first, first + QUEUES_AT_ONCE);
			const figures = await Promise.all(some.map((queue) => figuresOf(env, queue).catch(() => null)));
			some.forEach((queue, index) => {
				const of = figures[index];
				// One that is deleted meanwhile has no figures; one that fails must not hide the others.
				if (of === null || of === undefined) failed++;
				else if (!isRefusal(of)) writeQueue(exposition, queue, of, Date.now());
			});
		}
		next = page.next;
	} while (next !== null);
	exposition.gauge('sluice_scrape_failures', 'Queues whose figures could not be read in this scrape', {}, failed);
	return exposition.text();
}

function writeQueue(exposition: Exposition, { name, paused }: Queue, figures: Figures, now: number): void {
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
