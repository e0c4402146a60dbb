import { Agent, request } from 'node:http';

/** What the benchmark publishes where nothing else is said: 256 bytes. */
export const BODY = Array.from({ length: 256 }, (_, index) => String.fromCharCode(97 + ((index * 7) % 26))).join('');

export interface Message {
	readonly body: string;
	readonly key?: string;
}

export interface Received {
	readonly receipt: string;
}

/** Messages, and what acknowledges all of them. */
export interface Batch {
	readonly messages: readonly Received[];
	readonly receipts: readonly string[];
}

interface Outcome {
	readonly outcome: string;
}

function allAcknowledged(outcomes: readonly Outcome[], count: number): void {
	const lost = outcomes.find(({ outcome }) => outcome !== 'acked');
	if (lost !== undefined) throw new Error(`an acknowledgement came out as ${lost.outcome}`);
	if (outcomes.length !== count) throw new Error(`${outcomes.length} outcomes for ${count} acknowledgements`);
}

/**
 * Sluice over keep-alive connections, one request at a time on each, for what a fixed request cannot express:
 * receiving, and acknowledging what was received. Anything but a success throws: a refusal must not look fast.
 */
export class Client {
	readonly authorization: string;
	private readonly agent = new Agent({ keepAlive: true });
	private readonly url: URL;

	constructor(url: string, rootKey: string) {
		this.url = new URL(url);
		this.authorization = `Bearer ${rootKey}`;
	}

	close(): void {
		this.agent.destroy();
	}

	get(path: string): Promise<string> {
		return this.send('GET', path, '');
	}

	async createQueue(queue: string, settings: object = {}): Promise<void> {
		await this.send('PUT', `/v1/queues/${queue}`, JSON.stringify(settings));
	}

	/** A topic and its subscriptions, each feeding the queue at its place. */
	async createTopic(topic: string, queues: readonly string[]): Promise<void> {
		await this.send('PUT', `/v1/topics/${topic}`, '{}');
		for (const queue of queues) {
			await this.send('PUT', `/v1/topics/${topic}/subscriptions/${queue}`, JSON.stringify({ queue }));
		}
	}

	/** With its subscriptions; what they had still to deliver is not delivered any more. */
	async deleteTopic(topic: string): Promise<void> {
		await this.send('DELETE', `/v1/topics/${topic}?force=true`, '');
	}

	async publishBatchToTopic(topic: string, messages: readonly Message[]): Promise<void> {
		await this.send('POST', `/v1/topics/${topic}/messages/batch`, JSON.stringify({ messages }));
	}

	/** Messages of the topic that its slowest subscription has still to look at. */
	async lag(topic: string): Promise<number> {
		const text = await this.get(`/v1/topics/${topic}`);
		return (JSON.parse(text) as { figures: { lag: number } }).figures.lag;
	}

	async purge(queue: string): Promise<void> {
		await this.send('POST', `/v1/queues/${queue}/purge`, '');
	}

	async publish(queue: string, body = BODY): Promise<void> {
		await this.send('POST', `/v1/queues/${queue}/messages`, body, 'text/plain');
	}

	async publishBatch(queue: string, messages: readonly Message[]): Promise<void> {
		await this.send('POST', `/v1/queues/${queue}/messages/batch`, JSON.stringify({ messages, minimal: true }));
	}

	async receive(queue: string, max: number, options: object = {}): Promise<readonly Received[]> {
		return (await this.receiveBatch(queue, max, options)).messages;
	}

	async receiveBatch(queue: string, max: number, options: object = {}): Promise<Batch> {
		const text = await this.send('POST', `/v1/queues/${queue}/receive`, JSON.stringify({ max, ...options }));
		return JSON.parse(text) as Batch;
	}

	async acknowledge(queue: string, messages: readonly Received[]): Promise<void> {
		const receipts = messages.map(({ receipt }) => receipt);
		const text = await this.send('POST', `/v1/queues/${queue}/ack`, JSON.stringify({ receipts }));
		allAcknowledged((JSON.parse(text) as { results: Outcome[] }).results, messages.length);
	}

	/**
	 * Acknowledges what was received before, and receives the next, in one request. `minimal`: it is answered so, and all of it
	 * is acknowledged at once; else each message by its own receipt.
	 */
	async exchange(queue: string, done: Batch, max: number, minimal: boolean): Promise<Batch> {
		const ack = minimal ? done.receipts : done.messages.map(({ receipt }) => receipt);
		const text = await this.send('POST', `/v1/queues/${queue}/receive`, JSON.stringify({ max, ack, minimal }));
		const answer = JSON.parse(text) as Batch & { readonly ack: Outcome[] };
		allAcknowledged(answer.ack, minimal ? 0 : ack.length);
		return answer;
	}

	/** `count` equal messages in batches of 100, over eight connections. */
	async fill(
		queue: string,
		count: number,
		message: (index: number) => Message = () => ({ body: BODY }),
	): Promise<void> {
		let next = 0;
		const connection = async () => {
			while (next < count) {
				const from = next;
				next = Math.min(count, from + 100);
				await this.publishBatch(
					queue,
					Array.from({ length: next - from }, (_, index) => message(from + index)),
				);
			}
		};
		await Promise.all(Array.from({ length: 8 }, connection));
	}

	private send(method: string, path: string, body: string, type = 'application/json'): Promise<string> {
		return new Promise((resolve, reject) => {
			const headers: Record<string, string | number> = { authorization: this.authorization };
			if (method !== 'GET') {
				headers['content-type'] = type;
				headers['content-length'] = Buffer.byteLength(body);
			}
			const { hostname: host, port } = this.url;
			const outgoing = request({ host, port, method, path, headers, agent: this.agent }, (incoming) => {
				const chunks: Buffer[] = [];
				incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
				incoming.on('error', reject);
				incoming.on('end', () => {
					const text = Buffer.concat(chunks).toString();
					const { statusCode = 0 } = incoming;
					if (statusCode >= 200 && statusCode < 300) resolve(text);
					else reject(new Error(`${method} ${path} answered ${statusCode}: ${text}`));
				});
			});
			outgoing.on('error', reject);
			outgoing.end(body);
		});
	}
}
