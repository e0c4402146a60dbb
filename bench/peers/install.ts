import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DebianPackages, firstLine, run } from '../../scripts/debian.ts';
import { DEBIAN_PACKAGES, NPM_PACKAGES, type ServerName } from './versions.ts';

/** Where each server's programs are, relative to `/` or to the folder that its package was unpacked in. */
const PROGRAMS: Readonly<Record<ServerName, string>> = {
	redis: 'usr/bin/redis-server',
	postgres: 'usr/lib/postgresql/*/bin/postgres',
	rabbitmq: 'usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server',
};

const ERLANG = 'usr/lib/erlang';

/** A server's program, with the environment that it needs to find what was unpacked beside it. */
export interface Program {
	readonly path: string;
	readonly env: NodeJS.ProcessEnv;
}

/**
 * The servers and clients of the comparison in one folder of the benchmark's own: nothing is installed on the machine, and
 * removing the folder removes it all.
 */
export class Installation {
	readonly folder: string;
	private readonly packages: DebianPackages;
	private readonly require: NodeJS.Require;
	private readonly signal: AbortSignal;

	private constructor(folder: string, signal: AbortSignal) {
		this.folder = folder;
		this.signal = signal;
		this.packages = new DebianPackages(folder, signal);
		this.require = createRequire(join(folder, 'clients', 'from.js'));
	}

	/**
	 * Throws where the clients cannot be had; a server that cannot be had is missed when its program is asked for. When it
	 * has settled nothing writes to the folder any more, also after `signal`.
	 */
	static async make(folder: string, signal: AbortSignal): Promise<Installation> {
		await mkdir(folder, { recursive: true });
		const installation = new Installation(folder, signal);
		const parts = await Promise.allSettled([installation.clients(), installation.servers()]);
		for (const part of parts) if (part.status === 'rejected') throw part.reason;
		return installation;
	}

	/** Imports a client by its path: the repository does not depend on it. */
	async client<Module>(name: keyof typeof NPM_PACKAGES): Promise<Module> {
		const module = await import(pathToFileURL(this.require.resolve(name)).href);
		// A CommonJS package's exports are its default one.
		return { ...module.default, ...module } as Module;
	}

	/** What was unpacked, else what the machine has. */
	async program(name: ServerName): Promise<Program> {
		const path = await this.packages.find(PROGRAMS[name]);
		if (path !== undefined) return { path, env: await this.environment() };
		throw new Error(`${DEBIAN_PACKAGES[name]} is not there, and apt-get could not fetch it`);
	}

	private async environment(): Promise<NodeJS.ProcessEnv> {
		const PATH = [join(this.packages.root, ERLANG, 'bin'), `/${ERLANG}/bin`, process.env.PATH].join(':');
		return { ...(await this.packages.environment()), PATH };
	}

	private async clients(): Promise<void> {
		const folder = join(this.folder, 'clients');
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }');
		const wanted = Object.entries(NPM_PACKAGES).map(([name, version]) => `${name}@${version}`);
		const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'];
		const install = ['install', '--prefix', folder, '--save-exact', ...quiet, ...wanted];
		await run('npm', install, { cwd: this.folder, signal: this.signal });
	}

	private async servers(): Promise<void> {
		for (const name of Object.values(DEBIAN_PACKAGES)) {
			this.signal.throwIfAborted();
			try {
				await this.packages.add(name);
			} catch (error) {
				console.error(`  ${name} was not fetched: ${firstLine(error)}`);
			}
		}
		await this.relocateErlang();
	}

	/** Debian's `erl` knows where it is installed; here it is elsewhere. */
	private async relocateErlang(): Promise<void> {
		const erl = join(this.packages.root, ERLANG, 'bin', 'erl');
		const text = await readFile(erl, 'utf8').catch(() => undefined);
		if (text === undefined) return;
		await writeFile(erl, text.replaceAll(`=/${ERLANG}`, `=${join(this.packages.root, ERLANG)}`));
		await chmod(erl, 0o755);
	}
}
