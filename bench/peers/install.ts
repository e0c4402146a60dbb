import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
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
 * The servers and clients of the comparison in one folder of the benchmark's own: nothing is installed on the machine, no
 * script of a package runs, and removing the folder removes it all.
 */
export class Installation {
	readonly folder: string;
	private readonly root: string;
	private readonly require: NodeJS.Require;
	private readonly signal: AbortSignal;

	private constructor(folder: string, signal: AbortSignal) {
		this.folder = folder;
		this.signal = signal;
		this.root = join(folder, 'root');
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
		for (const root of [this.root, '/']) {
			const [path] = await matches(PROGRAMS[name], root);
			if (path !== undefined) return { path: join(root, path), env: await this.environment() };
		}
		throw new Error(`${DEBIAN_PACKAGES[name]} is not there, and apt-get could not fetch it`);
	}

	private async environment(): Promise<NodeJS.ProcessEnv> {
		const libraries = await matches('usr/lib/*-linux-gnu*', this.root);
		return {
			...process.env,
			LD_LIBRARY_PATH: libraries.map((library) => join(this.root, library)).join(':'),
			PATH: [join(this.root, ERLANG, 'bin'), `/${ERLANG}/bin`, process.env.PATH].join(':'),
		};
	}

	private async clients(): Promise<void> {
		const folder = join(this.folder, 'clients');
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'package.json'), '{ "private": true }');
		const wanted = Object.entries(NPM_PACKAGES).map(([name, version]) => `${name}@${version}`);
		const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel', 'error'];
		await this.run('npm', ['install', '--prefix', folder, '--save-exact', ...quiet, ...wanted]);
	}

	/** Lets apt resolve and fetch what the machine lacks of each, and unpacks it without installing. */
	private async servers(): Promise<void> {
		await mkdir(this.root, { recursive: true });
		for (const name of Object.values(DEBIAN_PACKAGES)) {
			this.signal.throwIfAborted();
			try {
				await this.unpack(name);
			} catch (error) {
				console.error(`  ${name} was not fetched: ${firstLine(error)}`);
			}
		}
		await this.relocateErlang();
	}

	private async unpack(name: string): Promise<void> {
		const archives = join(this.folder, 'archives', name);
		await mkdir(join(archives, 'partial'), { recursive: true });
		// Fetching alone changes nothing, so it need not wait for whoever holds apt's lock.
		const settings = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'Debug::NoLocking=1'];
		const fetch = ['-y', '--no-install-recommends', '--download-only', ...settings, 'install', name];
		await this.run('apt-get', fetch).catch(async () => {
			this.signal.throwIfAborted();
			await this.run('apt-get', ['update']);
			await this.run('apt-get', fetch);
		});
		for (const archive of await matches('*.deb', archives)) {
			await this.run('dpkg-deb', ['-x', join(archives, archive), this.root]);
		}
	}

	/** Settles when the program has ended: aborting only asks it to. */
	private async run(command: string, args: readonly string[]): Promise<void> {
		const running = promisify(execFile)(command, args, { cwd: this.folder, signal: this.signal });
		const ended = once(running.child, 'close').catch(() => {});
		try {
			await running;
		} catch (error) {
			if (running.child.pid !== undefined) await ended;
			throw error;
		}
	}

	/** Debian's `erl` knows where it is installed; here it is elsewhere. */
	private async relocateErlang(): Promise<void> {
		const erl = join(this.root, ERLANG, 'bin', 'erl');
		const text = await readFile(erl, 'utf8').catch(() => undefined);
		if (text === undefined) return;
		await writeFile(erl, text.replaceAll(`=/${ERLANG}`, `=${join(this.root, ERLANG)}`));
		await chmod(erl, 0o755);
	}
}

async function matches(pattern: string, cwd: string): Promise<string[]> {
	const found: string[] = [];
	for await (const path of glob(pattern, { cwd })) found.push(path);
	return found;
}

export function firstLine(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	const lines = message.split('\n').filter((line) => line.trim() !== '');
	return lines.find((line) => /^E:|npm error/.test(line)) ?? lines[0] ?? 'no reason given';
}
