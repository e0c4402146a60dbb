import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './bundle.ts';
import { DebianPackages, firstLine } from './debian.ts';

/**
 * The Python clients of SQS and SNS that the tests run, as Debian has them: old enough to speak the Query protocol. pycurl is
 * what kombu's own HTTP client needs.
 */
export const PYTHON_CLIENTS = ['python3-boto3', 'awscli', 'python3-kombu', 'python3-pycurl', 'python3-celery'] as const;

export type PythonClient = (typeof PYTHON_CLIENTS)[number];

/** What the tests start, plain values all of it. */
export interface PythonInstallation {
	/** Undefined where there is no Python. */
	readonly python: string | undefined;
	readonly aws: string | undefined;
	/** With the paths that Python needs to find what was unpacked. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Why it could not be had, per client. */
	readonly missing: Partial<Readonly<Record<PythonClient, string>>>;
}

/** Goes with the modules that `npm ci` makes anew. */
const folder = join(root, 'node_modules/.cache/sluice-python-clients');
const stamp = join(folder, 'complete');

/** Fetches the clients unless an earlier call has, and answers how to start them and which are missing. */
export async function installPythonClients(): Promise<PythonInstallation> {
	const packages = new DebianPackages(folder);
	const missing: Partial<Record<PythonClient, string>> = {};
	const wanted = await wantedHere();
	if ((await readFile(stamp, 'utf8').catch(() => '')) !== wanted) {
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder, { recursive: true });
		for (const name of PYTHON_CLIENTS) {
			await packages.add(name).catch((error: unknown) => {
				missing[name] = firstLine(error);
			});
		}
		if (Object.keys(missing).length === 0) await writeFile(stamp, wanted);
	}
	return {
		python: await packages.find('usr/bin/python3'),
		aws: await packages.find('usr/bin/aws'),
		env: { ...(await packages.environment()), PYTHONPATH: join(packages.root, 'usr/lib/python3/dist-packages') },
		missing,
	};
}

/** Packages fit one release of Debian: after an upgrade of the machine they are fetched anew. */
async function wantedHere(): Promise<string> {
	const release = existsSync('/etc/os-release') ? await readFile('/etc/os-release', 'utf8') : process.platform;
	return `${PYTHON_CLIENTS.join(' ')}\n${release}`;
}

if (import.meta.main) {
	const { missing } = await installPythonClients();
	for (const [name, why] of Object.entries(missing)) console.error(`${name} is missing: ${why}`);
	process.exitCode = Object.keys(missing).length === 0 ? 0 : 1;
}
