import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './bundle.ts';

const name = 'SLUICE_ROOT_KEY';

/** The secrets of a local server; a root key is always among them. */
export type Secrets = Readonly<Record<string, string>> & { readonly [name]: string };

export interface LocalSecrets {
	readonly secrets: Secrets;
	/** The key was made by this call. */
	readonly fresh: boolean;
}

/**
 * Reads a `.dev.vars` file. Where it is missing, or has no root key, it is written from `.dev.vars.example` with a new
 * one: 256 random bits, readable by its owner only.
 */
export function localSecrets(file: string): LocalSecrets {
	const text = existsSync(file) ? readFileSync(file, 'utf8') : readFileSync(join(root, '.dev.vars.example'), 'utf8');
	const found = parseEnv(text) as Record<string, string>;
	const present = found[name];
	if (present !== undefined && present !== '') return { secrets: { ...found, [name]: present }, fresh: false };
	const key = randomBytes(32).toString('hex');
	const line = `${name}=${key}`;
	const place = new RegExp(`^${name}=.*$`, 'm');
	const filled = place.test(text) ? text.replace(place, line) : `${text.trimEnd()}\n${line}\n`;
	writeFileSync(file, filled, { mode: 0o600 });
	return { secrets: { ...found, [name]: key }, fresh: true };
}
