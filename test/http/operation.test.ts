import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../durable-objects/limits';
import { createApp } from '../../src/app';
import { Exposition } from '../../src/prometheus';
import { ask, newQueue, publish, receive, receiveOne, settled } from './client';

describe('/metrics', () => {
	/** Samples of the queue by name and further labels. */
	async function scrape(queue: string): Promise<Map<string, number>> {
		const { headers, body } = await ask('GET', '/metrics');
		expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
		const samples = new Map<string, number>();
		for (const line of String(body).split('\n')) {
			const [, name = '', labels = '', value = ''] = /^(\w+)\{queue="([^}]*)\} (\S+)$/.exec(line) ?? [];
			if (labels.startsWith(`${queue}"`)) samples.set(`${name}${labels.slice(queue.length + 1)}`, Number(value));
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

	it('is well-formed: each metric once, HELP and TYPE before its samples', async () => {
		await newQueue();
		await newQueue();
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

describe('/openapi.json', () => {
	interface Schema {
		readonly properties: Record<string, Record<string, unknown>>;
		readonly additionalProperties?: boolean;
	}
	interface Document {
		readonly openapi: string;
		readonly paths: Record<string, Record<string, { summary?: string; responses: object; security: object[] }>>;
		readonly components: { schemas: Record<string, Schema> };
	}

	async function document(): Promise<Document> {
		return (await ask('GET', '/openapi.json')).body as Document;
	}

	it('is 3.1 and has every route that is served, and no other', async () => {
		const { openapi, paths } = await document();
		expect(openapi).toBe('3.1.0');
		const documented = Object.entries(paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
		);
		const served = createApp().routes.map(({ method, path }) => `${method} ${path}`);
		expect(documented.sort()).toEqual(served.sort());
	});

	it('describes each route, its answers and its problems', async () => {
		for (const methods of Object.values((await document()).paths)) {
			for (const { summary, responses } of Object.values(methods)) {
				expect(summary).toBeTruthy();
				expect(Object.keys(responses).length).toBeGreaterThan(1);
				expect(responses).toHaveProperty('default');
			}
		}
	});

	it('has each setting with its default and bounds', async () => {
		const { QueueSettings: settings } = (await document()).components.schemas;
		expect(settings?.additionalProperties).toBe(false);
		expect(settings?.properties).toMatchObject({
			partitions: { default: 1, minimum: 1, maximum: LIMITS.partitions },
			visibilityTimeoutSeconds: { default: 30, maximum: 43_200 },
			retentionSeconds: { default: 345_600, minimum: 60, maximum: 31_536_000 },
			delaySeconds: { default: 0, minimum: 0, maximum: 31_536_000 },
			maxReceives: { default: 5, minimum: 1, maximum: LIMITS.maxReceives },
			deadLetter: { description: expect.stringContaining('-dlq') },
			onPoison: { default: 'dead-letter', enum: ['dead-letter', 'block'] },
			delivery: { default: 'at-least-once', enum: ['at-least-once', 'at-most-once'] },
			dedupWindowSeconds: { default: 300, minimum: 0, maximum: 2_592_000 },
			backoff: { default: { initialSeconds: 1, factor: 2, maxSeconds: 300, jitter: 0.2 } },
			maxBacklog: { default: null, minimum: 1 },
			maxBacklogBytes: { default: null, minimum: 1 },
			location: { default: null },
		});
	});
});

it('a queue that is deleted between listing and asking does not spoil a scrape', async () => {
	const queue = await newQueue();
	await receiveOne(queue).catch(() => undefined);
	await env.CATALOG.getByName('catalog').deleteQueue(queue, false);
	expect(await ask('GET', '/metrics')).toMatchObject({
		status: 200,
		body: expect.stringContaining('sluice_scrape_failures 0'),
	});
});
