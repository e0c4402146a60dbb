import { describe, expect, test, vi } from 'vitest';
import type { NewSubscription } from '../../durable-objects/catalog-protocol';
import { type FilterPolicy, LIMITS } from '../../durable-objects/protocol';
import { accepted, lost, play, type Stage, settings, start, topicSettings } from './fixture';

const filter: FilterPolicy = { scope: 'attributes', policy: { kind: ['a'] } };
const wanted: NewSubscription = {
	queue: 'orders',
	filter,
	start: { from: 'earliest' },
	mark: 'm',
	annotations: { a: '1' },
};

/** On a topic of two partitions with a subscription. */
const onSubscription = (run: (stage: Stage) => Promise<void>) =>
	play(async (stage) => {
		const { catalog, topics } = stage;
		await catalog.putTopic('news', { ...topicSettings, partitions: 2 });
		await catalog.putQueue('orders', settings);
		accepted(await catalog.putSubscription('news', 'audit', wanted));
		topics.heard.length = 0;
		vi.setSystemTime(start + 5);
		await run(stage);
	});

function rows({ state }: Stage): unknown {
	return ['topic', 'subscription', 'duty'].map((table) =>
		state.storage.sql.exec(`SELECT * FROM ${table} ORDER BY 1, 2`).toArray(),
	);
}

describe('a patch of a subscription', () => {
	test('changes what it names, and tells it', () =>
		onSubscription(async ({ catalog, topics }) => {
			const before = accepted(await catalog.getSubscription('news', 'audit')).subscription;
			const bare = accepted(await catalog.patchSubscription('news', 'audit', { mark: null }));
			const { mark: _, ...unmarked } = before;
			expect(bare.subscription).toEqual({ ...unmarked, version: 3, updatedAt: start + 5 });
			expect(bare.topic.version).toBe(3);
			const other: FilterPolicy = { scope: 'body', policy: { kind: ['b'] } };
			const patch = { filter: other, annotations: { a: null, b: '2' } };
			const changed = accepted(await catalog.patchSubscription('news', 'audit', patch)).subscription;
			expect(changed).toEqual({ ...bare.subscription, version: 4, filter: other, annotations: { b: '2' } });
			for (const object of ['news/1/0', 'news/1/1']) {
				expect(topics.state(object).subscriptions).toMatchObject([{ version: 4, filter: other }]);
			}
			expect(await catalog.patchSubscription('news', 'audit', { filter: null })).toMatchObject({
				subscription: { filter: null, version: 5, generation: before.generation, start: before.start },
			});
		}));

	test('of nothing new writes nothing, and waits for what is owed', () =>
		onSubscription(async (stage) => {
			const { catalog, topics } = stage;
			topics.on('configure', 'news/1/1', lost);
			const stale = { refused: 'settings_stale' };
			expect(await catalog.patchSubscription('news', 'audit', { mark: 'n' })).toMatchObject(stale);
			expect(await catalog.patchSubscription('news', 'audit', {})).toMatchObject(stale);
			topics.behave();
			expect(await catalog.patchSubscription('news', 'audit', {})).toMatchObject({ subscription: { mark: 'n' } });
			expect(topics.state('news/1/1').subscriptions).toMatchObject([{ mark: 'n' }]);
			const before = rows(stage);
			vi.setSystemTime(start + 9);
			accepted(await catalog.patchSubscription('news', 'audit', { mark: 'n', filter, annotations: { a: '1' } }));
			expect(rows(stage)).toEqual(before);
		}));

	test('makes none, also where there was one', () =>
		onSubscription(async (stage) => {
			const { catalog } = stage;
			accepted(await catalog.deleteSubscription('news', 'audit'));
			const before = rows(stage);
			for (const [topic, refused] of [
				['news', 'subscription_not_found'],
				['olds', 'topic_not_found'],
			] as const) {
				expect(await catalog.patchSubscription(topic, 'audit', { mark: 'n' })).toMatchObject({ refused });
			}
			expect(rows(stage)).toEqual(before);
		}));

	test('is held to the same bounds', () =>
		onSubscription(async (stage) => {
			const { catalog } = stage;
			const before = rows(stage);
			const large: FilterPolicy = { scope: 'body', policy: { kind: ['x'.repeat(LIMITS.filterBytes)] } };
			for (const [patch, refused] of [
				[{ filter: large }, 'filters_too_large'],
				[{ mark: 'x'.repeat(LIMITS.markLength + 1) }, 'annotations_too_large'],
				[{ annotations: { b: 'x'.repeat(LIMITS.annotationBytes) } }, 'annotations_too_large'],
			] as const) {
				expect(await catalog.patchSubscription('news', 'audit', patch)).toMatchObject({ refused });
			}
			expect(rows(stage)).toEqual(before);
		}));
});

test('a subscription that must be new is refused where there is one, and that one stays', () =>
	onSubscription(async (stage) => {
		const { catalog, topics } = stage;
		const before = rows(stage);
		const onlyNew = { ...wanted, filter: null, annotations: {}, onlyNew: true } as const;
		for (const again of [onlyNew, { ...wanted, onlyNew: true } as const]) {
			const refused = await catalog.putSubscription('news', 'audit', again);
			expect(refused).toMatchObject({ refused: 'subscription_exists' });
		}
		expect(rows(stage)).toEqual(before);
		expect(topics.heard).toEqual([]);
		expect(await catalog.putSubscription('news', 'new', onlyNew)).toMatchObject({ created: true });
		const atOnce = await Promise.all([1, 2, 3].map(() => catalog.putSubscription('news', 'last', onlyNew)));
		expect(atOnce.filter((answer) => 'created' in answer)).toHaveLength(1);
	}));
