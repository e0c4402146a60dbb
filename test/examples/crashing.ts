import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServeOptions, type Server, serve } from '../../scripts/serve.ts';
import { rootKey } from './served.ts';

/** The next request to a path that ends so. `request`: the server dies while it is on its way; `answer`: when it is done. */
export interface Fault {
	readonly path: string;
	readonly lost: 'request' | 'answer';
}

/** A Sluice that dies as by `kill -9`, and comes back on the same port and state. */
export class Crashing {
	crashes = 0;
	#server: Server;
	readonly #options: ServeOptions;
	#armed: (Fault & { readonly over: () => void }) | undefined;

	private constructor(server: Server, options: ServeOptions) {
		this.#server = server;
		this.#options = { ...options, port: Number(new URL(server.url).port) };
	}

	static async start(): Promise<Crashing> {
		const stateDirectory = mkdtempSync(join(tmpdir(), 'sluice-crashing-'));
		const options = { stateDirectory, secrets: { SLUICE_ROOT_KEY: rootKey }, output: 'ignore' } as const;
		return new Crashing(await serve(options), options);
	}

	get url(): string {
		return this.#server.url;
	}

	/** Resolves when it has happened, and the server is there again. */
	arm(fault: Fault): Promise<void> {
		return new Promise((over) => {
			this.#armed = { ...fault, over };
		});
	}

	/** As fetch, but for the request that the armed fault is about. */
	readonly fetch: typeof fetch = async (input, init) => {
		const answering = fetch(input, init);
		if (!this.#isAbout(input, 'request')) {
			const answer = await answering;
			if (!this.#isAbout(input, 'answer')) return answer;
		}
		await Promise.all([this.#crash(), answering.then((answer) => answer.text()).catch(() => undefined)]);
		throw new TypeError('the connection was lost');
	};

	#isAbout(input: Parameters<typeof fetch>[0], lost: Fault['lost']): boolean {
		return this.#armed?.lost === lost && String(input).endsWith(this.#armed.path);
	}

	async #crash(): Promise<void> {
		const over = this.#armed?.over;
		this.#armed = undefined;
		await this.#server.kill();
		this.#server = await serve(this.#options);
		this.crashes++;
		over?.();
	}

	async stop(): Promise<void> {
		await this.#server.stop();
		rmSync(this.#options.stateDirectory, { recursive: true, force: true });
	}
}
