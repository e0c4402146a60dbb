import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import worker from '../../src/index';
import { NewKeyAnswer } from '../../src/schemas/control';
import {
	type Answer,
	ask,
	good,
	newKey,
	newQueue,
	type Options,
	problemIn,
	publish,
	ROOT_KEY,
	read,
	receiveOne,
	requestOf,
} from './client';

interface Roots {
	readonly SLUICE_ROOT_KEY?: string | undefined;
	readonly SLUICE_ROOT_KEY_PREVIOUS?: string;
}

/** A request to the same Worker with other secrets. */
async function askWith(roots: Roots, method: string, path: string, options?: Options): Promise<Answer> {
	const secrets = { CATALOG: env.CATALOG, PARTITION: env.PARTITION, TOPIC: env.TOPIC, ...roots };
	return read(await worker.fetch(requestOf(method, path, options), secrets, createExecutionContext()));
}

describe('without a root key', () => {
	it.each([undefined, '', 'too-short'])(
		'(%j) everything is refused, and the answer says how to set it',
		async (key) => {
			for (const [method, path] of [
				['GET', '/healthz'],
				['GET', '/metrics'],
				['PUT', '/v1/queues/a'],
				['GET', '/nothing'],
			] as const) {
				const problem = problemIn(await askWith({ SLUICE_ROOT_KEY: key }, method, path, { key: key ?? null }));
				expect(problem).toMatchObject({ status: 503, code: 'not_configured' });
				expect(problem.detail).toContain('wrangler secret put SLUICE_ROOT_KEY');
			}
		},
	);
});

describe('rotation of the root key', () => {
	const rotated = { SLUICE_ROOT_KEY: 'the-next-root-key-0123456789', SLUICE_ROOT_KEY_PREVIOUS: ROOT_KEY };
	const over = { SLUICE_ROOT_KEY: rotated.SLUICE_ROOT_KEY };

	it('honours the predecessor, its access keys and its receipts while it is set', async () => {
		const queue = await newQueue();
		const { key } = await newKey(['manage'], ['*']);
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		for (const good of [ROOT_KEY, rotated.SLUICE_ROOT_KEY, key]) {
			expect((await askWith(rotated, 'GET', '/v1/queues', { key: good })).status).toBe(200);
		}
		const acked = await askWith(rotated, 'POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt] } });
		expect(acked.body).toEqual({ results: [{ receipt, outcome: 'acked' }] });
	});

	it('refuses all of them when it is gone', async () => {
		const queue = await newQueue();
		const { key } = await newKey(['manage'], ['*']);
		await publish(queue, 'a');
		const { receipt } = await receiveOne(queue);
		for (const old of [ROOT_KEY, key]) {
			expect((await askWith(over, 'GET', '/v1/queues', { key: old })).status).toBe(401);
		}
		const json = { receipts: [receipt] };
		const problem = problemIn(
			await askWith(over, 'POST', `/v1/queues/${queue}/ack`, { key: over.SLUICE_ROOT_KEY, json }),
		);
		expect(problem.code).toBe('invalid_receipt');
	});

	it('makes new access keys from the new one', async () => {
		const json = { name: 'next', actions: ['manage'], patterns: ['*'] };
		const made = good(NewKeyAnswer, await askWith(rotated, 'POST', '/v1/keys', { json }));
		expect((await askWith(over, 'GET', '/v1/queues', { key: made.key })).status).toBe(200);
		expect((await ask('GET', '/v1/queues', { key: made.key })).status).toBe(401);
	});
});
