import { expect, test, vi } from 'vitest';
import { putKey } from '../../durable-objects/catalog/keys';
import type { NewAccessKey } from '../../durable-objects/catalog-protocol';
import { Database } from '../../durable-objects/database';
import { LIMITS } from '../../durable-objects/protocol';
import { play, start } from './fixture';

const key: NewAccessKey = { id: 'k1', name: 'shop', actions: ['publish', 'consume'], patterns: ['orders*'] };

test('a key is written, read, listed by age and revoked', () =>
	play(async ({ catalog }) => {
		expect(await catalog.putKey(key)).toEqual({ ...key, createdAt: start });
		vi.setSystemTime(start + 5);
		await catalog.putKey({ ...key, id: 'a2' });
		expect(await catalog.getKey('k1')).toEqual({ ...key, createdAt: start });
		expect((await catalog.listKeys()).map(({ id }) => id)).toEqual(['k1', 'a2']);
		expect(await catalog.deleteKey('k1')).toBeNull();
		expect(await catalog.getKey('k1')).toMatchObject({ refused: 'key_not_found' });
		expect(await catalog.deleteKey('k1')).toMatchObject({ refused: 'key_not_found' });
	}));

test('the same id again replaces the key, its age stays', () =>
	play(async ({ catalog }) => {
		await catalog.putKey(key);
		vi.setSystemTime(start + 5);
		const changed = { ...key, actions: ['manage'] as const, createdAt: start };
		expect(await catalog.putKey({ ...key, actions: ['manage'] })).toEqual(changed);
		expect(await catalog.listKeys()).toEqual([changed]);
	}));

test('keys are limited; a known one can still be replaced', () =>
	play(async ({ catalog, state }) => {
		const database = new Database(state.storage.sql);
		for (let i = 1; i <= LIMITS.keys; i++) putKey(database, { ...key, id: `k${i}` }, start);
		expect(await catalog.putKey({ ...key, id: 'more' })).toMatchObject({ refused: 'too_many_keys' });
		expect(await catalog.putKey(key)).toMatchObject({ id: 'k1' });
	}));
