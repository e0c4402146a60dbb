import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, serve } from '../../scripts/serve.ts';

const rootKey = 'test-root-key-0123456789abcdef';

/** A request beyond so many waits here for its turn: workerd takes two descriptors for each, and ends when it has none left. */
const connections = 2_000;

export interface Answer {
	readonly status: number;
	/** Seconds; undefined where the answer has no such header. */
	readonly retryAfter: number | undefined;
	readonly contentType: string | undefined;
	readonly text: string;
}

export interface Message {
	readonly body: string;
	readonly receipt: string;
	readonly attempt: number;
}

/** A Sluice of its own on a free port and on a disk that goes with it, and a great many connections to it. */
export class Site {
	readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });
	readonly #server: Server;
	readonly #folder: string;
	readonly #address: { readonly host: string; readonly port: number };

	private constructor(server: Server, folder: string) {
		this.#server = server;
		this.#folder = folder;
		this.#address = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
	}

	static async start(): Promise<Site> {
		const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));
		const secrets = { SLUICE_ROOT_KEY: rootKey };
		return new Site(await serve({ stateDirectory: folder, secrets, output: 'ignore' }), folder);
	}

	async stop(): Promise<void> {
		this.#agent.destroy();
		await this.#server.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	/**
	 * Any answer, whatever its status. Rejects where the connection breaks, or where `signal` breaks it: with a reset, as a client
	 * that dies, since workerd on one machine does not see one that just closes.
	 */
	send(method: string, path: string, body: object | string = '', signal?: AbortSignal): Promise<Answer> {
		const payload = typeof body === 'string' ? body : JSON.stringify(body);
		const headers = {
			authorization: `Bearer ${rootKey}`,
			'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
			'content-length': Buffer.byteLength(payload),
		};
		const options = { ...this.#address, agent: this.#agent, method, path: `/v1/${path}`, headers };
		return new Promise((resolve, reject) => {
			const leave = () => outgoing.socket?.resetAndDestroy();
			const outgoing = request(options, (incoming) => {
				const chunks: Buffer[] = [];
				incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
				incoming.on('error', reject);
				incoming.on('end', () => {
					// From here on the connection serves other requests.
					signal?.removeEventListener('abort', leave);
					const { 'retry-after': after, 'content-type': contentType } = incoming.headers;
					const retryAfter = after === undefined ? undefined : Number(after);
					const text = Buffer.concat(chunks).toString();
					resolve({ status: incoming.statusCode ?? 0, retryAfter, contentType, text });
				});
			});
			outgoing.on('error', reject);
			signal?.addEventListener('abort', leave);
			outgoing.end(payload);
		});
	}

	/** The body of a success; throws where the answer is a problem. */
	async call<Body>(method: string, path: string, body?: object | string, signal?: AbortSignal): Promise<Body> {
		const answer = await this.send(method, path, body, signal);
		if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
		return JSON.parse(answer.text) as Body;
	}

	async receive(queue: string, options: object, signal?: AbortSignal): Promise<readonly Message[]> {
		const path = `queues/${queue}/receive`;
		return (await this.call<{ messages: Message[] }>('POST', path, options, signal)).messages;
	}

	/** Receives and acknowledges until nothing is left, over eight connections; answers how often each body came. */
	async drain(queue: string): Promise<Map<string, number>> {
		const times = new Map<string, number>();
		const consume = async () => {
			for (;;) {
				const messages = await this.receive(queue, { max: 100 });
				if (messages.length === 0) return;
				await this.call('POST', `queues/${queue}/ack`, { receipts: messages.map(({ receipt }) => receipt) });
				for (const { body } of messages) times.set(body, (times.get(body) ?? 0) + 1);
			}
		};
		await Promise.all(Array.from({ length: 8 }, consume));
		return times;
	}

	async waiters(queue: string): Promise<number> {
		const { figures } = await this.call<{ figures: { waiters: number } }>('GET', `queues/${queue}`);
		return figures.waiters;
	}

	/** Asks until so many long polls are parked. */
	async parked(queue: string, wanted: number): Promise<void> {
		while ((await this.waiters(queue)) !== wanted);
	}

	/** MB that the server's process has in memory; null where the system does not tell. */
	memoryMegabytes(): number | null {
		try {
			const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#server.pid}/status`, 'utf8'))?.[1];
			return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
		} catch {
			return null;
		}
	}
}
