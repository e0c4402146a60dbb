import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHarness } from 'wrangler';
import { root } from '../../scripts/bundle.ts';
import { type Figures, rootKey, Served } from './served.ts';

const consumer = join(root, 'examples/consumer/wrangler.toml');

const none: Figures = { visible: 0, leased: 0, delayed: 0 };

describe('the consumer over HTTPS', () => {
	let sluice: Served;
	beforeAll(async () => {
		sluice = await Served.start();
	});
	afterAll(() => sluice.stop());

	async function consume(queue: string, vars: Record<string, string> = {}): Promise<void> {
		const worker = {
			configPath: consumer,
			vars: { SLUICE_URL: sluice.url, QUEUE: queue, WAIT_SECONDS: '0.5', ...vars },
			secrets: { SLUICE_KEY: rootKey },
		};
		const harness = createTestHarness({ workers: [worker] });
		try {
			await harness.listen();
			const { outcome } = await harness.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() });
			expect(outcome).toBe('ok');
		} finally {
			await harness.close();
		}
	}

	test('works until its queue is empty, and what fails always is a dead letter with its reasons', async () => {
		await sluice.call('PUT', 'queues/orders', { maxReceives: 2, backoff: { initialSeconds: 0.05, factor: 1 } });
		const good = Array.from({ length: 25 }, () => ({ body: '{}' }));
		const bad = { body: JSON.stringify({ fail: 'no such customer' }) };
		await sluice.call('POST', 'queues/orders/messages/batch', { messages: [...good, bad] });

		await consume('orders');

		expect(await sluice.figures('orders')).toEqual(none);
		const messages = await sluice.messages('orders-dlq');
		expect(messages).toHaveLength(1);
		expect(messages[0]?.body).toBe(bad.body);
		expect(JSON.stringify(messages[0]?.deadLetter)).toContain('no such customer');
	});

	test('work that takes longer than the visibility timeout is done once', async () => {
		await sluice.call('PUT', 'queues/slow', { maxReceives: 1 });
		await sluice.call('POST', 'queues/slow/messages/batch', {
			messages: [{ body: JSON.stringify({ seconds: 2.5 }) }, { body: '{}' }],
		});

		await consume('slow', { VISIBILITY_SECONDS: '1' });

		expect(await sluice.figures('slow')).toEqual(none);
		expect(await sluice.figures('slow-dlq')).toEqual(none);
	});
});

test('the consumer over a service binding', async () => {
	const harness = createTestHarness({
		workers: [
			{ configPath: join(root, 'wrangler.toml'), secrets: { SLUICE_ROOT_KEY: rootKey } },
			{
				config: {
					name: 'sluice-consumer',
					main: join(root, 'examples/consumer/index.ts'),
					compatibility_date: '2026-10-23',
					services: [{ binding: 'SLUICE', service: 'sluice' }],
					vars: { SLUICE_URL: 'https://sluice', QUEUE: 'bound', WAIT_SECONDS: '0.5', SLUICE_KEY: rootKey },
				},
			},
		],
	});
	const headers = { authorization: `Bearer ${rootKey}` };
	try {
		await harness.listen();
		await harness.fetch('/v1/queues/bound', { method: 'PUT', headers });
		await harness.fetch('/v1/queues/bound/messages', { method: 'POST', headers, body: '{}' });
		const worker = harness.getWorker('sluice-consumer');
		const { outcome } = await worker.scheduled({ cron: '* * * * *', scheduledTime: new Date() });
		expect(outcome).toBe('ok');
		const queue = (await (await harness.fetch('/v1/queues/bound', { headers })).json()) as { figures: Figures };
		expect(queue.figures).toMatchObject({ visible: 0, leased: 0, delayed: 0 });
		const metrics = await (await harness.fetch('/metrics', { headers })).text();
		expect(metrics).toMatch(/acknowledged[a-z_]*\{queue="bound"\} 1\b/);
	} finally {
		await harness.close();
	}
});
