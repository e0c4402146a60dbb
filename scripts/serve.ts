import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type Bundle, bundle } from './bundle.ts';
import { assertUnowned, own } from './state-owner.ts';

/** The executable for this machine. The package brings no types, and is CommonJS. */
const workerd: string = createRequire(import.meta.url)('workerd').default;

/** What a stopping server's running requests get to end in; long polls would hold it for up to 30 s. */
const graceMs = 1_000;

export interface ServeOptions {
	/** Where the objects' databases live; made where it is not there. Refused while another server has it. */
	readonly stateDirectory: string;
	/** Default 0: any free port. */
	readonly port?: number;
	/** Default 127.0.0.1. */
	readonly host?: string;
	/** The root key, and other text bindings that the bundle names. */
	readonly secrets: Readonly<Record<string, string>>;
	/** Default: Sluice, built once per process. */
	readonly bundle?: Bundle;
	/** Where the server's own output goes; default: this process's. */
	readonly output?: 'inherit' | 'ignore';
}

export interface Server {
	readonly url: string;
	readonly pid: number;
	/** Resolves when the process has ended, with how. */
	readonly exited: Promise<Exit>;
	/** Lets running requests end for up to a second, then ends it. What was answered is on disk either way. */
	stop(): Promise<void>;
	/** Ends it at once, as a crash would. */
	kill(): Promise<void>;
}

export interface Exit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** Serves a Worker and its objects under workerd, as a child of this process. Resolves when it listens. */
export async function serve(options: ServeOptions): Promise<Server> {
	const { port = 0, host = '127.0.0.1', secrets, output = 'inherit' } = options;
	const stateDirectory = resolve(options.stateDirectory);
	assertUnowned(stateDirectory);
	const { config } = options.bundle ?? (await ownBundle(Object.keys(secrets)));
	await mkdir(stateDirectory, { recursive: true });
	const command = [
		'serve',
		config,
		...['--directory-path', `state=${stateDirectory}`],
		...['--socket-addr', `http=${host}:${port}`],
		...['--control-fd', '3'],
	];
	const child = spawn(workerd, command, {
		stdio: ['ignore', output, output, 'pipe'],
		env: { ...process.env, ...secrets },
	});
	if (child.pid !== undefined) own(stateDirectory, child.pid);
	const exited = new Promise<Exit>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code, signal) => resolve({ code, signal }));
	});
	const ended = exited.then(({ code, signal }) => {
		throw new Error(`workerd ended before it listened (${signal ?? `code ${code}`})`);
	});
	const listening = await Promise.race([listens(child), ended]);
	// From here on an exit is the caller's business.
	ended.catch(() => {});
	return {
		url: `http://${host === '127.0.0.1' ? 'localhost' : host}:${listening}`,
		pid: child.pid ?? 0,
		exited,
		stop: () => end(child, exited, graceMs),
		kill: () => end(child, exited, 0),
	};
}

const built = new Map<string, Promise<Bundle>>();

/** Sluice's bundle in a temporary folder that goes with the process. */
function ownBundle(secrets: readonly string[]): Promise<Bundle> {
	const name = secrets.join();
	let building = built.get(name);
	if (building === undefined) {
		const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
		process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
		building = bundle({ folder, secrets });
		built.set(name, building);
	}
	return building;
}

/** The port, as workerd tells on its control pipe once it listens. */
async function listens(child: ChildProcess): Promise<number> {
	let text = '';
	for await (const chunk of child.stdio[3] as Readable) {
		text += chunk;
		for (const line of text.split('\n').slice(0, -1)) {
			const message = JSON.parse(line) as { event: string; port?: number };
			if (message.event === 'listen' && message.port !== undefined) return message.port;
		}
	}
	return new Promise(() => {});
}

async function end(child: ChildProcess, exited: Promise<Exit>, patienceMs: number): Promise<void> {
	const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
	if (patienceMs > 0) child.kill('SIGTERM');
	await exited;
	clearTimeout(patience);
}
