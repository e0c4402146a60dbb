import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { Exposition } from '../../src/prometheus';
import {
	ask,
	caughtUp,
	getSubscription,
	newQueue,
	newTopic,
	publish,
	publishBatch,
	publishTo,
	receive,
	receiveOne,
	settled,
	subscribe,
	until,
} from './client';

describe('/metrics', () => {
	/** Samples whose first label is this, by name and further labels. */
	async function scrape(name: string, label = 'queue'): Promise<Map<string, number>> {
		const { headers, body } = await ask('GET', '/metrics');
		expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
		const samples = new Map<string, number>();
		for (const line of String(body).split('\n')) {
			const [, metric = '', labels = '', value = ''] = /^(\w+)\{([^}]*)\} (\S+)$/.exec(line) ?? [];
			const first = `${label}="${name}"`;
			if (labels.startsWith(first)) samples.set(`${metric}${labels.slice(first.length)}`, Number(value));
		}
		return samples;
	}

	it('counts what happened to the messages of a queue, over its partitions', async () => {
		const queue = await newQueue({ partitions: 2, maxBacklog: 6 });
		for (let index = 0; index < 5; index++) await publish(queue, 'abc', `?key=k${index}&dedupId=${index}`);
		await publish(queue, 'abc', '?key=k0&dedupId=0');
		const [first, second] = await receive(queue, { max: 3 });
		await settled(queue, 'ack', [first?.receipt]);
		await settled(queue, 'retry', [{ receipt: second?.receipt, delaySeconds: 60 }]);
		const samples = await scrape(queue);
		const wanted = {
			'sluice_queue_messages,state="visible"': 2,
			'sluice_queue_messages,state="leased"': 1,
			'sluice_queue_messages,state="delayed"': 1,
			sluice_queue_bytes: 12,
			sluice_queue_owed_messages: 0,
			sluice_published_total: 5,
			sluice_duplicates_total: 1,
			sluice_delivered_total: 3,
			sluice_acknowledged_total: 1,
			sluice_retried_total: 1,
			sluice_dead_lettered_total: 0,
			sluice_expired_total: 0,
			sluice_removed_total: 0,
			'sluice_publish_to_delivery_seconds_bucket,le="+Inf"': 3,
			sluice_publish_to_delivery_seconds_count: 3,
			'sluice_delivery_to_ack_seconds_bucket,le="+Inf"': 1,
			sluice_delivery_to_ack_seconds_count: 1,
		};
		expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, samples.get(name)]))).toEqual(wanted);
		expect(samples.get('sluice_queue_oldest_age_seconds')).toBeGreaterThanOrEqual(0);
	});

	it('counts refusals by reason', async () => {
		const queue = await newQueue({ maxBacklog: 1 });
		await publish(queue, 'a');
		await ask('POST', `/v1/queues/${queue}/messages`, { body: 'b' });
		expect((await scrape(queue)).get('sluice_refused_total,reason="backlog_full"')).toBe(1);
	});

	it('counts what happened to the messages of a topic, over its partitions, and of its subscriptions', async () => {
		const topic = await newTopic({ partitions: 2 });
		const some = await subscribe(topic, { filter: { kind: ['a'] } });
		const stuck = await subscribe(topic, { queue: await newQueue({ maxBacklog: 1 }) });
		const messages = ['a', 'a', 'b'].map((kind, index) => ({ body: 'xyz', key: `k${index}`, attributes: { kind } }));
		await publishBatch(`/v1/topics/${topic}`, messages);
		for (let again = 0; again < 2; again++) await publishTo(topic, 'xyz', '?dedupId=1');
		await caughtUp(topic, some);
		await until(async () => {
			const { courier, delivered } = (await getSubscription(topic, stuck)).figures;
			return courier !== null && delivered === 1;
		});
		const samples = await scrape(topic, 'topic');
		const of = (name: string) => `,subscription="${name}",queue="${name}"`;
		const wanted = {
			sluice_topic_messages: 4,
			sluice_topic_bytes: 27,
			sluice_topic_published_total: 4,
			sluice_topic_duplicates_total: 1,
			[`sluice_subscription_lag_messages${of(some)}`]: 0,
			[`sluice_subscription_lag_seconds${of(some)}`]: 0,
			[`sluice_subscription_delivered_total${of(some)}`]: 2,
			[`sluice_subscription_filtered_total${of(some)}`]: 2,
			[`sluice_subscription_missed_total${of(some)}`]: 0,
			[`sluice_subscription_courier_late${of(some)}`]: 0,
			[`sluice_subscription_lag_messages${of(stuck)}`]: 3,
			[`sluice_subscription_delivered_total${of(stuck)}`]: 1,
			[`sluice_subscription_courier_late${of(stuck)}`]: 1,
		};
		expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, samples.get(name)]))).toEqual(wanted);
		expect(samples.get('sluice_topic_oldest_age_seconds')).toBeGreaterThanOrEqual(0);
		expect(samples.get('sluice_topic_database_bytes')).toBeGreaterThan(0);
		expect(samples.get(`sluice_subscription_lag_seconds${of(stuck)}`)).toBeGreaterThanOrEqual(0);
	});

	it('is well-formed: each metric once, HELP and TYPE before its samples', async () => {
		for (let made = 0; made < 2; made++) await subscribe(await newTopic());
		const lines = String((await ask('GET', '/metrics')).body)
			.trimEnd()
			.split('\n');
		let current = '';
		const seen = new Set<string>();
		for (const line of lines) {
			const type = /^# TYPE (\w+) (gauge|counter|histogram)$/.exec(line);
			if (type !== null) {
				current = type[1] ?? '';
				expect(seen.has(current)).toBe(false);
				seen.add(current);
			} else if (!line.startsWith('# HELP ')) {
				expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?\d+(\.\d+)?(e[+-]\d+)?$/);
				expect(line.startsWith(current)).toBe(true);
			}
		}
	});

	it('writes cumulative buckets and escapes labels', () => {
		const exposition = new Exposition();
		exposition.histogram('h', 'Help', { a: 'x"\\\n' }, [0.5, 1], [2, 0, 3], 4.5);
		const label = 'a="x\\"\\\\\\n"';
		expect(exposition.text().split('\n')).toEqual([
			'# HELP h Help',
			'# TYPE h histogram',
			`h_bucket{${label},le="0.5"} 2`,
			`h_bucket{${label},le="1"} 2`,
			`h_bucket{${label},le="+Inf"} 5`,
			`h_sum{${label}} 4.5`,
			`h_count{${label}} 5`,
			'',
		]);
	});
});

it('what is deleted between listing and asking does not spoil a scrape', async () => {
	const queue = await newQueue();
	const topic = await newTopic();
	await publishTo(topic, 'a');
	await receiveOne(queue).catch(() => undefined);
	await env.CATALOG.getByName('catalog').deleteQueue(queue, false);
	await env.CATALOG.getByName('catalog').deleteTopic(topic, false);
	expect(await ask('GET', '/metrics')).toMatchObject({
		status: 200,
		body: expect.stringContaining('sluice_scrape_failures 0'),
	});
});
