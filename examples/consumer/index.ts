import { type Message, Queue, type Retry } from './queue';
import { work } from './work';

interface Env {
	readonly SLUICE_URL: string;
	readonly SLUICE_KEY: string;
	readonly QUEUE: string;
	/** How long a message is held before it goes to somebody else; work that takes longer extends it. */
	readonly VISIBILITY_SECONDS?: string;
	/** How long an empty queue is waited for before this run ends. */
	readonly WAIT_SECONDS?: string;
	readonly SLUICE?: Fetcher;
}

const batch = 10;

/** A run started by cron may take 15 minutes: the last batch needs some of them. */
const runMs = 10 * 60 * 1_000;

export default {
	async scheduled(_controller, env) {
		const { SLUICE, SLUICE_URL: url, SLUICE_KEY: key, QUEUE: queue } = env;
		const send: typeof fetch = (input, init) => (SLUICE ?? globalThis).fetch(input, init);
		await drain(new Queue({ url, key, queue, fetch: send }), env);
	},
} satisfies ExportedHandler<Env>;

/** Receives until the queue has had nothing for a whole long poll. */
async function drain(queue: Queue, { VISIBILITY_SECONDS = '30', WAIT_SECONDS = '20' }: Env): Promise<void> {
	const holdSeconds = Number(VISIBILITY_SECONDS);
	const end = Date.now() + runMs;
	while (Date.now() < end) {
		const messages = await queue.receive(batch, Number(WAIT_SECONDS), holdSeconds);
		if (messages.length === 0) return;
		await workOn(messages, queue, holdSeconds);
	}
}

/** Works one by one, and settles all in the end. Everything that is held is extended before half of its time is over. */
async function workOn(messages: readonly Message[], queue: Queue, holdSeconds: number): Promise<void> {
	const receipts = messages.map(({ receipt }) => receipt);
	const holding = setInterval(() => {
		// A lease that could not be extended ends: the message is done again, as at-least-once has it.
		queue.extend(receipts, holdSeconds).catch((error) => console.warn(`not extended: ${error}`));
	}, holdSeconds * 400);
	const ack: string[] = [];
	const retry: Retry[] = [];
	const stuck = new Set<string>();
	try {
		for (const { key, receipt, ...message } of messages) {
			if (key !== null && stuck.has(key)) {
				// Who does not need the order of a key can do without this.
				retry.push({ receipt, reason: 'a message of the same key before it failed', delaySeconds: 0 });
				continue;
			}
			try {
				await work({ key, receipt, ...message });
				ack.push(receipt);
			} catch (error) {
				retry.push({ receipt, reason: error instanceof Error ? error.message : String(error) });
				if (key !== null) stuck.add(key);
			}
		}
	} finally {
		clearInterval(holding);
	}
	await queue.settle(ack, retry);
}
