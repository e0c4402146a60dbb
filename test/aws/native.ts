import { rootKey } from '../examples/served.ts';
import { endpoint } from './clients.ts';

export interface NativeMessage {
	readonly id: string;
	readonly body: string;
	readonly key: string | null;
	readonly attempt: number;
	readonly attributes: Readonly<Record<string, string>>;
	readonly receipt: string;
}

/** Sluice's own API, as any client that speaks HTTPS uses it. */
export class Native {
	async call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
		const response = await fetch(`${endpoint}/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${rootKey}` },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as Answer;
	}

	async publish(queue: string, body: string, options: object = {}): Promise<{ id: string }> {
		const path = `queues/${queue}/messages/batch`;
		const messages = [{ body, ...options }];
		const { results } = await this.call<{ results: { id: string }[] }>('POST', path, { messages });
		const [result] = results;
		if (result?.id === undefined) throw new Error(`not accepted: ${JSON.stringify(results)}`);
		return result;
	}

	async receive(queue: string, options: object = {}): Promise<readonly NativeMessage[]> {
		const path = `queues/${queue}/receive`;
		return (await this.call<{ messages: NativeMessage[] }>('POST', path, { max: 10, ...options })).messages;
	}

	async acknowledge(queue: string, message: NativeMessage | undefined): Promise<void> {
		await this.call('POST', `queues/${queue}/ack`, { receipts: [message?.receipt] });
	}

	async figures(queue: string): Promise<Readonly<Record<string, number>>> {
		return (await this.call<{ figures: Record<string, number> }>('GET', `queues/${queue}`)).figures;
	}

	async settings(queue: string): Promise<Readonly<Record<string, unknown>>> {
		return (await this.call<{ settings: Record<string, unknown> }>('GET', `queues/${queue}`)).settings;
	}
}
