export interface Message {
	readonly id: string;
	readonly key: string | null;
	readonly body: string;
	readonly attempt: number;
	readonly receipt: string;
}

export interface Retry {
	readonly receipt: string;
	readonly reason: string;
	/** Absent: the queue's backoff decides. */
	readonly delaySeconds?: number;
}

export interface Connection {
	/** Where Sluice is; over a service binding only the path counts. */
	readonly url: string;
	/** The root key, or one that may consume. */
	readonly key: string;
	readonly queue: string;
	/** A service binding's, or the global one. */
	readonly fetch: typeof fetch;
}

/** A queue of Sluice, seen by a consumer. */
export class Queue {
	readonly #connection: Connection;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** A long poll: answers as soon as there is a message, and with none after `waitSeconds`. */
	async receive(max: number, waitSeconds: number, visibilityTimeoutSeconds: number): Promise<Message[]> {
		const body = { max, waitSeconds, visibilityTimeoutSeconds };
		return (await this.#post<{ messages: Message[] }>('receive', body)).messages;
	}

	/** Says how the work went, in one step: what is neither acknowledged nor retried stays leased until its lease ends. */
	async settle(ack: readonly string[], retry: readonly Retry[]): Promise<void> {
		await this.#post('settle', { ack, retry });
	}

	/** Holds messages for `visibilityTimeoutSeconds` from now on. */
	async extend(receipts: readonly string[], visibilityTimeoutSeconds: number): Promise<void> {
		await this.#post('extend', { receipts: receipts.map((receipt) => ({ receipt, visibilityTimeoutSeconds })) });
	}

	async #post<Answer>(verb: string, body: object): Promise<Answer> {
		const { url, key, queue, fetch } = this.#connection;
		const response = await fetch(`${url}/v1/queues/${queue}/${verb}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${verb} was answered ${response.status}: ${await response.text()}`);
		return response.json();
	}
}
