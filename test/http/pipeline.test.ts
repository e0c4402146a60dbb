import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { partitionObjectName, type Queue, type Topic, topicObjectName } from '../../durable-objects/protocol';
import { resources, stages } from '../../examples/pipeline/orders';
import { publish, runStage, setUp, type Work } from '../../examples/pipeline/sluice';
import { until as eventually, getQueue, ROOT_KEY } from './client';

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

async function reset(stub: DurableObjectStub): Promise<void> {
	await runInDurableObject(stub, (_, state) => state.abort('reset by the test')).catch(() => undefined);
}

async function resetQueue(name: string): Promise<void> {
	const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
	await reset(env.PARTITION.getByName(partitionObjectName(queue, 0)));
}

async function resetTopic(name: string): Promise<void> {
	const topic = (await env.CATALOG.getByName('catalog').getTopic(name)) as Topic;
	await reset(env.TOPIC.getByName(topicObjectName(topic, 0)));
}

async function resetAll(): Promise<void> {
	await Promise.all([...Object.keys(stages), archive].map(resetQueue));
	await Promise.all(['orders', 'orders-done'].map(resetTopic));
	await reset(env.CATALOG.getByName('catalog'));
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
	{ after: 'orders-charge/settle', reset: resetAll },
];

let armed: Fault | undefined;
/** A fault is over when what it lost is being asked for again. */
let isCalm = true;

const connection = {
	url: 'https://sluice.test',
	key: ROOT_KEY,
	async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
		const answer = await exports.default.fetch(new Request(input, init));
		if (armed === undefined || !String(input).endsWith(armed.after)) return answer;
		const fault = armed;
		armed = undefined;
		await answer.text();
		await fault.reset();
		isCalm = true;
		somethingHappened();
		throw new TypeError('the connection was lost');
	},
};

let somethingHappened = () => {};

/** Looks whenever a fault is over or an output has come: asking all the time would leave the objects no time. */
async function until(question: () => boolean): Promise<void> {
	while (!question()) {
		await new Promise<void>((resolve) => {
			somethingHappened = resolve;
		});
	}
}

/** By the id of the message in the archive's queue: who reads it may be given one twice, as everybody may. */
const outputs = new Map<string, { readonly id: string; readonly key: string | null }>();

const record: Work = async ({ id, key, body }) => {
	outputs.set(id, { id: JSON.parse(body).id, key });
	somethingHappened();
	return [];
};

async function unfinished(queue: string): Promise<number> {
	const { visible, leased, delayed, owed } = (await getQueue(queue)).figures;
	return visible + leased + delayed + owed;
}

it('the pipeline gives one output for every input, in order per key, while objects are reset between stages', async () => {
	const settings = { visibilityTimeoutSeconds: 2, maxReceives: 100 };
	await setUp(
		connection,
		resources.map(([path, own]) => [path, path.startsWith('queues/') ? settings : own]),
	);
	const stopping = new AbortController();
	const workers = Object.entries({ ...stages, [archive]: record }).flatMap(([queue, work]) =>
		[1, 2].map(() => runStage(connection, queue, work, stopping.signal)),
	);
	const inputs: { id: string; key: string }[] = [];
	for (const fault of faults) {
		const begun = inputs.length;
		for (let index = begun; index < begun + share; index++) {
			inputs.push({ id: `order-${index}`, key: `customer-${index % keys}` });
		}
		armed = fault;
		isCalm = false;
		const messages = inputs.slice(begun).map(({ id, key }) => ({
			body: JSON.stringify({ id, item: 'pear', quantity: 1 }),
			key,
			dedupId: id,
			attributes: { kind: 'order' },
		}));
		await publish(connection, 'orders', messages);
		await until(() => isCalm && outputs.size >= begun);
	}
	await until(() => outputs.size >= inputs.length);
	stopping.abort();
	await Promise.all(workers);

	expect(Object.groupBy(outputs.values(), ({ key }) => String(key))).toEqual(Object.groupBy(inputs, ({ key }) => key));
	for (const queue of [...Object.keys(stages), archive]) {
		// A courier may have still to hear that its target has everything.
		await eventually(async () => (await unfinished(queue)) === 0);
		expect(await unfinished(`${queue}-dlq`)).toBe(0);
	}
});
