import type { AccessAction, AccessKey } from '../durable-objects/catalog-protocol';
import type { Env } from '../durable-objects/env';
import { isRefusal, LIMITS } from '../durable-objects/protocol';
import { Cache } from './cache';
import { catalogOf } from './catalog';
import { keyringOf, sameText } from './keyring';
import { matches } from './patterns';
import { Problem } from './problems';

export const ACTIONS = ['publish', 'consume', 'manage'] as const satisfies readonly AccessAction[];

/** Who asks: the root key, or a scoped one. */
export interface Caller {
	/** The key's name, or "root": the consumer that a receive shows where it names none. */
	readonly name: string;
	/** Absent for the root key, which may do everything. */
	readonly scope?: { readonly actions: readonly AccessAction[]; readonly patterns: readonly string[] };
}

const ROOT: Caller = Object.freeze({ name: 'root' });
const PREFIX = 'slk_';
export const KEY_ID = /^[0-9a-f]{1,64}$/;
const encoder = new TextEncoder();

/** The caller of a known key id, or null for a key that was deleted. */
const callers = new Cache<Caller | null>(LIMITS.cacheMs, 2 * LIMITS.keys);

/** Who sent this request; refuses where Sluice has no root key or the request has no valid key. */
export function authenticate(request: Request, env: Env): Caller | Promise<Caller> {
	const keyring = keyringOf(env);
	const header = request.headers.get('authorization');
	if (header === null) throw unauthenticated('Send the header "authorization: Bearer <key>".');
	const key = /^bearer +(\S+)$/i.exec(header)?.[1];
	if (key === undefined) throw unauthenticated('The authorization header must read "Bearer <key>".');
	if (keyring.some((root) => sameText(key, root.bytes))) return ROOT;
	const id = accessKeyId(key);
	const secret = id === null ? '' : key.slice(PREFIX.length + id.length + 1);
	const known = id !== null && keyring.some((root) => sameText(secret, encoder.encode(root.secretOf(id))));
	if (!known) throw unauthenticated('The key is not known: is it complete, and of this deployment?');
	return callerOf(id, env);
}

/** An access key as one text, and as the two of clients that sign with the second; answered once when it is made. */
export function accessKey(id: string, env: Env) {
	const accessKeyId = `${PREFIX}${id}`;
	const secretAccessKey = keyringOf(env)[0].secretOf(id);
	return { key: `${accessKeyId}_${secretAccessKey}`, accessKeyId, secretAccessKey };
}

/**
 * The secrets that may belong to an access key id, newest root key first: the root keys themselves of "root"; none of what
 * can be no such id. Whether the key still is, `callerOfAccessKeyId` says.
 */
export function secretsOf(accessKeyId: string, env: Env): readonly string[] {
	const keyring = keyringOf(env);
	if (accessKeyId === ROOT.name) return keyring.map((root) => root.key);
	const id = idIn(accessKeyId);
	return id === null ? [] : keyring.map((root) => root.secretOf(id));
}

/** Whose access key id this is; null where it can be none, or the key was deleted. Its secret is the caller's to check. */
export async function callerOfAccessKeyId(accessKeyId: string, env: Env): Promise<Caller | null> {
	if (accessKeyId === ROOT.name) return ROOT;
	const id = idIn(accessKeyId);
	return id === null ? null : knownCaller(id, env);
}

/** What stands behind the prefix is an id, as keys are made with. */
function idIn(accessKeyId: string): string | null {
	const id = accessKeyId.startsWith(PREFIX) ? accessKeyId.slice(PREFIX.length) : '';
	return KEY_ID.test(id) ? id : null;
}

/** A deleted key is refused here at once, in other isolates when their cache ends (LIMITS.cacheMs). */
export function forgetKey(id: string): void {
	callers.drop(id);
}

function accessKeyId(key: string): string | null {
	if (!key.startsWith(PREFIX)) return null;
	const end = key.indexOf('_', PREFIX.length);
	return end === -1 ? null : key.slice(PREFIX.length, end);
}

async function callerOf(id: string, env: Env): Promise<Caller> {
	const caller = await knownCaller(id, env);
	if (caller === null) throw unauthenticated('The key has been deleted.');
	return caller;
}

/** Null for one that was deleted. */
async function knownCaller(id: string, env: Env): Promise<Caller | null> {
	const now = Date.now();
	let caller = callers.get(id, now);
	if (caller === undefined) {
		const record = await catalogOf(env).getKey(id);
		caller = isRefusal(record) ? null : scopedCaller(record);
		callers.set(id, caller, now);
	}
	return caller;
}

function scopedCaller({ name, actions, patterns }: AccessKey): Caller {
	return { name, scope: { actions, patterns } };
}

/** Refuses where the caller may not do this to the queue or topic; without a name, the action alone counts. */
export function authorize(caller: Caller, action: AccessAction, name?: string): void {
	const { scope } = caller;
	if (scope === undefined) return;
	if (!scope.actions.includes(action)) {
		throw new Problem('forbidden', `The key "${caller.name}" lacks the action "${action}".`);
	}
	if (name !== undefined && !covers(caller, name)) {
		throw new Problem('forbidden', `The key "${caller.name}" has no pattern that matches "${name}".`);
	}
}

export function authorizeRoot(caller: Caller): void {
	if (caller.scope !== undefined) throw new Problem('forbidden', 'Only the root key may do this.');
}

/** May the caller see a queue or topic of this name? */
export function covers(caller: Caller, name: string): boolean {
	return caller.scope === undefined || caller.scope.patterns.some((pattern) => matches(pattern, name));
}

function unauthenticated(detail: string): Problem {
	return new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer realm="sluice"' } });
}
