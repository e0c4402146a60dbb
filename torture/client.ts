import { Agent, type IncomingMessage, request } from 'node:http';

/** How a request came out, and when. */
export interface Reply {
	readonly start: number;
	readonly end: number;
	/** `unsent`: nobody listened, so nothing can have happened. */
	readonly state: 'answered' | 'refused' | 'lost' | 'aborted' | 'unsent';
	/** Parsed, of an answer. */
	readonly body?: unknown;
	/** What no answer may be. */
	readonly trouble?: string;
	/** What the server said to a request that it did not serve, and may say. */
	readonly why?: string;
}

/** Long polls wait for a few seconds: who is silent for so long is not waiting. */
export const silenceMs = 40_000;

/** HTTP over keep-alive connections. Never throws: a broken connection is one of the things that are looked for. */
export class Client {
	readonly #agent = new Agent({ keepAlive: true });
	readonly #url: URL;
	readonly #authorization: string;

	constructor(url: string, key: string) {
		this.#url = new URL(url);
		this.#authorization = `Bearer ${key}`;
	}

	close(): void {
		this.#agent.destroy();
	}

	/** `body`: JSON where it is an object. `path` is what follows `/v1/`. */
	async send(method: string, path: string, body?: object | string, options: SendOptions = {}): Promise<Reply> {
		const start = Date.now();
		const outcome = await this.#exchange(method, path, body, options).catch((error) => failure(error, options.signal));
		return { start, end: Date.now(), ...outcome };
	}

	#exchange(method: string, path: string, body: object | string | undefined, options: SendOptions): Promise<Came> {
		const payload = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
		const headers: Record<string, string | number> = {
			authorization: this.#authorization,
			'content-type': typeof body === 'object' ? 'application/json' : 'text/plain',
			'content-length': Buffer.byteLength(payload),
			...options.headers,
		};
		const { hostname: host, port } = this.#url;
		const { signal } = options;
		return new Promise((resolve, reject) => {
			const outgoing = request(
				{ host, port, method, path: `/v1/${path}`, headers, agent: this.#agent, ...(signal && { signal }) },
				(incoming) => read(incoming).then(resolve, reject),
			);
			outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error(`no answer for ${silenceMs / 1_000} s`)));
			outgoing.on('error', reject);
			outgoing.end(payload);
		});
	}
}

export interface SendOptions {
	readonly headers?: Readonly<Record<string, string>>;
	/** Aborted: the client goes away. */
	readonly signal?: AbortSignal;
}

export type Came = Pick<Reply, 'state' | 'body' | 'trouble' | 'why'>;

async function read(incoming: IncomingMessage): Promise<Came> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk);
	const text = Buffer.concat(chunks).toString();
	const { statusCode: status = 0 } = incoming;
	if (status >= 200 && status < 300) return { state: 'answered', body: JSON.parse(text) };
	if (status === 429) return { state: 'refused', why: text };
	if (status === 503) return { state: 'lost', why: text };
	return { state: status >= 500 ? 'lost' : 'refused', trouble: `${status} ${text.slice(0, 300)}` };
}

/** Of a request without an answer. */
export function failure(error: Error & { code?: string }, signal: AbortSignal | undefined): Omit<Came, 'body'> {
	if (signal?.aborted) return { state: 'aborted' };
	if (error.code === 'ECONNREFUSED') return { state: 'unsent' };
	// A connection that breaks is what a crash looks like. Anything else is not.
	const isBroken = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(String(error.code));
	return { state: 'lost', ...(isBroken ? {} : { trouble: error.message }) };
}
