/** The few calls of Sluice's HTTP API that the demo makes. A refusal is thrown with the server's own words. */
export interface Message {
	readonly id: string;
	readonly sequence: number;
	readonly key: string | null;
	readonly body: string;
	readonly attempt: number;
	readonly receipt: string;
}

export interface NewMessage {
	readonly body: string;
	readonly key: string;
}

export interface Failed {
	readonly receipt: string;
	readonly delaySeconds?: number;
	readonly reason: string;
}

export interface Outcome {
	readonly outcome: 'acked' | 'retried' | 'extended' | 'buried' | 'stale' | 'unknown';
}

export class Client {
	readonly #url: string;
	readonly #key: string;

	constructor(url: string, key: string) {
		this.#url = url.replace(/\/$/, '');
		this.#key = key;
	}

	createQueue(queue: string, settings: object): Promise<unknown> {
		return this.#call('PUT', `/v1/queues/${queue}`, settings);
	}

	deleteQueue(queue: string): Promise<unknown> {
		return this.#call('DELETE', `/v1/queues/${queue}`);
	}

	/** Up to 100; an answer per message, in order. */
	async publish(queue: string, messages: readonly NewMessage[]): Promise<readonly { readonly id: string }[]> {
		const answer = await this.#call<{ results: { id: string }[] }>('POST', `/v1/queues/${queue}/messages/batch`, {
			messages,
		});
		return answer.results;
	}

	/** Waits for messages; a signal ends the wait, and then nothing is handed out. */
	async receive(queue: string, max: number, waitSeconds: number, signal: AbortSignal): Promise<readonly Message[]> {
		const path = `/v1/queues/${queue}/receive`;
		const answer = await this.#call<{ messages: Message[] }>('POST', path, { max, waitSeconds }, signal);
		return answer.messages;
	}

	/** All in one step, an outcome per receipt, in order. */
	settle(
		queue: string,
		ack: readonly string[],
		retry: readonly Failed[],
	): Promise<{ readonly ack: readonly Outcome[]; readonly retry: readonly Outcome[] }> {
		return this.#call('POST', `/v1/queues/${queue}/settle`, { ack, retry });
	}

	/** Messages that are not finished, with what is on its way to other queues. */
	async unfinished(queue: string): Promise<number> {
		const { figures } = await this.#call<{
			figures: { visible: number; leased: number; delayed: number; owed: number };
		}>('GET', `/v1/queues/${queue}`);
		return figures.visible + figures.leased + figures.delayed + figures.owed;
	}

	/** Every message of a queue, without touching it. */
	async browse(queue: string): Promise<Message[]> {
		const found: Message[] = [];
		let after = '';
		for (;;) {
			const page = await this.#call<{ messages: Message[]; next: string | null }>(
				'GET',
				`/v1/queues/${queue}/messages?limit=100${after}`,
			);
			found.push(...page.messages);
			if (page.next === null) return found;
			after = `&after=${page.next}`;
		}
	}

	async #call<Answer>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
		const response = await fetch(`${this.#url}${path}`, {
			method,
			headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			...(signal === undefined ? {} : { signal }),
		});
		if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
		return (await response.json()) as Answer;
	}
}
