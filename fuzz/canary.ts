import { PREFIX } from './knowledge.ts';
import type { Root } from './root.ts';

/** In each of the canary's messages, and in nothing that the fuzzer sends. */
export const SECRET = 'canary-secret-5f1c7d';

const QUEUE = 'canary-orders';
const COPIES = 'canary-copies';
const TOPIC = 'canary-news';
const SUBSCRIPTION = 'canary-reader';
const HOURS = 12 * 3_600;

/** Read in this order; `oldestAgeSeconds` and `lagSeconds` grow by themselves. */
const SEEN = [
	...[QUEUE, `${QUEUE}-dlq`, COPIES].flatMap((queue) => [`queues/${queue}`, `queues/${queue}/messages?limit=100`]),
	`topics/${TOPIC}`,
	`topics/${TOPIC}/subscriptions/${SUBSCRIPTION}`,
	`topics/${TOPIC}/subscriptions`,
];
const MOVING = /"(oldestAgeSeconds|lagSeconds)":[\d.]+/g;

interface Received {
	readonly messages: readonly { readonly receipt: string; readonly body: string }[];
}

/** Messages in every state, that nothing the fuzzer does may touch. */
export class Canary {
	readonly queue = QUEUE;
	readonly topic = TOPIC;
	readonly #root: Root;
	#receipts: readonly string[] = [];
	#before = '';

	constructor(root: Root) {
		if (QUEUE.startsWith(PREFIX)) throw new Error("the fuzzer's own key must not open the canary");
		this.#root = root;
	}

	/** Good receipts of its queue. */
	get receipts(): readonly string[] {
		return this.#receipts;
	}

	async settle(): Promise<void> {
		const root = this.#root;
		await root.call('PUT', `queues/${QUEUE}`, { maxReceives: 1, visibilityTimeoutSeconds: HOURS });
		await root.call('PUT', `queues/${COPIES}`, { deadLetter: null });
		await root.call('PUT', `topics/${TOPIC}`, {});
		await root.call('PUT', `topics/${TOPIC}/subscriptions/${SUBSCRIPTION}`, { queue: COPIES });
		const messages = [0, 1, 2].map((index) => ({ body: `${SECRET} ${index}`, attributes: { secret: SECRET } }));
		await root.call('POST', `topics/${TOPIC}/messages/batch`, { messages });
		await root.call('POST', `queues/${QUEUE}/messages/batch`, { messages });
		const { messages: leased } = (await root.call('POST', `queues/${QUEUE}/receive`, { max: 3 })) as Received;
		const [dead = '', ...held] = leased.map(({ receipt }) => receipt);
		await root.call('POST', `queues/${QUEUE}/retry`, { receipts: [{ receipt: dead, reason: SECRET }] });
		this.#receipts = held;
		const delayed = { body: `${SECRET} delayed`, delaySeconds: HOURS };
		const binary = { body: Buffer.from([0xff, 0x00, 0xfe]).toString('base64'), encoding: 'base64', dedupId: SECRET };
		const keyed = [1, 2].map((index) => ({ body: `${SECRET} keyed ${index}`, key: SECRET }));
		await root.call('POST', `queues/${QUEUE}/messages/batch`, { messages: [delayed, binary, ...keyed] });
		await root.until(async () => {
			const [dlq, copies] = await Promise.all([root.text(`queues/${QUEUE}-dlq`), root.text(`queues/${COPIES}`)]);
			return /"visible":1,/.test(dlq) && /"visible":3,/.test(copies);
		});
		await this.remember();
	}

	/** As it is now is how it must stay. */
	async remember(): Promise<void> {
		this.#before = await this.#seen();
	}

	/** What is not as it was. */
	async faults(): Promise<string[]> {
		const after = await this.#seen();
		const [was, is] = [this.#before.split('\n'), after.split('\n')];
		const changed = was.flatMap((line, index) =>
			line === is[index] ? [] : [`canary: ${line}\n  is now ${is[index]}`],
		);
		if (changed.length > 0 || this.#receipts.length === 0) return changed;
		const acked = await this.#root.text(`queues/${QUEUE}/ack`, 'POST', { receipts: this.#receipts });
		const count = acked.match(/"outcome":"acked"/g)?.length;
		return count === this.#receipts.length ? [] : [`canary: its receipts do not count any more: ${acked}`];
	}

	async #seen(): Promise<string> {
		const texts: string[] = [];
		for (const path of SEEN) texts.push(`${path} ${(await this.#root.text(path)).replaceAll(MOVING, '')}`);
		return texts.join('\n');
	}
}
