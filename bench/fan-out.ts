import { BODY, type Client } from './client.ts';
import type { Measured } from './report.ts';
import type { Running } from './servers.ts';
import { inTurn, median, medianRatio } from './statistics.ts';
import { requestsPerSecond, whole } from './throughput.ts';

const MANY = 100;
const BATCH = 100;
const queues = Array.from({ length: MANY }, (_, index) => `subscriber-${index}`);

/** Single publishes per second on 32 connections to a topic of its own, which is gone after it with all that it owed. */
async function publishes({ client, ...server }: Running, topic: string, subscriptions: number, seconds: number) {
	await client.createTopic(topic, queues.slice(0, subscriptions));
	const path = `/v1/topics/${topic}/messages`;
	const rate = await requestsPerSecond({ server: { client, ...server }, path, body: BODY, seconds });
	await client.deleteTopic(topic);
	await Promise.all(queues.slice(0, subscriptions).map((queue) => client.purge(queue)));
	return rate;
}

/** Copies per second: batches are published, and the time runs until every subscription has delivered all of them. */
async function copies(client: Client, topic: string, batches: number): Promise<number> {
	await client.createTopic(topic, queues);
	const messages = Array.from({ length: BATCH }, () => ({ body: BODY }));
	const startedAt = performance.now();
	for (let batch = 0; batch < batches; batch++) await client.publishBatchToTopic(topic, messages);
	while ((await client.lag(topic)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
	const seconds = (performance.now() - startedAt) / 1_000;
	await client.deleteTopic(topic);
	await Promise.all(queues.map((queue) => client.purge(queue)));
	return (batches * BATCH * MANY) / seconds;
}

/** A publish costs the same with 1 or 100 subscriptions: while it lasts, and measured on one process for all objects. */
export async function fanOut(sluice: Running, rounds: number, seconds: number): Promise<Measured[]> {
	const { client } = sluice;
	for (const queue of queues) await client.createQueue(queue, { deadLetter: null });
	await publishes(sluice, 'warm', MANY, 1);
	const values = await inTurn(rounds, {
		one: (round) => publishes(sluice, `one-${round}`, 1, seconds),
		many: (round) => publishes(sluice, `many-${round}`, MANY, seconds),
	});
	const carried = await inTurn(rounds, { copies: (round) => copies(client, `copies-${round}`, 10) });
	return [
		{
			what: `publish to a topic with ${MANY} subscriptions against 1`,
			value: medianRatio(values.one, values.many),
			atMost: 1.2,
			detail: `${whole(values.many)}/s against ${whole(values.one)}/s, 32 concurrent, 256 B`,
		},
		{
			what: `copies per second, one topic, ${MANY} subscriptions`,
			value: median(carried.copies),
			detail: `published by ${BATCH}, until every queue has them`,
		},
	];
}
