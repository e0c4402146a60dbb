import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Debian packages in a folder of one's own: apt resolves and fetches what the machine lacks of them, and they are unpacked
 * there. Nothing is installed on the machine, no script of a package runs, and removing the folder removes it all.
 */
export class DebianPackages {
	/** Where they are unpacked: it stands for `/`. */
	readonly root: string;
	readonly #folder: string;
	readonly #signal: AbortSignal | undefined;

	constructor(folder: string, signal?: AbortSignal) {
		this.#folder = folder;
		this.#signal = signal;
		this.root = join(folder, 'root');
	}

	/** Throws where the package cannot be had. What the machine has of it and of what it needs is not fetched again. */
	async add(name: string): Promise<void> {
		const archives = join(this.#folder, 'archives', name);
		await mkdir(join(archives, 'partial'), { recursive: true });
		await mkdir(this.root, { recursive: true });
		// Fetching alone changes nothing, so it need not wait for whoever holds apt's lock.
		const settings = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'Debug::NoLocking=1'];
		const fetch = ['-y', '--no-install-recommends', '--download-only', ...settings, 'install', name];
		await this.#run('apt-get', fetch).catch(async () => {
			this.#signal?.throwIfAborted();
			await this.#run('apt-get', ['update']);
			await this.#run('apt-get', fetch);
		});
		for (const archive of await matches('*.deb', archives)) {
			await this.#run('dpkg-deb', ['-x', join(archives, archive), this.root]);
		}
	}

	/** The first file of this pattern, relative to `/`: what was unpacked, else what the machine has. */
	async find(pattern: string): Promise<string | undefined> {
		for (const root of [this.root, '/']) {
			const [path] = await matches(pattern, root);
			if (path !== undefined) return join(root, path);
		}
		return undefined;
	}

	/** This process's, with the unpacked libraries. */
	async environment(): Promise<NodeJS.ProcessEnv> {
		const libraries = await matches('usr/lib/*-linux-gnu*', this.root);
		return { ...process.env, LD_LIBRARY_PATH: libraries.map((library) => join(this.root, library)).join(':') };
	}

	#run(command: string, args: readonly string[]): Promise<void> {
		return run(command, args, { cwd: this.#folder, signal: this.#signal });
	}
}

interface RunOptions {
	readonly cwd: string;
	readonly signal?: AbortSignal | undefined;
}

/** Settles when the program has ended: aborting only asks it to. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<void> {
	const running = promisify(execFile)(command, args, options);
	const ended = once(running.child, 'close').catch(() => {});
	try {
		await running;
	} catch (error) {
		if (running.child.pid !== undefined) await ended;
		throw error;
	}
}

/** What a failed installation says, in a line. */
export function firstLine(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	const lines = message.split('\n').filter((line) => line.trim() !== '');
	return lines.find((line) => /^E:|npm error/.test(line)) ?? lines[0] ?? 'no reason given';
}

async function matches(pattern: string, cwd: string): Promise<string[]> {
	const found: string[] = [];
	for await (const path of glob(pattern, { cwd })) found.push(path);
	return found;
}
