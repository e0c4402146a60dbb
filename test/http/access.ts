import { ask, newKey, newName } from './client';

// Who may do what: tables of kinds of keys, for the native API and for AWS's.

export interface Table {
	readonly kinds: readonly string[];
	/** What each kind of key is answered where a route or action needs this. */
	readonly expected: (need: string) => Record<string, string>;
}

/** A column per kind of key, a row per need, the spaces in whose name are underscores. */
export function tableOf(text: string): Table {
	const lines = text.trim().split('\n');
	const [[, ...kinds] = [], ...rows] = lines.map((line) => line.trim().split(/ +/));
	const expected = (need: string) => {
		const [, ...cells] = rows.find(([name]) => name === need.replace(' ', '_')) ?? [];
		return Object.fromEntries(kinds.map((kind, index) => [kind, cells[index] ?? 'no such row']));
	};
	return { kinds, expected };
}

/** `publish`, `consume` and `manage` may do that alone, to names that begin so; `elsewhere` may do all, to other names. */
export async function scopedKeys(prefix: string) {
	const all = ['publish', 'consume', 'manage'];
	const made = (actions: string[], pattern = `${prefix}*`) => newKey(actions, [pattern]);
	const revoked = await newKey(all, ['*']);
	await ask('DELETE', `/v1/keys/${revoked.id}`);
	return {
		revoked,
		publish: await made(['publish']),
		consume: await made(['consume']),
		manage: await made(['manage']),
		elsewhere: await made(all, `${newName()}*`),
		all: await made(all),
	};
}
