import { describe, expect, test } from 'vitest';
import { insertQueue } from '../../durable-objects/catalog/rows';
import { Database } from '../../durable-objects/database';
import { LIMITS, type QueueSettings } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, queueNamed, settings, start } from './fixture';

const changed: QueueSettings = { ...settings, maxReceives: 7 };

describe('put', () => {
	test('makes a queue of the first generation and layout', () =>
		play(async ({ catalog, partitions }) => {
			expect(await catalog.putQueue('orders', settings)).toEqual({
				created: true,
				queue: {
					name: 'orders',
					generation: 1,
					layout: 1,
					version: 1,
					paused: false,
					createdAt: start,
					updatedAt: start,
					settings,
				},
			});
			expect(await catalog.getQueue('orders')).toEqual(accepted(await catalog.putQueue('orders', settings)).queue);
			expect(partitions.heard).toEqual([]);
		}));

	test('with the same settings changes and writes nothing, whatever the order of the fields', () =>
		play(async ({ catalog, partitions, state }) => {
			const made = accepted(await catalog.putQueue('orders', { ...settings, deadLetter: 'orders-dlq' }));
			const before = state.storage.sql.exec('SELECT total_changes() AS n').one();
			const shuffled = Object.fromEntries(Object.entries({ ...settings, deadLetter: 'orders-dlq' }).reverse());
			const again = await catalog.putQueue('orders', shuffled as unknown as QueueSettings);
			expect(again).toEqual({ queue: made.queue, created: false });
			expect(state.storage.sql.exec('SELECT total_changes() AS n').one()).toEqual(before);
			expect(partitions.heard).toEqual([]);
		}));

	test('with other settings is the next version, and tells the partitions', () =>
		play(async ({ catalog, partitions, state }) => {
			await catalog.putQueue('orders', { ...settings, partitions: 3 });
			const put = accepted(await catalog.putQueue('orders', { ...changed, partitions: 3 }));
			expect(put).toMatchObject({ created: false, queue: { version: 2, layout: 1, settings: { maxReceives: 7 } } });
			for (const index of [0, 1, 2]) expect(partitions.state(`orders/1/1/${index}`).configured).toBe(2);
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('is refused above the limit of queues, the dead-letter queue counted', () =>
		play(async ({ catalog, state }) => {
			const database = new Database(state.storage.sql);
			state.storage.transactionSync(() => {
				for (let i = 1; i < LIMITS.queues; i++) insertQueue(database, `q${i}`, { settings }, start);
			});
			const withDeadLetter = { ...settings, deadLetter: 'last-dlq' };
			expect(await catalog.putQueue('last', withDeadLetter)).toMatchObject({ refused: 'too_many_queues' });
			expect(await catalog.getQueue('last')).toMatchObject({ refused: 'queue_not_found' });
			expect(await catalog.putQueue('last', settings)).toMatchObject({ created: true });
			expect(await catalog.putQueue('more', settings)).toMatchObject({ refused: 'too_many_queues' });
			expect(await catalog.patchQueue('last', withDeadLetter)).toMatchObject({ refused: 'too_many_queues' });
			expect(await catalog.putQueue('last', changed)).toMatchObject({ created: false, queue: { version: 2 } });
		}));
});

describe('patch', () => {
	test('changes what it names, backoff field by field', () =>
		play(async ({ catalog }) => {
			await catalog.putQueue('orders', settings);
			const patched = await catalog.patchQueue('orders', {
				delayMs: 5,
				maxReceives: undefined,
				backoff: { factor: 3 },
			});
			expect(patched).toMatchObject({ version: 2 });
			expect((await queueNamed(catalog, 'orders')).settings).toEqual({
				...settings,
				delayMs: 5,
				backoff: { ...settings.backoff, factor: 3 },
			});
		}));

	test('that changes nothing is no new version', () =>
		play(async ({ catalog, partitions }) => {
			await catalog.putQueue('orders', settings);
			expect(await catalog.patchQueue('orders', { delayMs: 0 })).toMatchObject({ version: 1 });
			expect(partitions.heard).toEqual([]);
		}));

	test('of no queue is refused', () =>
		play(async ({ catalog }) => {
			expect(await catalog.patchQueue('orders', {})).toMatchObject({ refused: 'queue_not_found' });
		}));
});

describe('the push to the partitions', () => {
	test('may fail: the change stands, and the alarm pushes again, later and later', () =>
		play(async ({ catalog, partitions, ring, state }) => {
			await catalog.putQueue('orders', settings);
			await catalog.setPaused('orders', true);
			partitions.on('configure', 'orders/1/1/0', lost);
			expect(await catalog.setPaused('orders', false)).toMatchObject({ paused: false, version: 3 });
			expect(await state.storage.getAlarm()).toBeLessThanOrEqual(start + 10_000);
			const waits: number[] = [];
			for (let i = 0; i < 11; i++) {
				const before = Date.now();
				await ring();
				waits.push(Date.now() - before);
			}
			expect(waits.at(-1)).toBe(300_000);
			expect(partitions.state('orders/1/1/0').configured).toBe(2);
			partitions.behave();
			await ring();
			expect(partitions.state('orders/1/1/0').configured).toBe(3);
			expect(await ring()).toBe(false);
		}));

	test('survives a reset, and is made once more by the alarm', () =>
		play(async ({ catalog, partitions, reset, ring }) => {
			await catalog.putQueue('orders', settings);
			const call = pending();
			partitions.on('configure', 'orders/1/1/0', call.reaction);
			void catalog.setPaused('orders', true);
			await call.begun;
			partitions.behave();
			expect(await queueNamed(await reset(), 'orders')).toMatchObject({ paused: true });
			expect(await ring()).toBe(true);
			expect(partitions.state('orders/1/1/0').configured).toBe(2);
		}));

	test('that is overtaken by another change is followed by that one', () =>
		play(async ({ catalog, partitions, state }) => {
			await catalog.putQueue('orders', settings);
			const call = pending();
			partitions.on('configure', 'orders/1/1/0', call.reaction);
			const first = catalog.setPaused('orders', true);
			await call.begun;
			const second = catalog.patchQueue('orders', { delayMs: 1 });
			partitions.behave();
			call.answer(null);
			expect([await first, await second]).toMatchObject([{ version: 2 }, { version: 3 }]);
			expect(partitions.state('orders/1/1/0').configured).toBe(3);
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('carries the location', () =>
		play(async ({ catalog, partitions }) => {
			await catalog.putQueue('orders', { ...settings, location: 'weur' });
			await catalog.setPaused('orders', true);
			expect(partitions.hints).toEqual(['weur']);
		}));
});

describe('pause', () => {
	test('is a version once, and leaves the settings', () =>
		play(async ({ catalog }) => {
			await catalog.putQueue('orders', settings);
			expect(await catalog.setPaused('orders', false)).toMatchObject({ version: 1 });
			expect(await catalog.setPaused('orders', true)).toMatchObject({ version: 2, paused: true, settings });
			expect(await catalog.setPaused('orders', true)).toMatchObject({ version: 2 });
			expect(await catalog.putQueue('orders', changed)).toMatchObject({ queue: { version: 3, paused: true } });
			expect(await catalog.setPaused('other', true)).toMatchObject({ refused: 'queue_not_found' });
		}));
});

describe('list', () => {
	test('pages by name', () =>
		play(async ({ catalog }) => {
			expect(await catalog.listQueues(null, 2)).toEqual({ queues: [], next: null });
			for (const name of ['c', 'a', 'B', 'd']) await catalog.putQueue(name, settings);
			const names = async (after: string | null, limit: number) => {
				const page = await catalog.listQueues(after, limit);
				return [page.queues.map((queue) => queue.name).join(), page.next];
			};
			expect(await names(null, 3)).toEqual(['B,a,c', 'c']);
			expect(await names('c', 3)).toEqual(['d', null]);
			expect(await names(null, 4)).toEqual(['B,a,c,d', null]);
			expect(await names('b', 1)).toEqual(['c', 'c']);
		}));
});
