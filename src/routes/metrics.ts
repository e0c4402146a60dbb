import { z } from '@hono/zod-openapi';
import type { Env } from '../../durable-objects/env';
import {
	isRefusal,
	LIMITS,
	type Refusal,
	type Subscription,
	type Topic,
	type TopicFigures,
} from '../../durable-objects/protocol';
import { type Caller, covers } from '../auth';
import { catalogOf } from '../catalog';
import { type App, endpoint } from '../endpoint';
import { figuresOf } from '../figures';
import { Exposition } from '../prometheus';
import { writeQueue } from '../queue-metrics';
import { addSubscriptionFigures, topicFiguresOf } from '../topic-figures';
import { writeSubscription, writeTopic } from '../topic-metrics';

/** Queues or topics whose partitions are asked at once: a scrape must not crowd out the traffic that it measures. */
const AT_ONCE = 16;
const PAGE = 1_000;

export function metricsRoutes(app: App): void {
	endpoint(
		app,
		{
			method: 'get',
			path: '/metrics',
			tag: 'Operation',
			summary: 'Metrics of every queue, topic and subscription, for Prometheus',
			description:
				'A scrape asks every partition, which is a billed request each. A scoped key sees its own queues and topics.',
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
	const catalog = catalogOf(env);
	const queuesFailed = await scrapeEach(
		caller,
		(after) => catalog.listQueues(after, PAGE).then(({ queues, next }) => ({ found: queues, next })),
		(queue) => figuresOf(env, queue),
		(queue, figures) => writeQueue(exposition, queue, figures, Date.now()),
	);
	const topicsFailed = await scrapeEach(
		caller,
		(after) => catalog.listTopics(after, PAGE).then(({ topics, next }) => ({ found: topics, next })),
		(topic) => readTopic(env, topic),
		(topic, read) => writeTopicWithSubscriptions(exposition, topic.name, read, Date.now()),
	);
	exposition.gauge(
		'sluice_scrape_failures',
		'Queues and topics whose figures could not be read in this scrape',
		{},
		queuesFailed + topicsFailed,
	);
	return exposition.text();
}

/** Writes what the caller may see, some at once; answers how many could not be read. */
async function scrapeEach<T extends { readonly name: string }, F extends object>(
	caller: Caller,
	list: (after: string | null) => Promise<{ readonly found: readonly T[]; readonly next: string | null }>,
	read: (one: T) => Promise<Refusal | F>,
	write: (one: T, figures: F) => void,
): Promise<number> {
	let failed = 0;
	let after: string | null = null;
	do {
		const page: { readonly found: readonly T[]; readonly next: string | null } = await list(after);
		const visible = page.found.filter(({ name }) => covers(caller, name));
		for (let first = 0; first < visible.length; first += AT_ONCE) {
			const some = visible.slice(first, first + AT_ONCE);
			const figures = await Promise.all(some.map((one) => read(one).catch(() => null)));
			some.forEach((one, index) => {
				const of = figures[index];
				// One that is deleted meanwhile has no figures; one that fails must not hide the others.
				if (of === null || of === undefined) failed++;
				else if (!isRefusal(of)) write(one, of);
			});
		}
		after = page.next;
	} while (after !== null);
	return failed;
}

interface TopicRead {
	readonly figures: TopicFigures;
	readonly subscriptions: readonly Subscription[];
}

/** The objects know how far subscriptions are; the catalog knows which there are, and their queues. */
async function readTopic(env: Env, topic: Topic): Promise<Refusal | TopicRead> {
	const [figures, page] = await Promise.all([
		topicFiguresOf(env, topic, null),
		catalogOf(env).listSubscriptions(topic.name, null, LIMITS.subscriptions),
	]);
	if (isRefusal(figures)) return figures;
	return isRefusal(page) ? page : { figures, subscriptions: page.subscriptions };
}

function writeTopicWithSubscriptions(
	exposition: Exposition,
	topic: string,
	{ figures, subscriptions }: TopicRead,
	now: number,
): void {
	writeTopic(exposition, topic, figures, now);
	const known = new Map(figures.subscriptions.map((subscription) => [subscription.name, subscription]));
	for (const subscription of subscriptions) {
		const of = known.get(subscription.name) ?? addSubscriptionFigures(subscription.name, []);
		writeSubscription(exposition, topic, subscription, of, now);
	}
}
