import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../durable-objects/limits';
import { createApp } from '../../src/app';
import { ask } from './client';

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

	it('has the settings of a topic with their defaults and bounds', async () => {
		const { TopicSettings: settings } = (await document()).components.schemas;
		expect(settings?.additionalProperties).toBe(false);
		expect(settings?.properties).toMatchObject({
			partitions: { default: 1, minimum: 1, maximum: LIMITS.partitions },
			retentionSeconds: { default: 86_400, minimum: 60, maximum: 31_536_000 },
			dedupWindowSeconds: { default: 300, minimum: 0, maximum: 2_592_000 },
			location: { default: null },
		});
	});

	it('describes where a subscription begins and what its filter is', async () => {
		const { NewSubscription: wanted } = (await document()).components.schemas;
		expect(wanted?.properties).toMatchObject({
			filter: { type: ['object', 'null'], description: expect.stringContaining('SNS') },
			scope: { default: 'attributes', enum: ['attributes', 'body'] },
			from: { default: 'now', anyOf: { length: 3 } },
		});
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
