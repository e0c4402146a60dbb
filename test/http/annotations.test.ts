import { createExecutionContext, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import {
	type NewMessage,
	pack,
	partitionObjectName,
	type Queue,
	type Topic,
	topicObjectName,
	toText,
} from '../../durable-objects/protocol';
import worker from '../../src/index';
import {
	type Answer,
	ask,
	caughtUp,
	newName,
	newQueue,
	newTopic,
	publish,
	publishTo,
	read,
	receiveAll,
	refused,
	requestOf,
	subscribe,
} from './client';

const annotations = { kept: 'by a facade' };
const catalog = () => env.CATALOG.getByName('catalog');

async function annotatedQueue(): Promise<string> {
	const name = await newQueue();
	// Another version, so that its partition takes what it is told.
	await catalog().patchQueue(name, { annotations, delayMs: 0, visibilityTimeoutMs: 20_000 });
	await ask('GET', `/v1/queues/${name}`);
	return name;
}

async function annotatedTopic(): Promise<string> {
	const name = await newTopic();
	await catalog().annotateTopic(name, annotations);
	await ask('GET', `/v1/topics/${name}`);
	return name;
}

/** All that the objects of a namespace are told, by whoever has it. */
function overheard<N extends { getByName(name: string, options?: object): object }>(namespace: N, heard: string[]): N {
	const listening = (stub: object) =>
		new Proxy(stub, {
			get:
				(target, method) =>
				(...told: unknown[]) => {
					heard.push(`${String(method)} ${JSON.stringify(told)}`);
					return (target as Record<PropertyKey, (...args: unknown[]) => unknown>)[method]?.(...told);
				},
		});
	return { getByName: (name: string, options?: object) => listening(namespace.getByName(name, options)) } as N;
}

describe('annotations of queues and topics', () => {
	it('are told to no object, whatever is asked', async () => {
		const [queue, topic] = [await annotatedQueue(), await annotatedTopic()];
		const heard: string[] = [];
		const bindings = {
			...env,
			PARTITION: overheard(env.PARTITION, heard),
			TOPIC: overheard(env.TOPIC, heard),
		};
		const asked = async (method: string, path: string, json?: unknown): Promise<Answer> => {
			const options = json === undefined ? {} : { json };
			const answer = await read(
				await worker.fetch(requestOf(method, path, options), bindings, createExecutionContext()),
			);
			expect(answer.status, `${method} ${path}`).toBeLessThan(300);
			return answer;
		};
		const path = `/v1/queues/${queue}`;
		await asked('POST', `${path}/messages/batch`, { messages: [{ body: 'a' }, { body: 'b' }] });
		const { body } = await asked('POST', `${path}/receive`, { max: 1 });
		const [{ receipt, id }] = (body as { messages: [{ receipt: string; id: string }] }).messages;
		await asked('POST', `${path}/receive`, { max: 1, waitSeconds: 1 });
		await asked('POST', `${path}/receive`, { max: 1, waitSeconds: 0.01 });
		for (const [method, rest] of [
			['GET', ''],
			['GET', '/messages'],
			['GET', `/messages/${id}`],
		] as const) {
			await asked(method, `${path}${rest}`);
		}
		await asked('POST', `${path}/settle`, { ack: [receipt], publish: [{ topic, messages: [{ body: 'c' }] }] });
		const { id: last } = await publish(queue, 'd');
		await asked('DELETE', `${path}/messages/${last}`);
		await asked('POST', `${path}/redrive`, { to: await newQueue() });
		await asked('GET', `${path}/redrives`);
		await asked('POST', `${path}/purge`);
		await asked('POST', `/v1/topics/${topic}/messages/batch`, { messages: [{ body: 'a' }] });
		await asked('GET', `/v1/topics/${topic}`);
		await asked('GET', '/metrics');

		const methods = new Set(heard.map((call) => call.split(' ')[0]));
		const looking = ['figures', 'browse', 'look', 'redrives'];
		const all = [...looking, 'publish', 'receive', 'fetch', 'handOver', 'remove', 'redrive', 'purge'];
		expect(all.filter((method) => !methods.has(method))).toEqual([]);
		expect(heard.filter((call) => call.includes('annotations'))).toEqual([]);
	});

	it('are in no row of an object, whether the catalog, the edge or a courier spoke of it', async () => {
		const [queue, topic] = [await annotatedQueue(), await annotatedTopic()];
		await subscribe(topic, { queue });
		await publishTo(topic, 'a');
		expect(await receiveAll(queue, 1)).toMatchObject([{ body: 'a' }]);
		await caughtUp(topic, queue);
		await ask('POST', `/v1/queues/${queue}/pause`);
		const known = [(await catalog().getQueue(queue)) as Queue, (await catalog().getTopic(topic)) as Topic] as const;
		expect(known).toMatchObject([{ annotations }, { annotations }]);
		const objects = [
			env.PARTITION.getByName(partitionObjectName(known[0], 0)),
			env.TOPIC.getByName(topicObjectName(known[1], 0)),
		] as unknown as DurableObjectStub[];
		for (const [index, table] of ['state', 'subscription'].entries()) {
			const rows = await runInDurableObject(objects[index] as DurableObjectStub, (_, { storage }) =>
				JSON.stringify(['state', table].map((name) => storage.sql.exec(`SELECT * FROM ${name}`).toArray())),
			);
			expect(rows).toContain(known[index]?.name);
			expect(rows).not.toContain('annotations');
		}
	});

	it('outlast a native PUT and PATCH, which neither take nor show them', async () => {
		const [queue, topic] = [await annotatedQueue(), await annotatedTopic()];
		for (const [method, path, json] of [
			['PUT', `/v1/queues/${queue}`, { delaySeconds: 1 }],
			['PATCH', `/v1/queues/${queue}`, { delaySeconds: 2 }],
			['PUT', `/v1/topics/${topic}`, { retentionSeconds: 3_600 }],
		] as const) {
			const answer = await ask(method, path, { json });
			expect([answer.status, 'annotations' in (answer.body as object)]).toEqual([200, false]);
			const problem = await refused(method, path, { json: { annotations } });
			expect(problem).toMatchObject({ status: 400, pointer: '#/annotations' });
		}
		for (const path of ['queues', 'topics']) {
			const { body } = await ask('GET', `/v1/${path}?limit=1000`);
			expect(JSON.stringify(body)).not.toContain('annotations');
		}
		expect(await catalog().getQueue(queue)).toMatchObject({ annotations });
		expect(await catalog().getTopic(topic)).toMatchObject({ annotations });
	});
});

describe('annotations of messages', () => {
	it('are neither taken nor shown', async () => {
		const name = await newQueue();
		const batch = `/v1/queues/${name}/messages/batch`;
		const problem = await refused('POST', batch, { json: { messages: [{ body: 'a', annotations }] } });
		expect(problem).toMatchObject({ status: 400, pointer: '#/messages/0/annotations' });
		const queue = (await catalog().getQueue(name)) as Queue;
		const messages: NewMessage[] = [{ body: 'a', size: 1, annotations }];
		await env.PARTITION.getByName(partitionObjectName(queue, 0)).publish(toText(queue), pack(messages));
		const browsed = await ask('GET', `/v1/queues/${name}/messages`);
		expect(browsed.body).toMatchObject({ messages: [{ body: 'a' }] });
		expect(JSON.stringify([browsed.body, await receiveAll(name, 1)])).not.toContain('annotations');
	});

	it('come with their copies, and the mark does: to whoever asks the object', async () => {
		const [topic, name] = [await newTopic(), newName()];
		const queue = await newQueue();
		const start = { from: 'earliest' } as const;
		await catalog().putSubscription(topic, name, { queue, filter: null, start, mark: 'm' });
		const known = (await catalog().getTopic(topic)) as Topic;
		const messages: NewMessage[] = [{ body: 'a', size: 1, annotations }];
		await env.TOPIC.getByName(topicObjectName(known, 0)).publish(toText(known), pack(messages));
		await caughtUp(topic, name);
		const target = (await catalog().getQueue(queue)) as Queue;
		const browsed = await env.PARTITION.getByName(partitionObjectName(target, 0)).browse(target, {
			after: 0,
			limit: 1,
		});
		expect(browsed).toMatchObject({ messages: [{ annotations, copyOf: { topic, mark: 'm' } }] });
		const [copy] = await receiveAll(queue, 1);
		expect(copy?.attributes).toEqual({ 'sluice-topic': topic, 'sluice-source-id': expect.any(String) });
	});
});
