import { expect, test } from 'vitest';
import type { NewSubscription } from '../../durable-objects/catalog-protocol';
import { LIMITS } from '../../durable-objects/protocol';
import { accepted, play, settings, topicSettings } from './fixture';

const wanted: NewSubscription = { queue: 'orders', filter: null, start: { from: 'earliest' } };

/** All pages of a list, each as its names. */
async function pages<P extends { readonly next: string | null }>(
	read: (after: string | null) => Promise<P>,
	namesOf: (page: P) => readonly string[],
): Promise<string[]> {
	const all: string[] = [];
	for (let after: string | null = null; ; ) {
		const page = await read(after);
		all.push(namesOf(page).join());
		if (page.next === null) return all;
		after = page.next;
	}
}

test('the queues of one dead-letter queue page by name', () =>
	play(async ({ catalog }) => {
		for (const name of ['c', 'a', 'B', 'd']) await catalog.putQueue(name, { ...settings, deadLetter: 'dead' });
		await catalog.putQueue('e', { ...settings, deadLetter: 'other' });
		const read = (limit: number) =>
			pages(
				(after) => catalog.queuesWithDeadLetter('dead', after, limit),
				({ queues }) => queues.map(({ name }) => name),
			);
		expect(await read(3)).toEqual(['B,a,c', 'd']);
		expect(await read(4)).toEqual(['B,a,c,d']);
		expect(await catalog.queuesWithDeadLetter('none', null, 4)).toEqual({ queues: [], next: null });
	}));

test('the subscriptions of all topics page by topic and name', () =>
	play(async ({ catalog }) => {
		await catalog.putQueue('orders', settings);
		for (const topic of ['b', 'a-', 'a', 'c']) {
			await catalog.putTopic(topic, topicSettings);
			if (topic === 'c') continue;
			for (const name of ['z', 'y.fifo']) accepted(await catalog.putSubscription(topic, name, wanted));
		}
		const all = ['a/y.fifo', 'a/z', 'a-/y.fifo', 'a-/z', 'b/y.fifo', 'b/z'];
		for (const limit of [1, 4, 5, 6]) {
			const read = await pages(
				(after) => catalog.listAllSubscriptions(after, limit),
				({ subscriptions }) => subscriptions.map(({ topic, subscription }) => `${topic}/${subscription.name}`),
			);
			expect(read.join()).toBe(all.join());
			expect(read).toHaveLength(Math.ceil(all.length / limit));
		}
	}));

test('a page is short where annotations are large, and never empty', () =>
	play(async ({ catalog }) => {
		const large = { a: 'x'.repeat(LIMITS.annotationBytes - 1) };
		const count = 100;
		const perPage = Math.floor(LIMITS.pageUnits / LIMITS.annotationBytes) + 1;
		await catalog.putTopic('news', topicSettings);
		for (let index = 0; index < count; index++) {
			await catalog.putQueue(`q${index}`, settings, { annotations: large });
			await catalog.putTopic(`t${index}`, topicSettings, { annotations: large });
		}
		const queues = await pages(
			(after) => catalog.listQueues(after, 1_000),
			(page) => page.queues.map(({ name }) => name),
		);
		const topics = await pages(
			(after) => catalog.listTopics(after, 1_000),
			(page) => page.topics.map(({ name }) => name),
		);
		for (const read of [queues, topics]) {
			expect(read.map((page) => page.split(',').length)[0]).toBeLessThanOrEqual(perPage);
			expect(read).toHaveLength(2);
		}
		expect(new Set(queues.join().split(',')).size).toBe(count);
	}));
