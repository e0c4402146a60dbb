import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { partitionObjectName, topicObjectName } from '../../durable-objects/protocol';
import { resources, stages } from '../../examples/pipeline/orders';
import { publish, runStage, setUp } from '../../examples/pipeline/sluice';
import { SubscriptionWithFigures } from '../../src/schemas/subscriptions';
import { ask, getQueue, good, ROOT_KEY, receive } from './client';

// The example's stages, while single objects are reset between a step and the next.

const archive = 'orders-done-archive';
const keys = 7;
/** Orders that are published together. */
const share = 14;

interface Fault {
	/** The next request whose path ends so: it is answered, and the answer is lost. */
	readonly after: string;
	/** What is reset before anything else happens: a queue's object, a topic's, or every object that there is. */
	readonly reset: () => Promise<void>;
}

async function resetQueue(name: string): Promise<void> {
	const stub = env.PARTITION.getByName(partitionObjectName({ name, generation: 1, layout: 1 }, 0));
	await runInDurableObject(stub, (_, state) => state.abort('reset by the test')).catch(() => undefined);
}

async function resetTopic(name: string): Promise<void> {
	const stub = env.TOPIC.getByName(topicObjectName({ name, generation: 1 }, 0));
	await runInDurableObject(stub, (_, state) => state.abort('reset by the test')).catch(() => undefined);
}

const faults: readonly Fault[] = [
	{ after: 'topics/orders/messages/batch', reset: () => resetTopic('orders') },
	{ after: 'topics/orders/messages/batch', reset: () => resetQueue('orders-validate') },
	{ after: 'orders-validate/settle', reset: () => resetQueue('orders-validate') },
	{ after: 'orders-validate/settle', reset: () => resetQueue('orders-charge') },
	{ after: 'orders-charge/settle', reset: () => resetQueue('orders-charge') },
	{ after: 'orders-charge/receive', reset: () => resetQueue('orders-charge') },
	{ after: 'orders-charge/settle', reset: () => resetQueue('orders-announce') },
	{ after: 'orders-announce/settle', reset: () => resetQueue('orders-announce') },
	{ after: 'orders-announce/settle', reset: () => resetTopic('orders-done') },
	{ after: 'orders-announce/settle', reset: () => resetQueue(archive) },
	{ after: 'orders-charge/settle', reset: abortAllDurableObjects },
];

let armed: Fault | undefined;
let isResetting = false;

const connection = {
	url: 'https://sluice.test',
	key: ROOT_KEY,
	async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
		const answer = await exports.default.fetch(new Request(input, init));
		if (armed === undefined || !String(input).endsWith(armed.after)) return answer;
		const { reset } = armed;
		armed = undefined;
		isResetting = true;
		await answer.text();
		await reset();
		isResetting = false;
		throw new TypeError('the connection was lost');
	},
};

/** Every question lets the objects go on, so no test sleeps. */
async function until(question: () => Promise<boolean>): Promise<void> {
	while (!(await question()));
}

async function unfinished(queue: string): Promise<number> {
	const answer = await ask('GET', `/v1/queues/${queue}`);
	if (answer.status >= 500) return Number.NaN;
	const { visible, leased, delayed, owed } = (await getQueue(queue)).figures;
	return visible + leased + delayed + owed;
}

async function lag(subscription: string): Promise<number> {
	const answer = await ask('GET', `/v1/topics/${subscription}`);
	return answer.status >= 500 ? Number.NaN : good(SubscriptionWithFigures, answer).figures.lag;
}

/** Asked downstream, so that nothing passes by unseen. */
async function isDrained(): Promise<boolean> {
	if ((await lag('orders/subscriptions/validate')) !== 0) return false;
	for (const queue of Object.keys(stages)) if ((await unfinished(queue)) !== 0) return false;
	return (await lag('orders-done/subscriptions/archive')) === 0;
}

it('the pipeline gives one output for every input, in order per key, while objects are reset between stages', async () => {
	const settings = { visibilityTimeoutSeconds: 2, maxReceives: 100 };
	await setUp(
		connection,
		resources.map(([path, own]) => [path, path.startsWith('queues/') ? settings : own]),
	);
	const stopping = new AbortController();
	const workers = Object.entries(stages).flatMap(([queue, work]) =>
		[1, 2].map(() => runStage(connection, queue, work, stopping.signal)),
	);
	const inputs: { id: string; key: string }[] = [];
	for (const fault of faults) {
		const begun = inputs.length;
		for (let index = begun; index < begun + share; index++) {
			inputs.push({ id: `order-${index}`, key: `customer-${index % keys}` });
		}
		armed = fault;
		const messages = inputs.slice(begun).map(({ id, key }) => ({
			body: JSON.stringify({ id, item: 'pear', quantity: 1 }),
			key,
			dedupId: id,
			attributes: { kind: 'order' },
		}));
		await publish(connection, 'orders', messages);
		await until(async () => armed === undefined && !isResetting && (await unfinished(archive)) >= begun);
	}
	await until(isDrained);
	stopping.abort();
	await Promise.all(workers);

	const outputs: { id: string; key: string | null }[] = [];
	while (outputs.length < inputs.length) {
		const messages = await receive(archive, { max: 100 });
		if (messages.length === 0) break;
		outputs.push(...messages.map(({ key, body }) => ({ id: JSON.parse(body).id, key })));
	}
	expect(await receive(archive)).toEqual([]);
	expect(outputs).toHaveLength(inputs.length);
	expect(Object.groupBy(outputs, ({ key }) => String(key))).toEqual(Object.groupBy(inputs, ({ key }) => key));
	for (const queue of [...Object.keys(stages), archive]) expect(await unfinished(`${queue}-dlq`)).toBe(0);
});
