import { expect, test } from 'vitest';
import { writeSubscription } from '../../durable-objects/catalog/subscription-rows';
import { Database } from '../../durable-objects/database';
import { LIMITS, type Subscription } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, type Stage, settings, start, topicSettings } from './fixture';

const from = (queue: string) => ({ queue, filter: null, start: { from: 'earliest' } }) as const;

/** Each of two topics feeds each of two queues, and one of them feeds orders twice. */
const onFedQueues = (run: (stage: Stage) => Promise<void>) =>
	play(async (stage) => {
		const { catalog } = stage;
		for (const queue of ['orders', 'bills']) await catalog.putQueue(queue, settings);
		for (const topic of ['a', 'b']) {
			await catalog.putTopic(topic, { ...topicSettings, partitions: 2 });
			for (const queue of ['orders', 'bills']) await catalog.putSubscription(topic, `to-${queue}`, from(queue));
		}
		await catalog.putSubscription('a', 'too', from('orders'));
		await run(stage);
	});

const cut = [
	{ topic: 'a', name: 'to-orders' },
	{ topic: 'a', name: 'too' },
	{ topic: 'b', name: 'to-orders' },
];

test('a queue that subscriptions feed goes only by force, and they with it', () =>
	onFedQueues(async ({ catalog, topics, partitions, state }) => {
		const detail = expect.stringContaining('a/to-orders, a/too, b/to-orders');
		expect(await catalog.deleteQueue('orders', false)).toMatchObject({ refused: 'queue_in_use', detail });
		const calls = topics.heard.length;
		expect(await catalog.deleteQueue('orders', true)).toEqual({ cut: [], subscriptions: cut });
		expect(topics.heard.slice(calls).sort()).toEqual(['a/1/0', 'a/1/1', 'b/1/0', 'b/1/1'].map((o) => `configure ${o}`));
		for (const object of ['a/1/0', 'a/1/1', 'b/1/1']) {
			expect(topics.state(object).subscriptions).toMatchObject([{ name: 'to-bills' }]);
		}
		expect(partitions.state('orders/1/1/0').destroyed).toBe(true);
		expect(await catalog.getTopic('a')).toMatchObject({ version: 5 });
		expect(await catalog.getSubscription('a', 'too')).toMatchObject({ refused: 'subscription_not_found' });
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));

test('a queue may be in use twice over', () =>
	onFedQueues(async ({ catalog }) => {
		await catalog.putQueue('last', { ...settings, deadLetter: 'orders' });
		const refusal = await catalog.deleteQueue('orders', false);
		expect(refusal).toMatchObject({ detail: expect.stringMatching(/dead letters of last .* and .* \(a\/to-orders,/) });
		expect(await catalog.deleteQueue('orders', true)).toEqual({ cut: ['last'], subscriptions: cut });
	}));

test('a subscription that was deleted, or that goes elsewhere now, holds no queue', () =>
	onFedQueues(async ({ catalog }) => {
		await catalog.deleteSubscription('a', 'to-orders');
		await catalog.deleteTopic('b', true);
		await catalog.putSubscription('a', 'too', from('bills'));
		expect(await catalog.deleteQueue('orders', false)).toEqual({ cut: [], subscriptions: [] });
	}));

test('a topic that cannot be told is told by the alarm; the deletion stands', () =>
	onFedQueues(async ({ catalog, topics, ring }) => {
		topics.on('configure', 'b/1/0', lost);
		expect(await catalog.deleteQueue('orders', true)).toEqual({ cut: [], subscriptions: cut });
		expect(topics.state('b/1/0').subscriptions).toHaveLength(2);
		expect(topics.state('a/1/0').subscriptions).toHaveLength(1);
		topics.behave();
		while (await ring());
		expect(topics.state('b/1/0').subscriptions).toHaveLength(1);
	}));

test('the same queue again is fed by none of them, and what feeds it then is a new source', () =>
	onFedQueues(async ({ catalog, topics }) => {
		await catalog.deleteQueue('orders', true);
		expect(await catalog.putQueue('orders', settings)).toMatchObject({ queue: { generation: 2 } });
		expect(await catalog.listSubscriptions('a', null, 9)).toMatchObject({ subscriptions: [{ name: 'to-bills' }] });
		const put = accepted(await catalog.putSubscription('a', 'too', from('orders')));
		expect(put).toMatchObject({ created: true, subscription: { version: 6, generation: 6 } });
		expect(topics.state('a/1/0').subscriptions).toHaveLength(2);
		expect(await catalog.deleteQueue('orders', false)).toMatchObject({ refused: 'queue_in_use' });
	}));

test('a queue that goes while a subscription into it is made takes it along', () =>
	onFedQueues(async ({ catalog, topics, state }) => {
		const call = pending();
		topics.on('configure', 'b/1/1', call.reaction);
		const made = catalog.putSubscription('b', 'too', from('orders'));
		await call.begun;
		const deleted = catalog.deleteQueue('orders', true);
		topics.behave();
		call.answer(null);
		expect([await made, await deleted]).toMatchObject([
			{ created: true },
			{ subscriptions: [...cut, { topic: 'b', name: 'too' }] },
		]);
		for (const object of ['b/1/0', 'b/1/1']) {
			expect(topics.state(object).subscriptions).toMatchObject([{ name: 'to-bills' }]);
		}
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));

test(`${LIMITS.subscriptions} subscriptions are told in one call to each partition, and there are no more`, () =>
	play(async ({ catalog, topics, state }) => {
		await catalog.putQueue('orders', settings);
		await catalog.putTopic('news', { ...topicSettings, partitions: 3 });
		const database = new Database(state.storage.sql);
		const filter = { scope: 'attributes', policy: { kind: ['a'] } } as const;
		const common = {
			queue: 'orders',
			queueGeneration: 1,
			filter,
			version: 1,
			generation: 1,
			start: { from: 'earliest' },
		} as const;
		state.storage.transactionSync(() => {
			for (let i = 1; i < LIMITS.subscriptions; i++) {
				const subscription: Subscription = { ...common, name: `s${i}`, createdAt: start, updatedAt: start };
				writeSubscription(database, 'news', subscription);
			}
		});
		expect(await catalog.putSubscription('news', 'last', from('orders'))).toMatchObject({ created: true });
		expect(topics.heard).toHaveLength(3);
		for (const index of [0, 1, 2]) {
			expect(topics.state(`news/1/${index}`).subscriptions).toHaveLength(LIMITS.subscriptions);
		}
		const tooMany = { refused: 'too_many_subscriptions' };
		expect(await catalog.putSubscription('news', 'more', from('orders'))).toMatchObject(tooMany);
		const changed = { ...from('orders'), filter };
		expect(await catalog.putSubscription('news', 'last', changed)).toMatchObject({ created: false });
		await catalog.deleteSubscription('news', 's1');
		expect(await catalog.putSubscription('news', 'more', from('orders'))).toMatchObject({ created: true });
		const deleted = accepted(await catalog.deleteQueue('orders', true));
		expect(deleted.subscriptions).toHaveLength(LIMITS.subscriptions);
		expect(topics.state('news/1/2').subscriptions).toEqual([]);
		expect(topics.heard).toHaveLength(15);
	}));
