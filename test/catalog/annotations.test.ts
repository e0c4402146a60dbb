import { describe, expect, test, vi } from 'vitest';
import type { NewSubscription } from '../../durable-objects/catalog-protocol';
import { LIMITS, refuse } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, queueNamed, type Stage, settings, start, topicSettings } from './fixture';

const annotations = { a: '1', 'b "c"': 'ä' };
const other = { a: '2' };
const tooLarge = { a: 'ä'.repeat(LIMITS.annotationBytes / 2) };
const tooLargeRefusal = { refused: 'annotations_too_large', detail: expect.stringContaining('65537') };
const wanted: NewSubscription = { queue: 'orders', filter: null, start: { from: 'earliest' } };

/** On a queue, a topic and a subscription, with annotations each, later than they were made. */
const onAnnotated = (run: (stage: Stage) => Promise<void>) =>
	play(async (stage) => {
		const { catalog, partitions, topics } = stage;
		await catalog.putQueue('orders', settings, { annotations });
		await catalog.putTopic('news', topicSettings, { annotations });
		await catalog.putSubscription('news', 'audit', { ...wanted, annotations });
		for (const { heard } of [partitions, topics]) heard.length = 0;
		vi.setSystemTime(start + 5);
		await run(stage);
	});

function rows({ state }: Stage): unknown[] {
	const tables = ['queue', 'topic', 'subscription', 'duty'];
	return tables.map((table) => state.storage.sql.exec(`SELECT * FROM ${table}`).toArray());
}

describe('of a queue', () => {
	test('are answered by put, get and list, and kept by a put that names none', () =>
		onAnnotated(async ({ catalog }) => {
			expect(await queueNamed(catalog, 'orders')).toMatchObject({ annotations });
			expect(await catalog.listQueues(null, 1)).toMatchObject({ queues: [{ annotations }] });
			expect(await catalog.putQueue('orders', settings)).toMatchObject({ queue: { version: 1, annotations } });
			const put = accepted(await catalog.putQueue('orders', { ...settings, delayMs: 1 }));
			expect(put.queue).toMatchObject({ version: 2, annotations });
			expect(await catalog.setPaused('orders', true)).toMatchObject({ version: 3, annotations });
			expect(await catalog.putQueue('bare', settings)).not.toHaveProperty('queue.annotations');
		}));

	test('change alone without a version, a duty or a call', () =>
		onAnnotated(async (stage) => {
			const { catalog, partitions } = stage;
			const put = accepted(await catalog.putQueue('orders', settings, { annotations: other }));
			expect(put).toMatchObject({ created: false, queue: { version: 1, updatedAt: start + 5 } });
			expect(put.queue.annotations).toEqual(other);
			const before = rows(stage);
			vi.setSystemTime(start + 9);
			await catalog.putQueue('orders', settings, { annotations: { ...other } });
			expect(rows(stage)).toEqual(before);
			expect(await catalog.putQueue('orders', settings, { annotations: {} })).not.toHaveProperty('queue.annotations');
			expect(await queueNamed(catalog, 'orders')).toEqual({
				...put.queue,
				updatedAt: start + 9,
				annotations: undefined,
			});
			expect(partitions.heard).toEqual([]);
		}));

	test('are merged by a patch, name by name, together with settings', () =>
		onAnnotated(async ({ catalog, partitions }) => {
			const patch = { annotations: { 'b "c"': null, absent: null, d: '' } };
			const patched = accepted(await catalog.patchQueue('orders', patch));
			expect(patched).toMatchObject({ version: 1, annotations: { a: '1', d: '' } });
			expect(await catalog.patchQueue('orders', { annotations: { a: '2' }, delayMs: 7 })).toEqual({
				...patched,
				version: 2,
				settings: { ...settings, delayMs: 7 },
				annotations: { a: '2', d: '' },
			});
			expect(partitions.heard).toEqual(['configure orders/1/1/0']);
		}));

	test('that are too large change nothing, be they new or merged', () =>
		onAnnotated(async (stage) => {
			const { catalog } = stage;
			const before = rows(stage);
			const changed = { ...settings, delayMs: 1 };
			expect(await catalog.putQueue('orders', changed, { annotations: tooLarge })).toMatchObject(tooLargeRefusal);
			expect(await catalog.putQueue('new', changed, { annotations: tooLarge })).toMatchObject(tooLargeRefusal);
			const rest = LIMITS.annotationBytes - 'a1d'.length;
			const merged = { delayMs: 1, annotations: { 'b "c"': null, d: 'x'.repeat(rest + 1) } };
			expect(await catalog.patchQueue('orders', merged)).toMatchObject(tooLargeRefusal);
			expect(rows(stage)).toEqual(before);
			merged.annotations.d = 'x'.repeat(rest);
			expect(await catalog.patchQueue('orders', merged)).toMatchObject({ version: 2 });
		}));

	test('come and stay with the layout', () =>
		onAnnotated(async ({ catalog, partitions }) => {
			partitions.on('seal', 'orders/1/1/0', () => refuse('queue_not_empty', 'Messages are left.'));
			const patch = { partitions: 2, annotations: other };
			expect(await catalog.patchQueue('orders', patch)).toMatchObject({ refused: 'queue_not_empty' });
			expect(await queueNamed(catalog, 'orders')).toMatchObject({ annotations, settings: { partitions: 1 } });

			const call = pending();
			partitions.on('seal', 'orders/1/1/0', call.reaction);
			const first = catalog.patchQueue('orders', patch);
			await call.begun;
			const again = catalog.patchQueue('orders', patch);
			const busy = { refused: 'settings_stale' };
			expect(await catalog.patchQueue('orders', { partitions: 2 })).toMatchObject(busy);
			expect(await catalog.patchQueue('orders', { annotations: other })).toMatchObject(busy);
			call.answer(null);
			expect(await first).toMatchObject({ layout: 2, annotations: { ...annotations, ...other } });
			expect(await again).toEqual(await first);
		}));
});

describe('what must be new', () => {
	test('is made, and refused where it is there: as it is, or on its way to be otherwise', () =>
		onAnnotated(async (stage) => {
			const { catalog } = stage;
			const before = rows(stage);
			const options = { onlyNew: true, annotations: other } as const;
			const changed = { ...settings, deadLetter: 'orders-dlq' };
			for (const each of [settings, changed]) {
				expect(await catalog.putQueue('orders', each, options)).toMatchObject({ refused: 'queue_exists' });
			}
			for (const each of [topicSettings, { ...topicSettings, retentionMs: 1 }]) {
				expect(await catalog.putTopic('news', each, options)).toMatchObject({ refused: 'topic_exists' });
			}
			expect(rows(stage)).toEqual(before);
			const made = [
				await catalog.putQueue('new', settings, options),
				await catalog.putTopic('new', topicSettings, options),
			];
			expect(made).toMatchObject([
				{ created: true, queue: { annotations: other } },
				{ created: true, topic: { annotations: other } },
			]);
			await catalog.deleteQueue('new', false);
			expect(await catalog.putQueue('new', settings, { onlyNew: true })).toMatchObject({ queue: { generation: 2 } });
		}));
});

describe('of a topic', () => {
	test('are answered by put, get and list, and kept by a put that names none', () =>
		onAnnotated(async ({ catalog }) => {
			expect(await catalog.getTopic('news')).toMatchObject({ annotations });
			expect(await catalog.listTopics(null, 1)).toMatchObject({ topics: [{ annotations }] });
			const put = accepted(await catalog.putTopic('news', { ...topicSettings, retentionMs: 1 }));
			expect(put.topic).toMatchObject({ version: 3, annotations });
		}));

	test('change alone without a version, a duty or a call', () =>
		onAnnotated(async (stage) => {
			const { catalog, topics } = stage;
			const put = accepted(await catalog.putTopic('news', topicSettings, { annotations: other }));
			expect(put.topic).toMatchObject({ version: 2, updatedAt: start + 5 });
			const annotated = accepted(await catalog.annotateTopic('news', { a: null, b: '3' }));
			expect(annotated).toEqual({ ...put.topic, annotations: { b: '3' } });
			expect(await catalog.getTopic('news')).toEqual(annotated);
			const before = rows(stage);
			vi.setSystemTime(start + 9);
			expect(await catalog.annotateTopic('news', { b: '3', c: null })).toEqual(annotated);
			expect(await catalog.annotateTopic('news', tooLarge)).toMatchObject({ refused: 'annotations_too_large' });
			const changed = { ...topicSettings, retentionMs: 1 };
			expect(await catalog.putTopic('news', changed, { annotations: tooLarge })).toMatchObject(tooLargeRefusal);
			expect(await catalog.putTopic('new', changed, { annotations: tooLarge })).toMatchObject(tooLargeRefusal);
			expect(rows(stage)).toEqual(before);
			expect(topics.heard).toEqual([]);
			expect(await catalog.annotateTopic('olds', {})).toMatchObject({ refused: 'topic_not_found' });
		}));

	test('may change while partitions are still to be told of something else', () =>
		onAnnotated(async ({ catalog, topics, ring, state }) => {
			topics.on('configure', 'news/1/0', lost);
			const changed = { ...topicSettings, retentionMs: 1 };
			expect(await catalog.putTopic('news', changed)).toMatchObject({ refused: 'settings_stale' });
			expect(await catalog.annotateTopic('news', other)).toMatchObject({ version: 3 });
			topics.behave();
			await ring();
			expect(topics.state('news/1/0')).toMatchObject({ configured: 3, retentionMs: 1 });
			expect(await catalog.getTopic('news')).toMatchObject({ version: 3, annotations: { ...annotations, ...other } });
			expect(state.storage.sql.exec('SELECT heard FROM topic').one()).toEqual({ heard: 3 });
		}));
});

describe('of a subscription', () => {
	test('are answered, kept, replaced and merged without a version, a duty or a call', () =>
		onAnnotated(async (stage) => {
			const { catalog, topics } = stage;
			const found = accepted(await catalog.getSubscription('news', 'audit'));
			expect(found.subscription).toMatchObject({ version: 2, annotations });
			expect(await catalog.listSubscriptions('news', null, 1)).toMatchObject({ subscriptions: [{ annotations }] });
			expect(await catalog.putSubscription('news', 'audit', wanted)).toEqual({ ...found, created: false });
			const put = accepted(await catalog.putSubscription('news', 'audit', { ...wanted, annotations: other }));
			const replaced = { ...found.subscription, annotations: other, updatedAt: start + 5 };
			expect(put).toEqual({ topic: found.topic, subscription: replaced, created: false });
			const merged = accepted(await catalog.patchSubscription('news', 'audit', { annotations: { a: null, b: '3' } }));
			expect(merged).toEqual({ topic: found.topic, subscription: { ...replaced, annotations: { b: '3' } } });
			const before = rows(stage);
			vi.setSystemTime(start + 9);
			expect(await catalog.patchSubscription('news', 'audit', { annotations: { b: '3' } })).toEqual(merged);
			const refusals = [
				await catalog.patchSubscription('news', 'audit', { annotations: tooLarge }),
				await catalog.putSubscription('news', 'audit', { ...wanted, annotations: tooLarge }),
				await catalog.putSubscription('news', 'new', { ...wanted, annotations: tooLarge }),
				await catalog.patchSubscription('news', 'none', { annotations: other }),
				await catalog.patchSubscription('olds', 'audit', { annotations: other }),
			];
			expect(refusals.map((answer) => 'refused' in answer && answer.refused)).toEqual([
				...Array(3).fill('annotations_too_large'),
				'subscription_not_found',
				'topic_not_found',
			]);
			expect(rows(stage)).toEqual(before);
			expect(topics.heard).toEqual([]);
		}));

	test('outlast a change, a seek, and are answered when it is deleted, also again', () =>
		onAnnotated(async ({ catalog, topics }) => {
			const moved = await catalog.seek('news', 'audit', { from: 'earliest' });
			expect(moved).toMatchObject({ subscription: { annotations } });
			await catalog.putQueue('bills', settings);
			const changed = await catalog.putSubscription('news', 'audit', { ...wanted, queue: 'bills' });
			expect(changed).toMatchObject({ subscription: { annotations, queue: 'bills' } });
			topics.on('configure', 'news/1/0', lost);
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject({ refused: 'settings_stale' });
			topics.behave();
			expect(await catalog.deleteSubscription('news', 'audit')).toMatchObject({ subscription: { annotations } });
		}));
});

describe('a mark', () => {
	test('is told as the filter is, kept by a put that names none, and taken away by null', () =>
		onAnnotated(async ({ catalog, topics }) => {
			const put = async (mark?: string | null) =>
				accepted(await catalog.putSubscription('news', 'audit', { ...wanted, mark })).subscription;
			const told = () => topics.state('news/1/0').subscriptions[0];
			expect(await put('m')).toMatchObject({ version: 3, generation: 2, mark: 'm', annotations });
			expect(told()).toMatchObject({ version: 3, mark: 'm' });
			expect(await put()).toMatchObject({ version: 3, mark: 'm' });
			expect(await put('m')).toMatchObject({ version: 3, mark: 'm' });
			const removed = await put(null);
			expect(removed).toMatchObject({ version: 4, annotations });
			expect([removed, told()].map((one) => one && 'mark' in one)).toEqual([false, false]);
			expect(await put(null)).toMatchObject({ version: 4 });
			expect(topics.heard).toHaveLength(2);
		}));

	test('is bounded', () =>
		onAnnotated(async ({ catalog }) => {
			const put = (length: number) => catalog.putSubscription('news', 'm', { ...wanted, mark: 'x'.repeat(length) });
			expect(await put(LIMITS.markLength + 1)).toMatchObject({ refused: 'annotations_too_large' });
			expect(await put(LIMITS.markLength)).toMatchObject({ created: true });
		}));
});
