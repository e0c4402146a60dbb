import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Offered, offer } from './open-loop.ts';
import { Site } from './site.ts';

let site: Site;
beforeAll(async () => {
	site = await Site.start();
});
afterAll(() => site.stop());

/** Messages a second. */
const rate = 10_000;

/** What was refused was refused as it must be: to be tried again, and when. */
function expectExplicit({ refusals }: Offered): void {
	expect(refusals.filter(({ status }) => status !== 429 && status !== 503)).toEqual([]);
	expect(refusals.filter(({ isPart, retryAfter }) => !isPart && !((retryAfter ?? 0) >= 1))).toEqual([]);
}

/** What was accepted came once, and nothing else did, but for what nobody can know. */
function expectDelivered({ accepted, unknown }: Offered, times: ReadonlyMap<string, number>): void {
	expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
	expect([...accepted].filter((body) => !times.has(body))).toEqual([]);
	expect([...times.keys()].filter((body) => !accepted.has(body) && !unknown.has(body))).toEqual([]);
}

test.each([1, 4])(
	'10,000 publishes a second on %i partitions: what is accepted is delivered, once',
	async (partitions) => {
		const queue = `offered-${partitions}`;
		await site.call('PUT', `queues/${queue}`, { partitions });
		const offered = await offer(site, queue, rate, 1.5);
		expectExplicit(offered);
		expectDelivered(offered, await site.drain(queue));
	},
);

test('10,000 publishes a second on a queue that is full: what has no room is told so, and the rest is delivered', async () => {
	const maxBacklog = 2_000;
	await site.call('PUT', 'queues/full', { maxBacklog });
	const offered = await offer(site, 'full', rate, 1);
	expectExplicit(offered);
	expect(new Set(offered.refusals.map(({ code }) => code))).toEqual(new Set(['backlog_full']));
	expect(offered.accepted.size + offered.unknown.size).toBeGreaterThanOrEqual(maxBacklog);
	expect(offered.accepted.size).toBeLessThanOrEqual(maxBacklog);
	expectDelivered(offered, await site.drain('full'));
});
