import { expect, test, vi } from 'vitest';
import type { Start } from '../../durable-objects/protocol';
import { accepted, lost, play, type Stage, settings, start, topicSettings } from './fixture';

const stale = { refused: 'settings_stale', retryAfterMs: 1_000 };
const earliest: Start = { from: 'earliest' };

/** On a topic with one subscription, of version and generation 2. */
const onSubscription = (run: (stage: Stage) => Promise<void>, partitions = 2) =>
	play(async (stage) => {
		await stage.catalog.putTopic('news', { ...topicSettings, partitions });
		await stage.catalog.putQueue('orders', settings);
		const now = { from: 'now', at: 0 } as const;
		await stage.catalog.putSubscription('news', 'audit', { queue: 'orders', filter: null, start: now });
		vi.setSystemTime(start + 5);
		await run(stage);
	});

test('a seek is a new generation with another start; terms and age stay', () =>
	onSubscription(async ({ catalog, topics }) => {
		const { subscription: before } = accepted(await catalog.getSubscription('news', 'audit'));
		const { subscription, topic } = accepted(await catalog.seek('news', 'audit', earliest));
		expect(subscription).toEqual({ ...before, generation: 3, start: earliest, updatedAt: start + 5 });
		expect(await catalog.getSubscription('news', 'audit')).toEqual({ topic, subscription });
		for (const object of ['news/1/0', 'news/1/1']) expect(topics.state(object).subscriptions).toEqual([subscription]);
	}));

test('the same seek again, when the first has been heard, moves it again', () =>
	onSubscription(async ({ catalog }) => {
		await catalog.seek('news', 'audit', earliest);
		expect(await catalog.seek('news', 'audit', earliest)).toMatchObject({ subscription: { generation: 4 } });
	}));

test('now is what the clock of the catalog says', () =>
	onSubscription(async ({ catalog }) => {
		expect(await catalog.seek('news', 'audit', { from: 'now', at: 1 })).toMatchObject({
			subscription: { start: { from: 'now', at: start + 5 } },
		});
	}));

test('a sequence number needs a topic of one partition', async () => {
	const place: Start = { from: 'sequence', sequence: 3 };
	await onSubscription(async ({ catalog }) => {
		expect(await catalog.seek('news', 'audit', place)).toMatchObject({ refused: 'ambiguous_sequence' });
	});
	await onSubscription(async ({ catalog }) => {
		expect(await catalog.seek('news', 'audit', place)).toMatchObject({ subscription: { start: place } });
	}, 1);
});

test('only what is there can be moved', () =>
	onSubscription(async ({ catalog }) => {
		expect(await catalog.seek('olds', 'audit', earliest)).toMatchObject({ refused: 'topic_not_found' });
		expect(await catalog.seek('news', 'other', earliest)).toMatchObject({ refused: 'subscription_not_found' });
	}));

const starts: readonly Start[] = [
	earliest,
	{ from: 'now', at: 0 },
	{ from: 'instant', at: 9 },
	{ from: 'sequence', sequence: 9 },
];

for (const [index, wish] of starts.entries()) {
	test(`a seek to ${wish.from} that was not heard everywhere is the same one when asked again, another one is not`, () =>
		onSubscription(async ({ catalog, topics }) => {
			topics.on('configure', 'news/1/0', lost);
			expect(await catalog.seek('news', 'audit', wish)).toMatchObject(stale);
			// Another change of the topic meanwhile, and time goes by.
			expect(await catalog.putTopic('news', { ...topicSettings, retentionMs: 9 })).toMatchObject(stale);
			vi.setSystemTime(start + 9);
			expect(await catalog.seek('news', 'audit', wish)).toMatchObject(stale);
			topics.behave();
			const at = wish.from === 'now' ? { at: start + 5 } : {};
			const { subscription } = accepted(await catalog.seek('news', 'audit', wish));
			expect(subscription).toMatchObject({ generation: 3, start: { ...wish, ...at } });
			expect(topics.state('news/1/0')).toMatchObject({ configured: 4, subscriptions: [subscription] });
			topics.on('configure', 'news/1/0', lost);
			await catalog.seek('news', 'audit', wish);
			const others = [...starts.filter((_, other) => other !== index), { from: 'instant', at: 10 } as const];
			for (const [place, other] of others.entries()) {
				await catalog.seek('news', 'audit', other);
				expect(await catalog.getSubscription('news', 'audit')).toMatchObject({
					subscription: { generation: 6 + place, start: { from: other.from } },
				});
			}
		}, 1));
}
