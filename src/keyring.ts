import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Env } from '../durable-objects/env';
import { Problem } from './problems';

/** Shorter root keys can be guessed; `openssl rand -hex 32` makes a good one. */
export const ROOT_KEY_LENGTH = 16;

/** What is derived from one root key: nothing of it is stored anywhere. */
export interface Root {
	/** The root key itself. */
	readonly key: string;
	readonly bytes: Uint8Array;
	/** Seals receipts. */
	readonly receiptKey: Uint8Array;
	/** The secret part of the access key with this id. */
	secretOf(id: string): string;
}

/** The root keys that count, newest first: the current one and, after a rotation, its predecessor. */
export type Keyring = readonly [Root, ...Root[]];

const encoder = new TextEncoder();
let last: { current: string; previous: string | undefined; keyring: Keyring } | undefined;

/** The deployment's keyring; refuses where no root key is set. Derived once per isolate and pair of keys. */
export function keyringOf(env: Env): Keyring {
	const { SLUICE_ROOT_KEY: current, SLUICE_ROOT_KEY_PREVIOUS: previous } = env;
	if (last !== undefined && last.current === current && last.previous === previous) return last.keyring;
	if (current === undefined || current.length < ROOT_KEY_LENGTH) throw notConfigured(current);
	const older = previous !== undefined && previous.length >= ROOT_KEY_LENGTH ? [rootOf(previous)] : [];
	const keyring: Keyring = [rootOf(current), ...older];
	last = { current, previous, keyring };
	return keyring;
}

function rootOf(key: string): Root {
	return {
		key,
		bytes: encoder.encode(key),
		receiptKey: createHmac('sha256', key).update('sluice receipts v1').digest(),
		secretOf: (id) => createHmac('sha256', key).update(`sluice access key v1:${id}`).digest('base64url'),
	};
}

/** Compares in constant time; only the length shows. */
export function sameText(text: string, expected: Uint8Array): boolean {
	const bytes = encoder.encode(text);
	return bytes.byteLength === expected.byteLength && timingSafeEqual(bytes, expected);
}

function notConfigured(key: string | undefined): Problem {
	const why = key === undefined || key === '' ? 'is not set' : `has fewer than ${ROOT_KEY_LENGTH} characters`;
	return new Problem(
		'not_configured',
		`SLUICE_ROOT_KEY ${why}. Make one with "openssl rand -hex 32" and set it with "wrangler secret put SLUICE_ROOT_KEY", ` +
			'or on your own machine in the file .dev.vars as SLUICE_ROOT_KEY=...',
	);
}
