import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import type { Env } from '../../durable-objects/env';
import { packReceived, type Queue } from '../../durable-objects/protocol';
import type { Wait } from '../../durable-objects/waiters';
import { Cache } from '../../src/cache';
import { receive } from '../../src/receiving';
import { newQueue } from './client';

const jumpMs = 3_600_000;

afterEach(() => {
	vi.useRealTimers();
});

it.each([1, 2])('a long poll on %i partitions lasts no longer than it was asked for', async (partitions) => {
	vi.useFakeTimers({ toFake: ['Date'] });
	const name = await newQueue({ partitions });
	const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
	const waits: number[] = [];
	const nothing = packReceived('tag', []);
	// Nothing ever comes. The clock jumps while the first one waits, and its object is lost.
	const poll = async (_: string, { body }: RequestInit) => {
		const { waitMs } = JSON.parse(String(body)) as Wait;
		const isFirst = waits.length < partitions;
		waits.push(waitMs);
		if (!isFirst) vi.setSystemTime(Date.now() + waitMs);
		else if (waits.length === partitions) vi.setSystemTime(Date.now() - jumpMs);
		if (isFirst) throw Object.assign(new Error('Network connection lost.'), { retryable: true });
		return Response.json(partitions === 1 ? nothing : { available: false });
	};
	const PARTITION = { getByName: () => ({ fetch: poll, receive: async () => nothing }) };
	const reception = {
		env: { ...env, PARTITION } as unknown as Env,
		queue,
		command: { max: 1, consumer: 'test' },
		deadline: Date.now() + 20_000,
		signal: new AbortController().signal,
	};
	expect(await receive(reception)).toMatchObject(partitions === 1 ? [{ parts: [] }] : []);
	expect(Math.max(...waits)).toBeLessThanOrEqual(20_000);
});

it('what is cached is trusted no longer than its lifetime, also where the clock jumps back', () => {
	const cache = new Cache<string>(5_000, 10);
	cache.set('key', 'not revoked yet', jumpMs);
	expect(cache.get('key', jumpMs + 4_999)).toBe('not revoked yet');
	expect(cache.get('key', 0)).toBeUndefined();
});
