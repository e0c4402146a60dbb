import { describe, expect, test } from 'vitest';
import { refuse } from '../../durable-objects/protocol';
import { accepted, lost, pending, play, queueNamed, settings, start } from './fixture';

const notEmpty = refuse('queue_not_empty', 'Messages are left.');
const two = { ...settings, partitions: 2 };

describe('a new layout', () => {
	test('comes with another number of partitions: old ones are sealed, and destroyed a while later', () =>
		play(async ({ catalog, partitions, ring }) => {
			await catalog.putQueue('orders', two);
			expect(await catalog.patchQueue('orders', { partitions: 3, delayMs: 4 })).toMatchObject({
				generation: 1,
				layout: 2,
				version: 2,
				settings: { partitions: 3, delayMs: 4 },
			});
			expect(partitions.heard).toEqual(['seal orders/1/1/0', 'seal orders/1/1/1']);
			while (partitions.heard.length === 2) expect(await ring()).toBe(true);
			expect(Date.now() - start).toBe(60_000);
			expect(partitions.heard.slice(2)).toEqual(['destroy orders/1/1/0', 'destroy orders/1/1/1']);
			expect(await ring()).toBe(false);
		}));

	test('comes with another location, and makes the dead-letter queue', () =>
		play(async ({ catalog }) => {
			await catalog.putQueue('orders', settings);
			const put = await catalog.putQueue('orders', { ...settings, location: 'apac', deadLetter: 'orders-dlq' });
			expect(put).toMatchObject({ created: false, queue: { layout: 2, settings: { location: 'apac' } } });
			expect(await queueNamed(catalog, 'orders-dlq')).toMatchObject({ settings: { location: 'apac' } });
		}));

	test('keeps the pause', () =>
		play(async ({ catalog }) => {
			await catalog.putQueue('orders', settings);
			await catalog.setPaused('orders', true);
			expect(await catalog.patchQueue('orders', { partitions: 2 })).toMatchObject({ layout: 2, paused: true });
		}));
});

describe('a layout whose partitions are not all empty', () => {
	test('stays: what was sealed is unsealed, under a version that fences late seals', () =>
		play(async ({ catalog, partitions, state }) => {
			await catalog.putQueue('orders', { ...settings, partitions: 20 });
			partitions.on('seal', 'orders/1/1/3', () => notEmpty);
			expect(await catalog.patchQueue('orders', { partitions: 2, deadLetter: 'dead' })).toEqual(notEmpty);
			expect(await queueNamed(catalog, 'orders')).toMatchObject({ layout: 1, version: 2, updatedAt: start });
			expect((await queueNamed(catalog, 'orders')).settings).toEqual({ ...settings, partitions: 20 });
			for (let i = 0; i < 20; i++)
				expect(partitions.state(`orders/1/1/${i}`)).toMatchObject({ sealed: false, configured: 2 });
			expect(partitions.heard).not.toContain('seal orders/1/1/19');
			expect(await catalog.getQueue('dead')).toMatchObject({ refused: 'queue_not_found' });
			expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		}));

	test('stays when a partition cannot be reached', () =>
		play(async ({ catalog, partitions }) => {
			await catalog.putQueue('orders', two);
			partitions.on('seal', 'orders/1/1/1', lost);
			const refusal = {
				refused: 'settings_stale',
				retryAfterMs: 1_000,
				detail: expect.stringContaining('did not answer'),
			};
			expect(await catalog.patchQueue('orders', { partitions: 3 })).toEqual(refusal);
			expect(partitions.state('orders/1/1/0').sealed).toBe(false);
			partitions.behave();
			expect(await catalog.patchQueue('orders', { partitions: 3 })).toMatchObject({ layout: 2 });
		}));

	test('is unsealed by the alarm where that could not be done at once; other changes wait for it', () =>
		play(async ({ catalog, partitions, ring }) => {
			await catalog.putQueue('orders', two);
			partitions.on('seal', 'orders/1/1/1', () => notEmpty);
			partitions.on('unseal', 'orders/1/1/0', lost);
			expect(await catalog.patchQueue('orders', { partitions: 3 })).toEqual(notEmpty);
			expect(partitions.state('orders/1/1/0').sealed).toBe(true);
			const busy = { refused: 'settings_stale', retryAfterMs: 1_000 };
			expect(await catalog.patchQueue('orders', { partitions: 3 })).toMatchObject(busy);
			expect(await catalog.setPaused('orders', true)).toMatchObject(busy);
			partitions.behave();
			await ring();
			expect(partitions.state('orders/1/1/0').sealed).toBe(false);
			expect(await catalog.setPaused('orders', true)).toMatchObject({ paused: true });
		}));
});

describe('while partitions are being sealed', () => {
	test('other changes are refused; the same one gets the same answer', () =>
		play(async ({ catalog, partitions }) => {
			await catalog.putQueue('orders', settings);
			const call = pending();
			partitions.on('seal', 'orders/1/1/0', call.reaction);
			const first = catalog.putQueue('orders', two);
			await call.begun;
			const busy = { refused: 'settings_stale', retryAfterMs: 1_000 };
			expect(await catalog.putQueue('orders', settings)).toMatchObject(busy);
			expect(await catalog.patchQueue('orders', { delayMs: 1 })).toMatchObject(busy);
			expect(await catalog.setPaused('orders', true)).toMatchObject(busy);
			expect(await queueNamed(catalog, 'orders')).toMatchObject({ layout: 1, version: 1 });
			const again = catalog.patchQueue('orders', { partitions: 2 });
			call.answer(null);
			const put = accepted(await first);
			expect(put.queue).toMatchObject({ layout: 2, version: 2 });
			expect(await again).toEqual(put.queue);
			expect(partitions.heard).toEqual(['seal orders/1/1/0']);
		}));

	for (const empty of [true, false]) {
		test(`a reset is taken up by the alarm, to its ${empty ? 'good' : 'other'} end`, () =>
			play(async ({ catalog, partitions, reset, ring, state }) => {
				await catalog.putQueue('orders', two);
				const call = pending();
				partitions.on('seal', 'orders/1/1/1', call.reaction);
				void catalog.putQueue('orders', settings);
				await call.begun;
				expect(partitions.state('orders/1/1/0').sealed).toBe(true);
				partitions.behave();
				if (!empty) partitions.on('seal', 'orders/1/1/1', () => notEmpty);
				const next = await reset();
				expect(await queueNamed(next, 'orders')).toMatchObject({ layout: 1 });
				await ring();
				expect(await queueNamed(next, 'orders')).toMatchObject({ layout: empty ? 2 : 1, version: 2 });
				expect(partitions.state('orders/1/1/0').sealed).toBe(empty);
				while (await ring());
				expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
				expect(partitions.state('orders/1/1/0').destroyed).toBe(empty);
			}));
	}

	test('a reset between refusal and unsealing is taken up too', () =>
		play(async ({ catalog, partitions, reset, ring }) => {
			await catalog.putQueue('orders', two);
			const call = pending();
			partitions.on('seal', 'orders/1/1/1', () => notEmpty);
			partitions.on('unseal', 'orders/1/1/0', call.reaction);
			void catalog.putQueue('orders', settings);
			await call.begun;
			partitions.behave();
			await reset();
			await ring();
			expect(partitions.state('orders/1/1/0')).toMatchObject({ sealed: false, configured: 2 });
		}));
});
