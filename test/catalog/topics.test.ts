import { describe, expect, test, vi } from 'vitest';
import { insertTopic } from '../../durable-objects/catalog/topic-rows';
import { Database } from '../../durable-objects/database';
import { LIMITS, refuse, type TopicSettings } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, settings, start, topicSettings } from './fixture';

const two: TopicSettings = { ...topicSettings, partitions: 2 };
const longer: TopicSettings = { ...two, retentionMs: 2 * two.retentionMs };
const stale = { refused: 'settings_stale', retryAfterMs: 1_000 };
const gone = { refused: 'topic_not_found' };

describe('put', () => {
	test('makes a topic, of which nobody has to be told', () =>
		play(async ({ catalog, topics }) => {
			const common = { isTopic: true, name: 'news', generation: 1, version: 1, createdAt: start, updatedAt: start };
			const topic = { ...common, settings: topicSettings };
			expect(await catalog.putTopic('news', topicSettings)).toEqual({ created: true, topic });
			expect(await catalog.getTopic('news')).toEqual(topic);
			expect(await catalog.getTopic('olds')).toMatchObject(gone);
			expect(topics.heard).toEqual([]);
		}));

	test('with the same settings changes and writes nothing, whatever the order of the fields', () =>
		play(async ({ catalog, topics, state }) => {
			const made = accepted(await catalog.putTopic('news', two));
			const before = state.storage.sql.exec('SELECT total_changes() AS n').one();
			const shuffled = Object.fromEntries(Object.entries(two).reverse()) as unknown as TopicSettings;
			expect(await catalog.putTopic('news', shuffled)).toEqual({ topic: made.topic, created: false });
			expect(state.storage.sql.exec('SELECT total_changes() AS n').one()).toEqual(before);
			expect(topics.heard).toEqual([]);
		}));

	test('with other durations is the next version, which all partitions hear, where they are', () =>
		play(async ({ catalog, topics, state }) => {
			await catalog.putTopic('news', { ...two, partitions: 40, location: 'weur' });
			vi.setSystemTime(start + 5);
			const put = await catalog.putTopic('news', { ...longer, partitions: 40, location: 'weur', dedupWindowMs: 7 });
			expect(put).toMatchObject({
				created: false,
				topic: { version: 2, createdAt: start, updatedAt: start + 5, settings: { dedupWindowMs: 7 } },
			});
			expect(topics.heard).toHaveLength(40);
			expect(topics.state('news/1/39')).toMatchObject({ configured: 2, retentionMs: longer.retentionMs });
			expect(new Set(topics.hints)).toEqual(new Set(['weur']));
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('never changes partitions or location', () =>
		play(async ({ catalog, topics }) => {
			const { topic } = accepted(await catalog.putTopic('news', two));
			for (const other of [{ partitions: 3 }, { location: 'apac' as const }]) {
				const put = await catalog.putTopic('news', { ...longer, ...other });
				expect(put).toMatchObject({ refused: 'topic_layout_fixed' });
			}
			expect(await catalog.getTopic('news')).toEqual(topic);
			expect(topics.heard).toEqual([]);
		}));

	test('is refused above the limit; a known topic still changes, and a deleted one makes room', () =>
		play(async ({ catalog, state }) => {
			const database = new Database(state.storage.sql);
			state.storage.transactionSync(() => {
				for (let i = 1; i <= LIMITS.topics; i++) insertTopic(database, `t${i}`, { settings: two }, start);
			});
			expect(await catalog.putTopic('more', two)).toMatchObject({ refused: 'too_many_topics' });
			expect(await catalog.putTopic('t1', longer)).toMatchObject({ topic: { version: 2 } });
			await catalog.deleteTopic('t1', false);
			expect(await catalog.putTopic('more', two)).toMatchObject({ created: true });
		}));

	test('leaves a queue of the same name alone', () =>
		play(async ({ catalog, partitions, topics }) => {
			await catalog.putQueue('news', settings);
			await catalog.putTopic('news', two);
			await catalog.putTopic('news', longer);
			await catalog.setPaused('news', true);
			expect([...partitions.heard, ...topics.heard]).toHaveLength(3);
			await catalog.deleteTopic('news', false);
			expect(await catalog.getQueue('news')).toMatchObject({ version: 2 });
			expect(partitions.state('news/1/1/0').destroyed).toBe(false);
		}));
});

describe('a partition that does not answer', () => {
	test('is told by the alarm; who asked is told so, and asking again tries again', () =>
		play(async ({ catalog, topics, ring, state }) => {
			await catalog.putTopic('news', two);
			topics.on('configure', 'news/1/0', lost);
			expect(await catalog.putTopic('news', longer)).toMatchObject(stale);
			expect(topics.state('news/1/1').configured).toBe(2);
			expect(await catalog.getTopic('news')).toMatchObject({ version: 2, settings: longer });
			expect(await catalog.putTopic('news', longer)).toMatchObject(stale);
			await ring();
			expect(topics.state('news/1/0').configured).toBeNull();
			topics.behave();
			expect(await catalog.putTopic('news', longer)).toMatchObject({ created: false, topic: { version: 2 } });
			expect(topics.state('news/1/0').configured).toBe(2);
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
			const calls = topics.heard.length;
			while (await ring());
			expect(await catalog.putTopic('news', longer)).toMatchObject({ topic: { version: 2 } });
			expect(topics.heard).toHaveLength(calls);
		}));

	test('is told by the alarm when nobody asks again', () =>
		play(async ({ catalog, topics, reset, ring }) => {
			await catalog.putTopic('news', two);
			topics.on('configure', 'news/1/1', lost);
			expect(await catalog.putTopic('news', longer)).toMatchObject(stale);
			await reset();
			topics.behave();
			while (await ring());
			expect(topics.state('news/1/1').configured).toBe(2);
		}));

	test('and one that refuses knows better', () =>
		play(async ({ catalog, topics, state }) => {
			await catalog.putTopic('news', two);
			topics.on('configure', 'news/1/1', () => refuse('settings_stale', 'It knows something newer.'));
			expect(await catalog.putTopic('news', longer)).toMatchObject({ topic: { version: 2 } });
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('after one call hears the second', () =>
		play(async ({ catalog, topics }) => {
			await catalog.putTopic('news', two);
			topics.on('configure', 'news/1/1', () => {
				topics.behave();
				return lost();
			});
			expect(await catalog.putTopic('news', longer)).toMatchObject({ topic: { version: 2 } });
			expect(topics.state('news/1/1').configured).toBe(2);
		}));
});

test('two changes at once are both heard before either is answered', () =>
	play(async ({ catalog, topics, state }) => {
		await catalog.putTopic('news', two);
		const call = pending();
		topics.on('configure', 'news/1/1', call.reaction);
		const first = catalog.putTopic('news', longer);
		await call.begun;
		const second = catalog.putTopic('news', { ...longer, dedupWindowMs: 7 });
		topics.behave();
		call.answer(null);
		expect([await first, await second]).toMatchObject([{ topic: { version: 2 } }, { topic: { version: 3 } }]);
		for (const object of ['news/1/0', 'news/1/1']) expect(topics.state(object).configured).toBe(3);
		expect(topics.heard).toHaveLength(4);
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));

describe('deletion', () => {
	test('leaves nothing but a generation', () =>
		play(async ({ catalog, topics, ring, state }) => {
			await catalog.putTopic('news', two);
			expect(await catalog.deleteTopic('news', false)).toEqual({ cut: [] });
			for (const object of ['news/1/0', 'news/1/1']) expect(topics.state(object).destroyed).toBe(true);
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
			expect(await catalog.deleteTopic('news', true)).toMatchObject(gone);
			const again = accepted(await catalog.putTopic('news', { ...two, partitions: 3 }));
			expect(again).toMatchObject({ created: true, topic: { generation: 2, version: 1 } });
			while (await ring());
			expect(topics.heard).toHaveLength(2);
		}));

	test('takes subscriptions along by force only', () =>
		play(async ({ catalog, state }) => {
			await catalog.putQueue('orders', settings);
			await catalog.putTopic('news', two);
			for (const name of ['b', 'a', 'c']) {
				await catalog.putSubscription('news', name, { queue: 'orders', filter: null, start: { from: 'earliest' } });
			}
			await catalog.deleteSubscription('news', 'c');
			const detail = expect.stringContaining('a, b');
			expect(await catalog.deleteTopic('news', false)).toMatchObject({ refused: 'topic_in_use', detail });
			expect(await catalog.deleteTopic('news', true)).toEqual({ cut: ['a', 'b'] });
			await catalog.putTopic('news', two);
			expect(await catalog.listSubscriptions('news', null, 10)).toMatchObject({ subscriptions: [], next: null });
			expect(state.storage.sql.exec('SELECT * FROM subscription').toArray()).toEqual([]);
			expect(await catalog.deleteQueue('orders', false)).toEqual({ cut: [], subscriptions: [] });
		}));

	test('forgets what was deleted before it', () =>
		play(async ({ catalog, topics }) => {
			await catalog.putQueue('orders', settings);
			await catalog.putTopic('news', two);
			await catalog.putSubscription('news', 'a', { queue: 'orders', filter: null, start: { from: 'earliest' } });
			topics.on('configure', 'news/1/0', lost);
			expect(await catalog.deleteSubscription('news', 'a')).toMatchObject(stale);
			expect(await catalog.deleteTopic('news', false)).toEqual({ cut: [] });
			await catalog.putTopic('news', two);
			expect(await catalog.deleteSubscription('news', 'a')).toMatchObject({ refused: 'subscription_not_found' });
		}));

	test('stands when a partition does not answer, which the alarm destroys, and not its successor', () =>
		play(async ({ catalog, topics, ring }) => {
			await catalog.putTopic('news', two);
			topics.on('destroy', 'news/1/0', lost);
			expect(await catalog.deleteTopic('news', false)).toEqual({ cut: [] });
			await catalog.putTopic('news', two);
			await catalog.putTopic('news', longer);
			topics.behave();
			while (await ring());
			expect(topics.state('news/1/0').destroyed).toBe(true);
			expect(topics.state('news/2/0')).toMatchObject({ destroyed: false, configured: 2 });
		}));

	for (const again of [false, true]) {
		test(`while a change is being told${again ? ', and a new topic' : ''}: the change finds no topic`, () =>
			play(async ({ catalog, topics, state }) => {
				await catalog.putTopic('news', two);
				const call = pending();
				topics.on('configure', 'news/1/1', call.reaction);
				const change = catalog.putTopic('news', longer);
				await call.begun;
				const deleted = catalog.deleteTopic('news', false);
				if (again) await catalog.putTopic('news', longer);
				call.answer(null);
				expect([await change, await deleted]).toMatchObject([gone, { cut: [] }]);
				for (const object of ['news/1/0', 'news/1/1']) expect(topics.state(object).destroyed).toBe(true);
				expect(topics.heard.filter((call) => call.includes('/2/'))).toEqual([]);
				expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
			}));
	}
});

test('a list pages by name', () =>
	play(async ({ catalog }) => {
		expect(await catalog.listTopics(null, 2)).toEqual({ topics: [], next: null });
		for (const name of ['c', 'a', 'B']) await catalog.putTopic(name, two);
		const names = async (after: string | null, limit: number) => {
			const page = await catalog.listTopics(after, limit);
			return [page.topics.map((topic) => topic.name).join(), page.next];
		};
		expect(await names(null, 2)).toEqual(['B,a', 'a']);
		expect(await names('a', 2)).toEqual(['c', null]);
	}));
