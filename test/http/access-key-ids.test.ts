import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../durable-objects/limits';
import { callerOfAccessKeyId, secretsOf } from '../../src/auth';
import { ask, newKey, ROOT_KEY } from './client';

afterEach(() => void vi.useRealTimers());

const NEXT_KEY = 'the-next-root-key-0123456789';
const rotated = { ...env, SLUICE_ROOT_KEY: NEXT_KEY, SLUICE_ROOT_KEY_PREVIOUS: ROOT_KEY };

const STRANGERS = [
	'',
	'Root',
	'root_',
	'AKIAIOSFODNN7EXAMPLE',
	'slk',
	'slk_',
	'slk_xyz',
	'slk_AB',
	'slk_ab_cd',
	'SLK_ab',
];
const tooLong = `slk_${'a'.repeat(65)}`;

describe('the secrets of an access key id', () => {
	it('are the one that was shown when it was made, and after a rotation that of the new root key before it', async () => {
		const { accessKeyId, secretAccessKey } = await newKey(['manage'], ['*']);
		expect(secretsOf(accessKeyId, env)).toEqual([secretAccessKey]);
		const [newest, ...older] = secretsOf(accessKeyId, rotated);
		expect(older).toEqual([secretAccessKey]);
		expect(newest).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(newest).not.toBe(secretAccessKey);
	});

	it('are the root keys themselves for "root", newest first', () => {
		expect(secretsOf('root', env)).toEqual([ROOT_KEY]);
		expect(secretsOf('root', rotated)).toEqual([NEXT_KEY, ROOT_KEY]);
	});

	it.each([...STRANGERS, tooLong])('are none for what can be no id: %j', async (accessKeyId) => {
		expect(secretsOf(accessKeyId, rotated)).toEqual([]);
		expect(await callerOfAccessKeyId(accessKeyId, env)).toBeNull();
	});

	it('are refused where there is no root key', () => {
		expect(() => secretsOf('root', { ...env, SLUICE_ROOT_KEY: '' })).toThrow('SLUICE_ROOT_KEY is not set');
	});
});

describe('the caller of an access key id', () => {
	it('is the root key, or what a key may do', async () => {
		const { accessKeyId } = await newKey(['publish'], ['orders-*']);
		expect(await callerOfAccessKeyId('root', env)).toEqual({ name: 'root' });
		const scope = { actions: ['publish'], patterns: ['orders-*'] };
		expect(await callerOfAccessKeyId(accessKeyId, env)).toEqual({ name: 'tester', scope });
	});

	it('is nobody for a key that was deleted, or that never was', async () => {
		const { id, accessKeyId } = await newKey(['publish'], ['*']);
		expect(await callerOfAccessKeyId(accessKeyId, env)).not.toBeNull();
		await ask('DELETE', `/v1/keys/${id}`);
		expect(await callerOfAccessKeyId(accessKeyId, env)).toBeNull();
		expect(await callerOfAccessKeyId('slk_00', env)).toBeNull();
	});

	it('is remembered for a while, as bearers are', async () => {
		vi.useFakeTimers({ toFake: ['Date'] });
		const { id, accessKeyId } = await newKey(['publish'], ['*']);
		expect(await callerOfAccessKeyId(accessKeyId, env)).not.toBeNull();
		await env.CATALOG.getByName('catalog').deleteKey(id);
		expect(await callerOfAccessKeyId(accessKeyId, env)).not.toBeNull();
		vi.setSystemTime(Date.now() + LIMITS.cacheMs);
		expect(await callerOfAccessKeyId(accessKeyId, env)).toBeNull();
	});
});
