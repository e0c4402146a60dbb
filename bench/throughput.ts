import autocannon from 'autocannon';
import { BODY, type Client } from './client.ts';
import type { Measured } from './report.ts';
import type { Running } from './servers.ts';
import { inTurn, mean, median, medianRatio } from './statistics.ts';

const CONNECTIONS = 32;
const BATCH = 100;

export interface Load {
	readonly server: Running;
	readonly path: string;
	readonly body?: string;
	readonly type?: string;
	readonly seconds: number;
}

/** Successful requests per second of the same request, over and over, on 32 connections without pipelining. */
export async function requestsPerSecond({ server, path, body, type = 'text/plain', seconds }: Load): Promise<number> {
	const headers = { authorization: server.client.authorization, 'content-type': type };
	const sent = body === undefined ? {} : { method: 'POST' as const, body };
	const url = `${server.url.replace('localhost', '127.0.0.1')}${path}`;
	const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, headers, ...sent });
	const failed = result.non2xx + result.errors + result.timeouts;
	if (failed > 0) throw new Error(`${failed} requests to ${path} failed`);
	return result['2xx'] / result.duration;
}

/** Receives by 100 on 32 connections, acknowledging with each next receive, until the queue is empty: messages per second. */
async function drain(client: Client, queue: string, minimal: boolean): Promise<number> {
	let acknowledged = 0;
	let endedAt = performance.now();
	const startedAt = endedAt;
	const consumer = async () => {
		for (let held = await client.receiveBatch(queue, BATCH, { minimal }); held.messages.length > 0; ) {
			const next = await client.exchange(queue, held, BATCH, minimal);
			acknowledged += held.messages.length;
			endedAt = performance.now();
			held = next;
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, consumer));
	if (acknowledged === 0) throw new Error('there was nothing to receive');
	return (acknowledged / (endedAt - startedAt)) * 1_000;
}

export interface Throughput {
	readonly rounds: Record<'ping' | 'single' | 'batch' | 'consume' | 'batchInFull' | 'consumeInFull', number[]>;
	readonly measured: Measured[];
}

/** The first three rows: publishing singly and in batches against the ping, consuming against publishing. */
export async function throughput(ping: Running, sluice: Running, rounds: number, seconds: number): Promise<Throughput> {
	const { client } = sluice;
	const messages = Array.from({ length: BATCH }, () => ({ body: BODY }));
	const pings = (duration: number) => requestsPerSecond({ server: ping, path: '/', seconds: duration });
	const consumed: number[] = [];
	const consumedInFull: number[] = [];
	const single = async (round: number, duration = seconds) => {
		const queue = `single-${round}`;
		await client.createQueue(queue);
		const load = { server: sluice, path: `/v1/queues/${queue}/messages`, body: BODY, seconds: duration };
		return requestsPerSecond(load);
	};
	const batches = async (round: number, minimal: boolean, duration = seconds) => {
		const queue = `batch-${round}-${minimal}`;
		await client.createQueue(queue);
		const path = `/v1/queues/${queue}/messages/batch`;
		const body = JSON.stringify({ messages, minimal });
		const rate = await requestsPerSecond({ server: sluice, path, body, type: 'application/json', seconds: duration });
		(minimal ? consumed : consumedInFull).push(await drain(client, queue, minimal));
		return rate;
	};
	// The compiler has seen it all before the first round.
	await pings(1);
	await single(-1, 1);
	await batches(-1, true, 1);
	await batches(-1, false, 1);
	consumed.length = 0;
	consumedInFull.length = 0;
	const values = await inTurn(rounds, {
		pingBefore: () => pings(seconds / 2),
		single: (round) => single(round),
		batch: (round) => batches(round, true),
		batchInFull: (round) => batches(round, false),
		pingAfter: () => pings(seconds / 2),
	});
	const pinged = values.pingBefore.map((before, round) => mean([before, values.pingAfter[round] ?? before]));
	const { pingBefore: _, pingAfter: __, ...rates } = values;
	const all = { ping: pinged, ...rates, consume: consumed, consumeInFull: consumedInFull };
	return { rounds: all, measured: rowsOf(all) };
}

function rowsOf({ ping, single, batch, consume, batchInFull, consumeInFull }: Throughput['rounds']): Measured[] {
	const published = batch.map((rate) => rate * BATCH);
	return [
		{
			what: 'single publishes, 32 concurrent, 256 B, against the ping',
			value: medianRatio(single, ping),
			atLeast: 0.6,
			detail: `${whole(single)}/s against ${whole(ping)}/s`,
		},
		{
			what: 'batches of 100, against the ping',
			value: medianRatio(batch, ping),
			atLeast: 0.33,
			detail: `${whole(batch)} batches/s, ${whole(published)} messages/s`,
		},
		{
			what: 'receive + ack by 100, against batch publish',
			value: medianRatio(consume, published),
			atLeast: 0.4,
			detail: `${whole(consume)} messages/s`,
		},
		{
			what: 'batches of 100, against the ping, an id for each in the answer',
			value: medianRatio(batchInFull, ping),
			detail: `${whole(batchInFull)} batches/s`,
		},
		{
			what: 'receive + ack by 100, all fields of each in the answer, against batch publish',
			value: medianRatio(consumeInFull, published),
			detail: `${whole(consumeInFull)} messages/s`,
		},
	];
}

export function whole(values: readonly number[]): string {
	return Math.round(median(values)).toLocaleString('en');
}
