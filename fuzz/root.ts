import { setTimeout as wait } from 'node:timers/promises';

/** The owner of the deployment: an ordinary client, beside the fuzzer. */
export class Root {
	readonly #url: string;
	readonly #key: string;

	constructor(url: string, key: string) {
		this.#url = url;
		this.#key = key;
	}

	/** The text of a success; throws on a refusal. */
	async text(path: string, method = 'GET', body?: object): Promise<string> {
		const response = await fetch(`${this.#url}/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${this.#key}` },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			signal: AbortSignal.timeout(30_000),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return text;
	}

	async call(method: string, path: string, body?: object): Promise<unknown> {
		return JSON.parse(await this.text(path, method, body));
	}

	async document(): Promise<unknown> {
		const headers = { authorization: `Bearer ${this.#key}` };
		return (await fetch(`${this.#url}/openapi.json`, { headers })).json();
	}

	async until(question: () => Promise<boolean>): Promise<void> {
		for (let tries = 0; tries < 200; tries++) {
			if (await question()) return;
			await wait(50);
		}
		throw new Error('it never came true');
	}
}
