import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { LIMITS, topicObjectName } from '../../durable-objects/protocol';
import { TopicWithFigures } from '../../src/schemas/topics';
import { ask, getQueue, good, newQueue, newTopic, receive, until } from './client';

const QUEUES = 10;
const MESSAGES = 3;

async function inGroups(count: number, size: number, run: (index: number) => Promise<void>): Promise<void> {
	for (let first = 0; first < count; first += size) {
		await Promise.all(Array.from({ length: Math.min(size, count - first) }, (_, offset) => run(first + offset)));
	}
}

test(`${LIMITS.subscriptions} subscriptions of one topic, a hundred to a queue: each brings every message, once`, async () => {
	const topic = await newTopic();
	const queues = await Promise.all(Array.from({ length: QUEUES }, () => newQueue({ deadLetter: null })));
	await inGroups(LIMITS.subscriptions, 100, async (index) => {
		const json = { queue: queues[index % QUEUES] };
		expect((await ask('PUT', `/v1/topics/${topic}/subscriptions/s${index}`, { json })).status).toBe(201);
	});
	const json = { queue: queues[0] };
	expect(await ask('PUT', `/v1/topics/${topic}/subscriptions/one-more`, { json })).toMatchObject({
		status: 409,
		body: { code: 'too_many_subscriptions' },
	});

	const messages = Array.from({ length: MESSAGES }, (_, index) => ({ body: `${index}` }));
	const published = await ask('POST', `/v1/topics/${topic}/messages/batch`, { json: { messages } });
	const ids = (published.body as { results: { id: string }[] }).results.map(({ id }) => id);
	const copies = LIMITS.subscriptions / QUEUES;
	for (const queue of queues) {
		const sources: string[] = [];
		while (sources.length < MESSAGES * copies) {
			const received = await receive(queue, { max: 100, waitSeconds: 10 });
			expect(received.length).toBeGreaterThan(0);
			sources.push(...received.map(({ attributes }) => attributes['sluice-source-id'] as string));
		}
		for (const id of ids) expect(sources.filter((source) => source === id)).toHaveLength(copies);
	}
	await until(async () => good(TopicWithFigures, await ask('GET', `/v1/topics/${topic}`)).figures.lag === 0);
	for (const queue of queues)
		expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: MESSAGES * copies });

	const stub = env.TOPIC.getByName(topicObjectName({ name: topic, generation: 1 }, 0));
	const rows = await runInDurableObject(stub, (_object, state) =>
		state.storage.sql.exec('SELECT delivered FROM cursor').toArray(),
	);
	expect(rows).toEqual(Array.from({ length: LIMITS.subscriptions }, () => ({ delivered: MESSAGES })));
});
