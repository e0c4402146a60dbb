import { type ServeOptions, type Server, serve } from '../scripts/serve.ts';
import { pause } from './pause.ts';

/** A start is slow on a busy machine; who has not answered by then never will. */
const patienceMs = 60_000;

/** A Sluice that is killed and comes back on the same port and the same disk. */
export class Victim {
	/**
	 * After each kill: ms from the start of the new process to its first successful answer. Null where the next kill
	 * came first.
	 */
	readonly recoveriesMs: (number | null)[] = [];
	#server: Server;
	#recovering: Promise<void> = Promise.resolve();
	readonly #options: ServeOptions;
	readonly #key: string;

	private constructor(server: Server, options: ServeOptions, key: string) {
		this.#server = server;
		this.#options = { ...options, port: Number(new URL(server.url).port) };
		this.#key = key;
		process.once('exit', this.#end);
	}

	static async start(stateDirectory: string, key: string): Promise<Victim> {
		const options = { stateDirectory, secrets: { SLUICE_ROOT_KEY: key }, output: 'ignore' } as const;
		return new Victim(await serve(options), options, key);
	}

	get url(): string {
		return this.#server.url;
	}

	/** As `kill -9`, whatever it is doing. Resolves when the next process listens; it has recovered when `path` is there. */
	async crash(path: string): Promise<void> {
		await this.#server.kill();
		await this.#recovering;
		const begun = performance.now();
		const server = await serve(this.#options);
		this.#server = server;
		this.#recovering = this.#recover(server, path, begun);
	}

	/** After the last kill. Throws where the server does not come back. */
	async recovered(): Promise<void> {
		await this.#recovering;
		if (this.recoveriesMs.at(-1) === null) throw new Error('the server did not come back after a kill');
	}

	async stop(): Promise<void> {
		await this.#server.stop();
		process.off('exit', this.#end);
	}

	async #recover(server: Server, path: string, begun: number): Promise<void> {
		let isGone = false;
		void server.exited.then(() => {
			isGone = true;
		});
		let answers = false;
		while (!answers && !isGone && performance.now() - begun < patienceMs) {
			answers = await this.#answers(server, path);
			if (!answers) await pause(5);
		}
		this.recoveriesMs.push(answers ? performance.now() - begun : null);
	}

	#answers({ url }: Server, path: string): Promise<boolean> {
		const headers = { authorization: `Bearer ${this.#key}` };
		const signal = AbortSignal.timeout(patienceMs);
		return fetch(`${url}/v1/${path}`, { headers, signal }).then(
			async (answer) => (await answer.text()) !== '' && answer.ok,
			() => false,
		);
	}

	/** A run that ends in the middle leaves no server behind. */
	readonly #end = () => {
		try {
			process.kill(this.#server.pid, 'SIGKILL');
		} catch {
			// It has ended before.
		}
	};
}
