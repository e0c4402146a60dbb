import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../durable-objects/env';
import { isRefusal, partitionObjectName, type Queue, type Topic } from '../../durable-objects/protocol';
import { Cache } from '../../src/cache';
import { reach } from '../../src/objects';
import { matches } from '../../src/patterns';
import { problemOf } from '../../src/problems';
import { receive as receiveFrom } from '../../src/receiving';
import { ask, getQueue, getTopic, newQueue, newTopic, publish, publishTo, receive, refused, until } from './client';

const lost = Object.assign(new Error('Network connection lost.'), { retryable: true });
const reset = Object.assign(new Error('Durable Object reset because its code was updated.'), {
	durableObjectReset: true,
});
const overloaded = Object.assign(new Error('Durable Object is overloaded.'), { overloaded: true, retryable: true });
const bug = Object.assign(new Error('undefined is not a function'), { remote: true });

/** Fails with each of these in turn, then answers. */
function failing(...errors: Error[]) {
	return vi.fn(async () => {
		const error = errors.shift();
		if (error !== undefined) throw error;
		return 'answer';
	});
}

describe('an object that fails', () => {
	it.each([lost, reset])(
		'by a lost connection is asked again, once, where that changes nothing ($message)',
		async (error) => {
			await expect(reach('repeatable', failing(error))).resolves.toBe('answer');
			const twice = failing(error, error);
			await expect(reach('repeatable', twice)).rejects.toMatchObject({ code: 'unavailable' });
			expect(twice).toHaveBeenCalledTimes(2);
		},
	);

	it.each([lost, reset])(
		'in the middle of a publish: the outcome is unknown, a dedupId makes it safe',
		async (error) => {
			const call = failing(error);
			await expect(reach('once', call, 'Use a dedupId.')).rejects.toMatchObject({
				code: 'unavailable',
				detail: expect.stringMatching(/unknown.*dedupId/),
				extra: { retryAfterMs: expect.any(Number) },
			});
			expect(call).toHaveBeenCalledTimes(1);
		},
	);

	it('because it is overloaded is not asked again: 503 with Retry-After', async () => {
		const call = failing(overloaded);
		const problem = problemOf(await reach('repeatable', call).catch((error) => error));
		expect(problem.code).toBe('overloaded');
		expect(problem.response().headers.get('retry-after')).toBe('2');
		expect(call).toHaveBeenCalledTimes(1);
	});

	it('with a bug is a 500 that says nothing of the inside', async () => {
		const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
		const problem = problemOf(await reach('repeatable', failing(bug)).catch((error) => error));
		expect(problem.body()).toMatchObject({ status: 500, code: 'internal_error' });
		expect(problem.detail).not.toContain('function');
		expect(log).toHaveBeenCalledWith(bug);
		log.mockRestore();
	});
});

it('a long poll whose object is reset ends empty or with a message, never with an error', async () => {
	for (const partitions of [1, 2]) {
		const name = await newQueue({ partitions });
		const waiting = ask('POST', `/v1/queues/${name}/receive`, { json: { waitSeconds: 5 } });
		await until(async () => (await getQueue(name)).figures.waiters === partitions);
		const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
		const stub = env.PARTITION.getByName(partitionObjectName(queue, 0));
		await runInDurableObject(stub, (_, state) => state.abort('reset by the test')).catch(() => undefined);
		await publish(name, 'a', '?key=x');
		expect(await waiting).toMatchObject({ status: 200, body: { messages: [{ body: 'a' }] } });
	}
});

it('what other partitions have leased is answered where one is lost', async () => {
	const name = await newQueue({ partitions: 3 });
	const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
	for (let index = 0; index < 12; index++) await publish(name, 'a', `?key=k${index}`);
	const lostName = partitionObjectName(queue, 1);
	const PARTITION = {
		getByName: (object: string) => {
			if (object === lostName) return { receive: failing(lost, lost), fetch: failing(lost) };
			return env.PARTITION.getByName(object);
		},
	};
	const reception = {
		env: { ...env, PARTITION } as unknown as Env,
		queue,
		command: { max: 100, consumer: 'test' },
		deadline: Date.now() + 1_000,
		signal: new AbortController().signal,
	};
	const received = await receiveFrom(reception);
	if (isRefusal(received)) throw new Error(received.detail);
	expect(received.map(({ partition }) => partition).sort()).toEqual([0, 2]);
});

describe('settings that another isolate has changed', () => {
	it('another layout: the partition says so, the edge reads again, and the request succeeds', async () => {
		const name = await newQueue();
		await publish(name, 'a', '?key=k');
		await ask('POST', `/v1/queues/${name}/purge`);
		await env.CATALOG.getByName('catalog').patchQueue(name, { partitions: 2 });
		expect((await publish(name, 'b', '?key=k')).duplicate).toBe(false);
		expect(await receive(name)).toMatchObject([{ body: 'b' }]);
	});

	it('deleted: 404, not a ghost; made again: the new one', async () => {
		const name = await newQueue();
		await publish(name, 'a');
		const catalog = env.CATALOG.getByName('catalog');
		await catalog.deleteQueue(name, false);
		for (const path of ['messages', 'receive']) {
			expect(await refused('POST', `/v1/queues/${name}/${path}`)).toMatchObject({
				status: 404,
				code: 'queue_not_found',
			});
		}
		const other = await newQueue();
		await publish(other, 'a');
		const queue = (await catalog.getQueue(other)) as Queue;
		await catalog.deleteQueue(other, false);
		expect(isRefusal(await catalog.putQueue(other, queue.settings))).toBe(false);
		await publish(other, 'b');
		expect(await receive(other)).toMatchObject([{ body: 'b' }]);
	});

	it('a topic deleted: 404, not a ghost; made again: the new one', async () => {
		const catalog = env.CATALOG.getByName('catalog');
		const topic = await newTopic();
		await publishTo(topic, 'a');
		await catalog.deleteTopic(topic, false);
		const problem = await refused('POST', `/v1/topics/${topic}/messages`, { body: 'b' });
		expect(problem).toMatchObject({ status: 404, code: 'topic_not_found' });
		const other = await newTopic();
		await publishTo(other, 'a');
		const { settings } = (await catalog.getTopic(other)) as Topic;
		await catalog.deleteTopic(other, false);
		expect(isRefusal(await catalog.putTopic(other, settings))).toBe(false);
		expect(await publishTo(other, 'b')).toMatchObject({ duplicate: false, sequence: 1 });
		expect((await getTopic(other)).figures).toMatchObject({ messages: 1, published: 1 });
	});
});

it.each([
	['*', 'anything', true],
	['orders', 'orders', true],
	['orders', 'orders-dlq', false],
	['orders*', 'orders', true],
	['*-dlq', 'orders-dlq', true],
	['a*b*c', 'a-b-b-c', true],
	['a*b*c', 'a-c-b', false],
	['*.fifo', 'x.fifo', true],
	['', '', true],
	['', 'a', false],
	['a.c', 'abc', false],
	[`${'a*'.repeat(39)}b`, 'a'.repeat(80), false],
])('the pattern %s on %s: %j', (pattern, name, expected) => {
	expect(matches(pattern, name)).toBe(expected);
});

it('the cache forgets at its end, and the oldest to make room', () => {
	const cache = new Cache<number>(100, 2);
	cache.set('a', 1, 0);
	cache.set('b', 2, 50);
	expect([cache.get('a', 99), cache.get('a', 100), cache.get('b', 100)]).toEqual([1, undefined, 2]);
	cache.set('c', 3, 60);
	expect([cache.get('a', 60), cache.get('b', 60), cache.get('c', 60)]).toEqual([undefined, 2, 3]);
});
