import { describe, expect, test, vi } from 'vitest';
import type { NewSubscription } from '../../durable-objects/catalog-protocol';
import { type FilterPolicy, LIMITS, type Start } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, type Stage, settings, start, topicSettings } from './fixture';

const filter: FilterPolicy = { scope: 'attributes', policy: { kind: ['a', { prefix: 'b' }], size: [1] } };
const wanted: NewSubscription = { queue: 'orders', filter: null, start: { from: 'now', at: 7 } };
const stale = { refused: 'settings_stale', retryAfterMs: 1_000 };

/** On a topic of two partitions and a queue, or another one. */
const onTopic = (run: (stage: Stage) => Promise<void>, partitions = 2) =>
	play(async (stage) => {
		await stage.catalog.putTopic('news', { ...topicSettings, partitions });
		for (const queue of ['orders', 'bills']) await stage.catalog.putQueue(queue, settings);
		await run(stage);
	});

describe('put', () => {
	test('makes a subscription, which all partitions know then', () =>
		onTopic(async ({ catalog, topics, state }) => {
			vi.setSystemTime(start + 5);
			const put = accepted(await catalog.putSubscription('news', 'audit', { ...wanted, filter }));
			const subscription = {
				name: 'audit',
				queue: 'orders',
				queueGeneration: 1,
				filter,
				version: 2,
				generation: 2,
				start: { from: 'now', at: start + 5 },
				createdAt: start + 5,
				updatedAt: start + 5,
			};
			expect(put).toMatchObject({ created: true, subscription, topic: { version: 2, updatedAt: start } });
			expect(await catalog.getSubscription('news', 'audit')).toEqual({ topic: put.topic, subscription });
			for (const object of ['news/1/0', 'news/1/1']) {
				expect(topics.state(object)).toMatchObject({ configured: 2, subscriptions: [subscription] });
			}
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('keeps a start that names its own instant or place', () =>
		onTopic(async ({ catalog }) => {
			for (const begin of [{ from: 'earliest' }, { from: 'instant', at: 7 }, { from: 'sequence', sequence: 9 }]) {
				const put = await catalog.putSubscription('news', begin.from, { ...wanted, start: begin as Start });
				expect(put).toMatchObject({ subscription: { start: begin } });
			}
		}, 1));

	test('with the same queue and filter changes and writes nothing, whatever its start and the order of fields', () =>
		onTopic(async ({ catalog, topics, state }) => {
			const made = accepted(await catalog.putSubscription('news', 'audit', { ...wanted, filter }));
			const before = state.storage.sql.exec('SELECT total_changes() AS n').one();
			const shuffled: FilterPolicy = { policy: { size: [1], kind: ['a', { prefix: 'b' }] }, scope: 'attributes' };
			const again = { queue: 'orders', filter: shuffled, start: { from: 'sequence', sequence: 1 } } as const;
			expect(await catalog.putSubscription('news', 'audit', again)).toEqual({ ...made, created: false });
			expect(state.storage.sql.exec('SELECT total_changes() AS n').one()).toEqual(before);
			expect(topics.heard).toHaveLength(2);
		}));

	test('with another queue or filter counts from its version on, and stays the same source', () =>
		onTopic(async ({ catalog, topics }) => {
			const made = accepted(await catalog.putSubscription('news', 'audit', wanted)).subscription;
			vi.setSystemTime(start + 5);
			const again = { queue: 'bills', filter: null, start: { from: 'earliest' } } as const;
			const moved = { ...made, queue: 'bills', version: 3, updatedAt: start + 5 };
			expect(await catalog.putSubscription('news', 'audit', again)).toMatchObject({ subscription: moved });
			const filtered = { ...moved, version: 4, filter };
			const put = await catalog.putSubscription('news', 'audit', { ...again, filter });
			expect(put).toMatchObject({ created: false, subscription: filtered, topic: { version: 4 } });
			const reordered = { ...filter, policy: { ...filter.policy, kind: [{ prefix: 'b' }, 'a'] } };
			expect(await catalog.putSubscription('news', 'audit', { ...again, filter: reordered })).toMatchObject({
				subscription: { version: 5, generation: 2 },
			});
			expect(topics.state('news/1/1').subscriptions).toMatchObject([{ version: 5, generation: 2, queue: 'bills' }]);
		}));

	test('asks for a topic and a queue that are there', () =>
		onTopic(async ({ catalog, topics }) => {
			const noQueue = { refused: 'queue_not_found' };
			expect(await catalog.putSubscription('olds', 'audit', wanted)).toMatchObject({ refused: 'topic_not_found' });
			expect(await catalog.putSubscription('news', 'audit', { ...wanted, queue: 'news' })).toMatchObject(noQueue);
			expect(topics.heard).toEqual([]);
			await catalog.putSubscription('news', 'audit', wanted);
			expect(await catalog.putSubscription('news', 'audit', { ...wanted, queue: 'no' })).toMatchObject(noQueue);
			expect(await catalog.getSubscription('news', 'audit')).toMatchObject({ topic: { version: 2 } });
		}));

	test('refuses a sequence number where there are several partitions', () =>
		onTopic(async ({ catalog }) => {
			const bySequence = { ...wanted, start: { from: 'sequence', sequence: 1 } } as const;
			expect(await catalog.putSubscription('news', 'audit', bySequence)).toMatchObject({
				refused: 'ambiguous_sequence',
			});
			expect(await catalog.getTopic('news')).toMatchObject({ version: 1 });
		}));
});

describe('deletion', () => {
	test('answers what was deleted, and all partitions forget it', () =>
		onTopic(async ({ catalog, topics, state }) => {
			const { subscription } = accepted(await catalog.putSubscription('news', 'audit', { ...wanted, filter }));
			const other = accepted(await catalog.putSubscription('news', 'bills', wanted)).subscription;
			const deleted = accepted(await catalog.deleteSubscription('news', 'audit'));
			expect(deleted).toMatchObject({ subscription, topic: { version: 4 } });
			for (const object of ['news/1/0', 'news/1/1']) expect(topics.state(object).subscriptions).toEqual([other]);
			const noSubscription = { refused: 'subscription_not_found' };
			expect(await catalog.getSubscription('news', 'audit')).toMatchObject(noSubscription);
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject(noSubscription);
			expect(await catalog.deleteSubscription('olds', 'audit')).toMatchObject({ refused: 'topic_not_found' });
			expect(await catalog.getSubscription('olds', 'audit')).toMatchObject({ refused: 'topic_not_found' });
			expect(state.storage.sql.exec('SELECT * FROM deleted_subscription').toArray()).toEqual([]);
		}));

	test('and the same name again is a new source with a new start', () =>
		onTopic(async ({ catalog }) => {
			await catalog.putSubscription('news', 'audit', wanted);
			await catalog.deleteSubscription('news', 'audit');
			vi.setSystemTime(start + 5);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject({
				created: true,
				subscription: { version: 4, generation: 4, start: { from: 'now', at: start + 5 }, createdAt: start + 5 },
			});
		}));
});

describe('a partition that does not answer', () => {
	test('is told of a new subscription when it is asked for again', () =>
		onTopic(async ({ catalog, topics }) => {
			topics.on('configure', 'news/1/1', lost);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject(stale);
			expect(topics.state('news/1/0').configured).toBe(2);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject(stale);
			topics.behave();
			vi.setSystemTime(start + 5);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject({
				created: false,
				topic: { version: 2 },
				subscription: { start: { from: 'now', at: start } },
			});
			expect(topics.state('news/1/1').configured).toBe(2);
		}));

	test('lets a deletion be asked for again, until it has heard of it', () =>
		onTopic(async ({ catalog, topics, ring }) => {
			const { subscription } = accepted(await catalog.putSubscription('news', 'audit', wanted));
			topics.on('configure', 'news/1/1', lost);
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject(stale);
			expect(await catalog.listSubscriptions('news', null, 9)).toMatchObject({ subscriptions: [] });
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject(stale);
			topics.behave();
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject({ subscription, topic: { version: 3 } });
			expect(topics.state('news/1/1').subscriptions).toEqual([]);
			while (await ring());
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject({ refused: 'subscription_not_found' });
		}));

	test('lets a subscription be deleted and made again before it has heard of either', () =>
		onTopic(async ({ catalog, topics, state }) => {
			await catalog.putSubscription('news', 'audit', wanted);
			topics.on('configure', 'news/1/1', lost);
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject(stale);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject(stale);
			topics.behave();
			const put = accepted(await catalog.putSubscription('news', 'audit', wanted));
			expect(put.subscription).toMatchObject({ version: 4, generation: 4 });
			expect(topics.state('news/1/1').subscriptions).toEqual([put.subscription]);
			expect(state.storage.sql.exec('SELECT * FROM deleted_subscription').toArray()).toEqual([]);
		}));

	test('holds up no other topic', () =>
		onTopic(async ({ catalog, topics }) => {
			await catalog.putTopic('olds', topicSettings);
			topics.on('configure', 'news/1/1', lost);
			expect(await catalog.putSubscription('news', 'audit', wanted)).toMatchObject(stale);
			expect(await catalog.putSubscription('olds', 'audit', wanted)).toMatchObject({ created: true });
		}));
});

test('two subscriptions made at once are both heard before either is answered', () =>
	onTopic(async ({ catalog, topics }) => {
		const call = pending();
		topics.on('configure', 'news/1/0', call.reaction);
		const first = catalog.putSubscription('news', 'audit', wanted);
		await call.begun;
		const second = catalog.putSubscription('news', 'bills', wanted);
		topics.behave();
		call.answer(null);
		expect([await first, await second]).toMatchObject([{ topic: { version: 2 } }, { topic: { version: 3 } }]);
		for (const object of ['news/1/0', 'news/1/1']) {
			expect(topics.state(object).subscriptions).toMatchObject([{ name: 'audit' }, { name: 'bills' }]);
		}
		expect(topics.heard).toHaveLength(4);
	}));

test('a topic that is deleted while a subscription is made is not found', () =>
	onTopic(async ({ catalog, topics, state }) => {
		const call = pending();
		topics.on('configure', 'news/1/0', call.reaction);
		const made = catalog.putSubscription('news', 'audit', wanted);
		await call.begun;
		const deleted = catalog.deleteTopic('news', true);
		call.answer(null);
		expect([await made, await deleted]).toMatchObject([{ refused: 'topic_not_found' }, { cut: ['audit'] }]);
		expect(topics.state('news/1/0').destroyed).toBe(true);
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));

test('a list pages by name', () =>
	onTopic(async ({ catalog }) => {
		for (const name of ['c', 'a', 'B']) await catalog.putSubscription('news', name, wanted);
		const names = async (after: string | null, limit: number) => {
			const page = accepted(await catalog.listSubscriptions('news', after, limit));
			return [page.topic.version, page.subscriptions.map((subscription) => subscription.name).join(), page.next];
		};
		expect(await names(null, 2)).toEqual([4, 'B,a', 'a']);
		expect(await names('a', 2)).toEqual([4, 'c', null]);
		expect(await catalog.listSubscriptions('olds', null, 2)).toMatchObject({ refused: 'topic_not_found' });
	}));

test('the filters of a topic are bounded together, whoever takes up the room', () =>
	onTopic(async ({ catalog }) => {
		const large: FilterPolicy = { scope: 'body', policy: { kind: ['x'.repeat(LIMITS.filterBytes / 2 - 100)] } };
		for (const name of ['a', 'b']) accepted(await catalog.putSubscription('news', name, { ...wanted, filter: large }));
		const full = { refused: 'filters_too_large' };
		expect(await catalog.putSubscription('news', 'c', { ...wanted, filter: large })).toMatchObject(full);
		accepted(await catalog.putSubscription('news', 'c', wanted));
		expect(await catalog.putSubscription('news', 'c', { ...wanted, filter: large })).toMatchObject(full);
		// Its own old filter does not count.
		const other = { ...wanted, filter: { ...large, scope: 'attributes' } as const };
		expect(await catalog.putSubscription('news', 'a', other)).toMatchObject({ created: false });
	}));
