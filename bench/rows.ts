import { BODY, type Client, type Message, type Received } from './client.ts';
import type { Measured } from './report.ts';
import type { Running } from './servers.ts';
import type { Billed } from './workers/billed.ts';

/** What a message cost over its life: published, received, acknowledged. */
export interface Life {
	readonly messages: number;
	readonly rowsWritten: number;
	readonly rowsRead: number;
}

const CONNECTIONS = 32;
const KEYS = 10_000;

async function billed(client: Client, queue: string, kind: 'queues' | 'topics' = 'queues'): Promise<Billed> {
	return JSON.parse(await client.get(`/bench/billed/${kind}/${queue}`)) as Billed;
}

/** Plays a workload on a queue of its own, and answers what its object was billed for it per message. */
async function life(client: Client, queue: string, play: (queue: string) => Promise<number>): Promise<Life> {
	await client.createQueue(queue);
	// The first message pays for what is written once per queue.
	await cycle(client, queue, [{ body: BODY, key: 'first' }]);
	const before = await billed(client, queue);
	const messages = await play(queue);
	const after = await billed(client, queue);
	return {
		messages,
		rowsWritten: (after.rowsWritten - before.rowsWritten) / messages,
		rowsRead: (after.rowsRead - before.rowsRead) / messages,
	};
}

/** Publishes a batch, receives as many, acknowledges them: the answer is how many. */
async function cycle(client: Client, queue: string, batch: readonly Message[]): Promise<number> {
	const [only] = batch;
	if (batch.length === 1 && only?.key === undefined) await client.publish(queue);
	else await client.publishBatch(queue, batch);
	const messages = await client.receive(queue, batch.length);
	if (messages.length > 0) await client.acknowledge(queue, messages);
	return messages.length;
}

function batchOf(size: number, key?: () => string): Message[] {
	return Array.from({ length: size }, () => (key === undefined ? { body: BODY } : { body: BODY, key: key() }));
}

/** One client after another: nobody shares a row with anybody. */
function alone(client: Client, batch: number, cycles: number) {
	return async (queue: string) => {
		let messages = 0;
		for (let index = 0; index < cycles; index++) {
			messages += await cycle(client, queue, batchOf(batch));
		}
		return messages;
	};
}

/** 32 clients, each publishes, receives and acknowledges one message at a time. */
function together(client: Client, cycles: number) {
	return async (queue: string) => {
		let messages = 0;
		const connection = async () => {
			for (let index = 0; index < cycles; index++) {
				// Not in one statement: others add to it meanwhile.
				const finished = await cycle(client, queue, batchOf(1));
				messages += finished;
			}
		};
		await Promise.all(Array.from({ length: CONNECTIONS }, connection));
		return messages;
	};
}

/** Batches of 10 over 10,000 keys; four consumers hold one batch each while the next is published and received. */
function randomKeys(client: Client, cycles: number) {
	return async (queue: string) => {
		const held: (readonly Received[])[] = [];
		let messages = 0;
		const finish = async (batch: readonly Received[] | undefined) => {
			if (batch === undefined || batch.length === 0) return;
			await client.acknowledge(queue, batch);
			messages += batch.length;
		};
		for (let index = 0; index < cycles; index++) {
			await client.publishBatch(queue, batchOf(10, randomKey));
			held.push(await client.receive(queue, 10));
			if (held.length === 4) await finish(held.shift());
		}
		for (const batch of held) await finish(batch);
		for (let batch = await client.receive(queue, 10); batch.length > 0; batch = await client.receive(queue, 10)) {
			await finish(batch);
		}
		return messages;
	};
}

/** Numbers that look random and are the same in every run. */
let seed = 1;
function randomKey(): string {
	seed = Math.imul(seed, 1_664_525) + 1_013_904_223;
	return `key-${(seed >>> 8) % KEYS}`;
}

/** A backlog of one key, a publisher that adds to it, and two consumers by 10 at the same time. */
function hotKey(client: Client, cycles: number) {
	return async (queue: string) => {
		const batch = batchOf(10, () => 'hot');
		let published = 0;
		let messages = 0;
		const publisher = async () => {
			for (; published < cycles * 10; published += 10) await client.publishBatch(queue, batch);
		};
		const consumer = async () => {
			while (messages < cycles * 10) {
				const received = await client.receive(queue, 10, { waitSeconds: 0.1 });
				if (received.length === 0) continue;
				await client.acknowledge(queue, received);
				messages += received.length;
			}
		};
		await Promise.all([publisher(), consumer(), consumer()]);
		return messages;
	};
}

const SUBSCRIBERS = 10;

/** A topic with ten subscriptions, one batch after another: what a copy cost in the topic and in its queue, to its end. */
async function fanOut(client: Client, batch: number, cycles: number): Promise<Life> {
	const topic = `fan-out-${batch}`;
	const queues = Array.from({ length: SUBSCRIBERS }, (_, index) => `${topic}-${index}`);
	for (const queue of queues) await client.createQueue(queue, { deadLetter: null });
	await client.createTopic(topic, queues);
	const finish = async (queue: string) => {
		for (let left = batch; left > 0; ) {
			const received = await client.receive(queue, batch, { waitSeconds: 10 });
			if (received.length > 0) await client.acknowledge(queue, received);
			left -= received.length;
		}
	};
	const cycle = async () => {
		await client.publishBatchToTopic(topic, batchOf(batch));
		await Promise.all(queues.map(finish));
	};
	const bills = () => Promise.all([billed(client, topic, 'topics'), ...queues.map((queue) => billed(client, queue))]);
	// The first round pays for what is written once.
	await cycle();
	const before = await bills();
	for (let index = 0; index < cycles; index++) await cycle();
	const after = await bills();
	const messages = cycles * batch * SUBSCRIBERS;
	const grown = (figure: 'rowsWritten' | 'rowsRead') =>
		after.reduce((sum, bill, index) => sum + bill[figure] - (before[index]?.[figure] ?? 0), 0) / messages;
	return { messages, rowsWritten: grown('rowsWritten'), rowsRead: grown('rowsRead') };
}

export interface Rows {
	readonly lives: Readonly<
		Record<'alone1' | 'together1' | 'alone10' | 'alone100' | 'randomKeys' | 'hotKey' | 'copies10' | 'copies100', Life>
	>;
	readonly measured: Measured[];
}

/** Rows written per message over its life, as the storage itself counts them, alarms included. */
export async function rows({ client }: Running, cycles: number): Promise<Rows> {
	const lives = {
		alone1: await life(client, 'alone-1', alone(client, 1, cycles)),
		together1: await life(client, 'together-1', together(client, Math.ceil(cycles / 4))),
		alone10: await life(client, 'alone-10', alone(client, 10, cycles)),
		alone100: await life(client, 'alone-100', alone(client, 100, cycles)),
		randomKeys: await life(client, 'random-keys', randomKeys(client, cycles)),
		hotKey: await life(client, 'hot-key', hotKey(client, cycles)),
		copies10: await fanOut(client, 10, Math.ceil(cycles / 4)),
		copies100: await fanOut(client, 100, Math.ceil(cycles / 4)),
	};
	const row = (what: string, { rowsWritten, rowsRead, messages }: Life, atMost?: number): Measured => ({
		what: `rows written per message: ${what}`,
		value: rowsWritten,
		...(atMost === undefined ? {} : { atMost }),
		detail: `${messages.toLocaleString('en')} messages; ${rowsRead.toFixed(1)} rows read each`,
	});
	return {
		lives,
		measured: [
			row('batch 1, alone', lives.alone1, 4),
			row('batch 1, 32 concurrent', lives.together1, 1),
			row('batch 10', lives.alone10, 0.6),
			row('batch 100', lives.alone100, 0.06),
			row('keyed, batch 10, 10,000 keys at random', lives.randomKeys, 1),
			row('keyed, batch 10, one hot key, two consumers', lives.hotKey, 2),
			row(`a copy of a topic with ${SUBSCRIBERS} subscriptions, batch 10`, lives.copies10),
			row(`a copy of a topic with ${SUBSCRIBERS} subscriptions, batch 100`, lives.copies100),
		],
	};
}
