import { expect, test } from 'vitest';
import { accepted, lost, pending, play, queueNamed, settings } from './fixture';

test('deletion leaves nothing but a generation', () =>
	play(async ({ catalog, partitions, ring, state }) => {
		await catalog.putQueue('orders', { ...settings, partitions: 40 });
		expect(await catalog.deleteQueue('orders', false)).toEqual({ cut: [], subscriptions: [] });
		expect(partitions.heard).toHaveLength(40);
		expect(partitions.state('orders/1/1/39').destroyed).toBe(true);
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		expect(await catalog.deleteQueue('orders', true)).toMatchObject({ refused: 'queue_not_found' });
		expect(accepted(await catalog.putQueue('orders', settings)).queue).toMatchObject({ generation: 2, layout: 1 });
		await ring();
		expect(partitions.heard).toHaveLength(40);
	}));

test('a partition that cannot be reached is destroyed by the alarm, and hides no other', () =>
	play(async ({ catalog, partitions, ring }) => {
		await catalog.putQueue('orders', { ...settings, partitions: 3 });
		partitions.on('destroy', 'orders/1/1/0', lost);
		expect(await catalog.deleteQueue('orders', false)).toEqual({ cut: [], subscriptions: [] });
		expect(await catalog.getQueue('orders')).toMatchObject({ refused: 'queue_not_found' });
		expect(partitions.state('orders/1/1/2').destroyed).toBe(true);
		await ring();
		expect(partitions.state('orders/1/1/0').destroyed).toBe(false);
		partitions.behave();
		await ring();
		expect(partitions.state('orders/1/1/0').destroyed).toBe(true);
	}));

test('a call that fails once is made again at once', () =>
	play(async ({ catalog, partitions, state }) => {
		await catalog.putQueue('orders', settings);
		partitions.on('destroy', 'orders/1/1/0', () => {
			partitions.behave();
			return lost();
		});
		await catalog.deleteQueue('orders', false);
		expect(partitions.state('orders/1/1/0').destroyed).toBe(true);
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));

test('a reset in the middle is taken up, and the queue made meanwhile is another', () =>
	play(async ({ catalog, partitions, reset, ring }) => {
		await catalog.putQueue('orders', { ...settings, partitions: 2 });
		const call = pending();
		partitions.on('destroy', 'orders/1/1/1', call.reaction);
		void catalog.deleteQueue('orders', false);
		await call.begun;
		partitions.behave();
		const next = await reset();
		expect(await next.getQueue('orders')).toMatchObject({ refused: 'queue_not_found' });
		await next.putQueue('orders', { ...settings, partitions: 2 });
		await ring();
		expect(partitions.state('orders/1/1/1').destroyed).toBe(true);
		expect(partitions.state('orders/2/1/1').destroyed).toBe(false);
		expect(await queueNamed(next, 'orders')).toMatchObject({ generation: 2 });
	}));

test('a queue goes while its partitions are being replaced, and the change is refused', () =>
	play(async ({ catalog, partitions, ring, state }) => {
		await catalog.putQueue('orders', settings);
		const call = pending();
		partitions.on('seal', 'orders/1/1/0', call.reaction);
		const patched = catalog.patchQueue('orders', { partitions: 2 });
		await call.begun;
		const deleted = catalog.deleteQueue('orders', false);
		call.answer(null);
		expect(await patched).toMatchObject({ refused: 'queue_not_found' });
		expect(await deleted).toEqual({ cut: [], subscriptions: [] });
		expect(partitions.state('orders/1/1/0').destroyed).toBe(true);
		while (await ring());
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
	}));
