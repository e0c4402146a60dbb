import { BODY, type Client, type Message } from './client.ts';
import type { Measured } from './report.ts';
import type { Running } from './servers.ts';
import { inTurn, median, medianRatio } from './statistics.ts';

const BATCH = 10;
const SHALLOW = 1_000;
const HOLD_SECONDS = 12 * 3_600;

export const BACKLOG_QUEUE = 'backlog';

const plain = (_index: number): Message => ({ body: BODY });
const keyed = (index: number): Message => ({ body: BODY, key: `other-${index}` });

/** Milliseconds of a receive by 10, median; what was received is acknowledged and published again, so the backlog stays. */
async function receiveMs(client: Client, queue: string, samples: number, message = plain): Promise<number> {
	const values: number[] = [];
	for (let index = 0; index < samples; index++) {
		const startedAt = performance.now();
		const messages = await client.receive(queue, BATCH);
		values.push(performance.now() - startedAt);
		if (messages.length !== BATCH) throw new Error(`received ${messages.length} of ${queue} instead of ${BATCH}`);
		await client.acknowledge(queue, messages);
		await client.publishBatch(
			queue,
			messages.map((_, at) => message(index * BATCH + at)),
		);
	}
	return median(values);
}

/** A deep and a shallow backlog, each in a process of its own, so that their memory can be told apart too. */
export async function fillBacklogs(deep: Running, shallow: Running, messages: number): Promise<void> {
	for (const [server, count] of [[deep, messages] as const, [shallow, SHALLOW] as const]) {
		await server.client.createQueue(BACKLOG_QUEUE);
		await server.client.fill(BACKLOG_QUEUE, count);
	}
}

export interface DepthOptions {
	readonly deep: Running;
	readonly shallow: Running;
	readonly messages: number;
	readonly rounds: number;
	readonly samples: number;
}

/** Receiving does not depend on how much there is. */
export async function depth({ deep, shallow, messages, rounds, samples }: DepthOptions): Promise<Measured> {
	await receiveMs(deep.client, BACKLOG_QUEUE, samples);
	await receiveMs(shallow.client, BACKLOG_QUEUE, samples);
	const values = await inTurn(rounds, {
		shallow: () => receiveMs(shallow.client, BACKLOG_QUEUE, samples),
		deep: () => receiveMs(deep.client, BACKLOG_QUEUE, samples),
	});
	return {
		what: `receive at a backlog of ${messages.toLocaleString('en')} against 1,000`,
		value: medianRatio(values.deep, values.shallow),
		atMost: 1.3,
		detail: `${median(values.deep).toFixed(2)} ms against ${median(values.shallow).toFixed(2)} ms, by 10`,
	};
}

/** A key whose head is leased for hours, and a log full of what waits behind it; then 1,000 messages of others. */
async function block(client: Client, queue: string, blocked: number): Promise<{ receives: number; ms: number }> {
	await client.createQueue(queue);
	await client.publishBatch(queue, [{ body: BODY, key: 'hot' }]);
	const head = await client.receive(queue, 1, { visibilityTimeoutSeconds: HOLD_SECONDS });
	if (head.length !== 1) throw new Error('the head of the hot key was not handed out');
	await client.fill(queue, blocked, () => ({ body: BODY, key: 'hot' }));
	await client.fill(queue, SHALLOW, keyed);
	const startedAt = performance.now();
	for (let receives = 1; ; receives++) {
		const messages = await client.receive(queue, BATCH);
		if (messages.length === 0) continue;
		const ms = performance.now() - startedAt;
		await client.acknowledge(queue, messages);
		return { receives, ms };
	}
}

/** Receiving other keys behind one that is blocked, and how long the first of them took to reach. */
export async function blockedKey(server: Running, blocked: number, rounds: number, samples: number): Promise<Measured> {
	const { client } = server;
	await block(client, 'free', 0);
	const passage = await block(client, 'blocked', blocked);
	await receiveMs(client, 'free', samples, keyed);
	await receiveMs(client, 'blocked', samples, keyed);
	const values = await inTurn(rounds, {
		free: () => receiveMs(client, 'free', samples, keyed),
		blocked: () => receiveMs(client, 'blocked', samples, keyed),
	});
	return {
		what: `receive behind a blocked key of ${blocked.toLocaleString('en')} messages against none`,
		value: medianRatio(values.blocked, values.free),
		atMost: 1.3,
		detail:
			`${median(values.blocked).toFixed(2)} ms against ${median(values.free).toFixed(2)} ms, by 10; ` +
			`passing the blocked ones took ${passage.receives} receives, ${Math.round(passage.ms)} ms, once`,
	};
}
