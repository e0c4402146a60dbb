import { expect, test } from 'vitest';
import { accepted, lost, pending, play, queueNamed, settings } from './fixture';

test('a queue is made with its dead-letter queue, which keeps longer and has none itself', () =>
	play(async ({ catalog }) => {
		const wanted = { ...settings, partitions: 8, delayMs: 9, maxBacklog: 3, deadLetter: 'orders-dlq' } as const;
		await catalog.putQueue('orders', { ...wanted, location: 'weur', delivery: 'at-most-once', onPoison: 'block' });
		expect(await queueNamed(catalog, 'orders-dlq')).toMatchObject({ generation: 1, version: 1, paused: false });
		expect((await queueNamed(catalog, 'orders-dlq')).settings).toEqual({
			...settings,
			retentionMs: 14 * 86_400_000,
			location: 'weur',
		});
	}));

test('a dead-letter queue that is there stays as it is', () =>
	play(async ({ catalog }) => {
		const dead = accepted(await catalog.putQueue('dead', { ...settings, partitions: 2 }));
		await catalog.putQueue('orders', { ...settings, deadLetter: 'dead' });
		expect(await catalog.getQueue('dead')).toEqual(dead.queue);
	}));

test('deadLetter null makes none', () =>
	play(async ({ catalog }) => {
		await catalog.putQueue('orders', settings);
		expect((await catalog.listQueues(null, 10)).queues).toHaveLength(1);
	}));

test('a change of deadLetter makes the new one', () =>
	play(async ({ catalog }) => {
		await catalog.putQueue('orders', settings);
		await catalog.patchQueue('orders', { deadLetter: 'dead' });
		expect(await queueNamed(catalog, 'dead')).toMatchObject({ settings: { deadLetter: null } });
	}));

test('dead letters never go round in a circle', () =>
	play(async ({ catalog }) => {
		expect(await catalog.putQueue('a', { ...settings, deadLetter: 'a' })).toMatchObject({
			refused: 'invalid_dead_letter',
		});
		expect(await catalog.getQueue('a')).toMatchObject({ refused: 'queue_not_found' });
		await catalog.putQueue('c', settings);
		await catalog.putQueue('b', { ...settings, deadLetter: 'c' });
		await catalog.putQueue('a', { ...settings, deadLetter: 'b' });
		for (const deadLetter of ['a', 'b', 'c']) {
			const refusal = await catalog.patchQueue('c', { deadLetter });
			// What lies in between is not told.
			const detail = `Dead letters of c would come back to it by way of ${deadLetter}: name another deadLetter, or null.`;
			expect(refusal).toEqual({ refused: 'invalid_dead_letter', detail });
		}
		expect(await catalog.patchQueue('c', { partitions: 2, deadLetter: 'a' })).toMatchObject({
			refused: 'invalid_dead_letter',
			detail: expect.stringContaining('come back to it by way of a'),
		});
	}));

test('a dead-letter queue in use goes only by force, and who used it has none then', () =>
	play(async ({ catalog, partitions }) => {
		for (const name of ['a', 'b']) await catalog.putQueue(name, { ...settings, deadLetter: 'dead' });
		expect(await catalog.deleteQueue('dead', false)).toMatchObject({
			refused: 'queue_in_use',
			detail: expect.stringContaining('a, b'),
		});
		expect(await catalog.deleteQueue('dead', true)).toEqual({ cut: ['a', 'b'], subscriptions: [] });
		expect(await catalog.getQueue('dead')).toMatchObject({ refused: 'queue_not_found' });
		expect(await queueNamed(catalog, 'a')).toMatchObject({ version: 2, settings: { deadLetter: null } });
		expect(partitions.state('b/1/1/0').configured).toBe(2);
		expect(partitions.state('dead/1/1/0').destroyed).toBe(true);
	}));

test('a dead-letter queue is not cut off a queue whose partitions are being replaced', () =>
	play(async ({ catalog, partitions }) => {
		await catalog.putQueue('orders', settings);
		await catalog.putQueue('dead', settings);
		const call = pending();
		partitions.on('seal', 'orders/1/1/0', call.reaction);
		const patched = catalog.patchQueue('orders', { partitions: 2, deadLetter: 'dead' });
		await call.begun;
		expect(await catalog.deleteQueue('dead', false)).toMatchObject({ refused: 'queue_in_use' });
		expect(await catalog.deleteQueue('dead', true)).toMatchObject({ refused: 'settings_stale', retryAfterMs: 1_000 });
		call.answer(null);
		expect(await patched).toMatchObject({ layout: 2, settings: { deadLetter: 'dead' } });
		expect(await catalog.deleteQueue('dead', true)).toEqual({ cut: ['orders'], subscriptions: [] });
	}));

test('a new layout that would close a circle meanwhile is refused at its commit', () =>
	play(async ({ catalog, partitions }) => {
		await catalog.putQueue('a', settings);
		await catalog.putQueue('b', settings);
		const call = pending();
		partitions.on('seal', 'a/1/1/0', call.reaction);
		const patched = catalog.patchQueue('a', { partitions: 2, deadLetter: 'b' });
		await call.begun;
		expect(await catalog.patchQueue('b', { deadLetter: 'a' })).toMatchObject({ version: 2 });
		call.answer(null);
		expect(await patched).toMatchObject({ refused: 'invalid_dead_letter' });
		expect(await queueNamed(catalog, 'a')).toMatchObject({ layout: 1, settings });
		expect(partitions.state('a/1/1/0').sealed).toBe(false);
	}));

test('a queue goes without its dead-letter queue', () =>
	play(async ({ catalog, partitions }) => {
		await catalog.putQueue('orders', { ...settings, deadLetter: 'orders-dlq' });
		partitions.on('destroy', 'orders-dlq/1/1/0', lost);
		expect(await catalog.deleteQueue('orders', false)).toEqual({ cut: [], subscriptions: [] });
		expect(await queueNamed(catalog, 'orders-dlq')).toMatchObject({ generation: 1 });
		expect(partitions.heard).toEqual(['destroy orders/1/1/0']);
	}));
