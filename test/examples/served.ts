import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, serve } from '../../scripts/serve.ts';

export const rootKey = 'test-root-key-0123456789abcdef';

export interface Figures {
	readonly visible: number;
	readonly leased: number;
	readonly delayed: number;
}

export interface Message {
	readonly body: string;
	readonly key: string | null;
	readonly contentType: string | null;
	readonly attributes: Readonly<Record<string, string>>;
	readonly deadLetter?: object;
}

/** A Sluice of its own on a free port, on a state that goes with it. */
export class Served {
	readonly #server: Server;
	readonly #folder: string;

	private constructor(server: Server, folder: string) {
		this.#server = server;
		this.#folder = folder;
	}

	static async start(): Promise<Served> {
		const folder = mkdtempSync(join(tmpdir(), 'sluice-served-'));
		const secrets = { SLUICE_ROOT_KEY: rootKey };
		return new Served(await serve({ stateDirectory: folder, secrets, output: 'ignore' }), folder);
	}

	get url(): string {
		return this.#server.url;
	}

	/** Throws where the answer is a problem. */
	async call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
		const response = await fetch(`${this.url}/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${rootKey}` },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as Answer;
	}

	async figures(queue: string): Promise<Figures> {
		const { visible, leased, delayed } = (await this.call<{ figures: Figures }>('GET', `queues/${queue}`)).figures;
		return { visible, leased, delayed };
	}

	/** Without touching them. */
	async messages(queue: string): Promise<readonly Message[]> {
		return (await this.call<{ messages: Message[] }>('GET', `queues/${queue}/messages`)).messages;
	}

	async stop(): Promise<void> {
		await this.#server.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
