import { type ExecFileException, execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { PythonClient } from '../../../scripts/python-clients.ts';
import { endpoint, region, rootCredentials } from '../clients.ts';

const { python, aws, env, missing } = inject('pythonClients');

export const pythonProgram = python ?? 'python3';

/** Whether a suite must be skipped; the set-up has told why. */
export function isMissing(...clients: readonly PythonClient[]): boolean {
	return python === undefined || clients.some((client) => missing[client] !== undefined);
}

/** How an application is told where to go: nothing in its code changes. */
export const environment: NodeJS.ProcessEnv = {
	...env,
	AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
	AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
	AWS_DEFAULT_REGION: region,
	AWS_CONFIG_FILE: '/dev/null',
	AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
	AWS_PAGER: '',
	ENDPOINT: endpoint,
	// Started some twenty times: what is compiled once is kept with the packages.
	PYTHONDONTWRITEBYTECODE: '',
};

export interface Ran {
	readonly code: number;
	readonly output: string;
	readonly errors: string;
}

/** A Python program to its end, whatever that is. */
export async function ran(...args: readonly string[]): Promise<Ran> {
	try {
		const { stdout, stderr } = await promisify(execFile)(pythonProgram, args, { env: environment });
		return { code: 0, output: stdout, errors: stderr };
	} catch (error) {
		const { code, stdout = '', stderr = '' } = error as ExecFileException & { stdout?: string; stderr?: string };
		if (typeof code !== 'number') throw error;
		return { code, output: stdout, errors: stderr };
	}
}

export function script(name: string): string {
	return fileURLToPath(new URL(name, import.meta.url));
}

/** `aws …` against this Sluice. Debian's version has no AWS_ENDPOINT_URL yet. */
export function awsCli(...args: readonly string[]): Promise<Ran> {
	return ran(aws ?? 'aws', '--endpoint-url', endpoint, '--output', 'json', ...args);
}
