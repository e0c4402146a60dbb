import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundle } from '../scripts/bundle.ts';
import { type Server, serve } from '../scripts/serve.ts';
import { Client } from './client.ts';

const ROOT_KEY = randomBytes(24).toString('hex');
export const SECRETS = { SLUICE_ROOT_KEY: ROOT_KEY };

const CONFIGS = {
	sluice: undefined,
	ping: fileURLToPath(new URL('workers/ping.toml', import.meta.url)),
	counting: fileURLToPath(new URL('workers/counting.toml', import.meta.url)),
};

export type Kind = keyof typeof CONFIGS;

export interface Running extends Server {
	readonly client: Client;
	readonly kind: Kind;
	readonly stateDirectory: string;
}

/** Servers and their files in one temporary folder; all of it goes with `close`. */
export class Servers {
	private readonly bundles = new Map<Kind, Promise<Bundle>>();
	private readonly running = new Set<Running>();
	private readonly folder: string;

	private constructor(folder: string) {
		this.folder = folder;
	}

	static async open(): Promise<Servers> {
		return new Servers(await mkdtemp(join(tmpdir(), 'sluice-bench-')));
	}

	/** State of the same name is found again. */
	async start(kind: Kind, state: string): Promise<Running> {
		const stateDirectory = join(this.folder, 'state', state);
		const options = { stateDirectory, secrets: SECRETS, bundle: await this.bundle(kind), output: 'ignore' } as const;
		const server = await serve(options);
		const client = new Client(server.url, ROOT_KEY);
		const running = { ...server, kind, client, stateDirectory };
		this.running.add(running);
		return running;
	}

	async stop(server: Running): Promise<void> {
		this.running.delete(server);
		server.client.close();
		await server.stop();
	}

	async close(): Promise<void> {
		await Promise.all([...this.running].map((server) => this.stop(server)));
		await rm(this.folder, { recursive: true, force: true });
	}

	bundle(kind: Kind): Promise<Bundle> {
		const known = this.bundles.get(kind);
		if (known !== undefined) return known;
		const secrets = kind === 'ping' ? [] : Object.keys(SECRETS);
		const made = bundle({ wranglerConfig: CONFIGS[kind], folder: join(this.folder, 'bundle', kind), secrets });
		this.bundles.set(kind, made);
		return made;
	}
}
