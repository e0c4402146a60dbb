import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resources, stages } from '../../examples/pipeline/orders.ts';
import { type Connection, publish, runStage, setUp, type Work } from '../../examples/pipeline/sluice.ts';
import { root } from '../../scripts/bundle.ts';
import { Crashing, type Fault } from './crashing.ts';
import { rootKey } from './served.ts';

const queues = Object.keys(stages);
const archive = 'orders-done-archive';
const workersPerStage = 3;
const keys = 20;
/** Orders that are published together, and drafts among them, which the filter holds back. */
const tenth = 30;
const drafts = 3;

interface Order {
	readonly id: string;
	readonly key: string;
	readonly quantity: number;
}

interface Browsed {
	readonly key: string | null;
	readonly body: string;
	readonly deadLetter?: { readonly failures: readonly { readonly reason: string }[] };
}

function ordersFrom(first: number, count: number): Order[] {
	return Array.from({ length: count }, (_, offset) => {
		const index = first + offset;
		return { id: `order-${index}`, key: `customer-${(index * 7) % keys}`, quantity: index + 1 };
	});
}

let sluice: Crashing;
let connection: Connection;
beforeEach(async () => {
	sluice = await Crashing.start();
	connection = { url: sluice.url, key: rootKey, fetch: sluice.fetch };
});
afterEach(() => sluice.stop());

async function read<Answer>(path: string): Promise<Answer> {
	const response = await fetch(`${sluice.url}/v1/${path}`, { headers: { authorization: `Bearer ${rootKey}` } });
	if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
	return (await response.json()) as Answer;
}

/** Every question is a request, so that the server goes on: no test sleeps. */
async function until(question: () => Promise<boolean>): Promise<void> {
	while (!(await question()));
}

async function browse(queue: string): Promise<Browsed[]> {
	const found: Browsed[] = [];
	for (let after = ''; ; ) {
		const path = `queues/${queue}/messages?limit=100${after}`;
		const { messages, next } = await read<{ messages: Browsed[]; next: string | null }>(path);
		found.push(...messages);
		if (next === null) return found;
		after = `&after=${next}`;
	}
}

/** Unfinished messages of a queue, and what it owes to others. */
async function unfinished(queue: string): Promise<number> {
	const { figures } = await read<{ figures: Record<'visible' | 'leased' | 'delayed' | 'owed', number> }>(
		`queues/${queue}`,
	);
	return figures.visible + figures.leased + figures.delayed + figures.owed;
}

interface Lag {
	readonly lag: number;
	readonly delivered: number;
	readonly filtered: number;
}

async function subscription(path: string): Promise<Lag> {
	return (await read<{ figures: Lag }>(`topics/${path}`)).figures;
}

/** Asked downstream, so that nothing passes by unseen. */
async function isDrained(): Promise<boolean> {
	if ((await subscription('orders/subscriptions/validate')).lag > 0) return false;
	for (const queue of queues) if ((await unfinished(queue)) > 0) return false;
	return (await subscription('orders-done/subscriptions/archive')).lag === 0;
}

/** Runs the stages until `during` has ended and there is nothing left to do. */
async function withStages(works: Readonly<Record<string, Work>>, during: () => Promise<void>): Promise<void> {
	const stopping = new AbortController();
	const workers = Object.entries(works).flatMap(([queue, work]) =>
		Array.from({ length: workersPerStage }, () => runStage(connection, queue, work, stopping.signal)),
	);
	const working = Promise.all(workers);
	try {
		await Promise.race([during().then(() => until(isDrained)), working]);
	} finally {
		stopping.abort();
	}
	await working;
}

function publishOrders(orders: readonly Order[], kind = 'order'): Promise<void> {
	const messages = orders.map(({ key, ...order }) => ({
		body: JSON.stringify({ ...order, item: 'apple' }),
		key,
		dedupId: `${kind}-${order.id}`,
		attributes: { kind },
	}));
	return publish(connection, 'orders', messages);
}

/** Ids by key, in order. */
function byKey(orders: readonly { readonly key: string | null; readonly id: string }[]): Record<string, string[]> {
	const ids: Record<string, string[]> = {};
	for (const { key, id } of orders) ids[String(key)] = [...(ids[String(key)] ?? []), id];
	return ids;
}

async function archived(): Promise<Record<string, string[]>> {
	const messages = await browse(archive);
	return byKey(messages.map(({ key, body }) => ({ key, id: JSON.parse(body).id })));
}

function lose(lost: Fault['lost'], ...paths: string[]): Fault[] {
	return paths.map((path) => ({ path, lost }));
}

/** One at a time, each while another tenth of the orders is under way. */
const faults = [
	...lose(
		'answer',
		'queues/orders-validate/settle',
		'queues/orders-charge/settle',
		'queues/orders-announce/settle',
		'topics/orders/messages/batch',
		'queues/orders-charge/receive',
	),
	...lose(
		'request',
		'queues/orders-announce/settle',
		'queues/orders-charge/settle',
		'queues/orders-validate/settle',
		'topics/orders/messages/batch',
		'queues/orders-announce/settle',
	),
];

/** A receive whose answer is lost costs a visibility timeout, and a try. */
const patient = { visibilityTimeoutSeconds: 2, maxReceives: 100 };

const layouts: Readonly<Record<string, object>> = {
	'topics/orders': { partitions: 2 },
	'queues/orders-charge': { ...patient, partitions: 3 },
};

describe('the pipeline gives one output for every input, in order per key', () => {
	test('while the server is killed between stages', async () => {
		await setUp(
			connection,
			resources.map(([path, own]) => [
				path,
				{ ...own, ...(layouts[path] ?? (path.startsWith('queues/') ? patient : {})) },
			]),
		);
		const inputs: Order[] = [];
		await withStages(stages, async () => {
			for (const fault of faults) {
				const begun = inputs.length;
				const next = ordersFrom(begun, tenth);
				const over = sluice.arm(fault);
				await publishOrders(next);
				await publishOrders(next.slice(0, drafts), 'draft');
				inputs.push(...next);
				await over;
				await until(async () => (await unfinished(archive)) >= begun);
			}
		});

		expect(sluice.crashes).toBe(faults.length);
		expect(await archived()).toEqual(byKey(inputs));
		for (const queue of [...queues, archive]) expect(await unfinished(`${queue}-dlq`)).toBe(0);
		expect(await subscription('orders/subscriptions/validate')).toMatchObject({
			delivered: inputs.length,
			filtered: drafts * faults.length,
		});
	});

	test('while work fails, and what fails always is a dead letter with its reason', async () => {
		const impatient = { backoff: { initialSeconds: 0.02, factor: 1 } };
		await setUp(
			connection,
			resources.map(([path, own]) => [path, path.startsWith('queues/') ? impatient : own]),
		);
		const failing = (work: Work, stage: number): Work => {
			return (message) => {
				const { id } = JSON.parse(message.body);
				if (stage === 1 && id === 'order-33') throw new Error('the card is declined');
				if (message.attempt <= (Number(id.slice('order-'.length)) + stage) % 3) throw new Error('busy');
				return work(message);
			};
		};
		const inputs = ordersFrom(0, 100);
		const works = Object.entries(stages).map(([queue, work], stage) => [queue, failing(work, stage)] as const);
		await withStages(Object.fromEntries(works), () => publishOrders(inputs));

		expect(await archived()).toEqual(byKey(inputs.filter(({ id }) => id !== 'order-33')));
		const dead = await browse('orders-charge-dlq');
		expect(dead.map(({ body }) => JSON.parse(body).id)).toEqual(['order-33']);
		expect(JSON.stringify(dead[0]?.deadLetter)).toContain('the card is declined');
		for (const queue of ['orders-validate-dlq', 'orders-announce-dlq']) expect(await unfinished(queue)).toBe(0);
	});
});

test('it runs as the README says', async () => {
	const env = { ...process.env, SLUICE_URL: sluice.url, SLUICE_KEY: rootKey };
	const child = spawn(process.execPath, [join(root, 'examples/pipeline.ts')], {
		env,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(child, 'exit');
	const ids: string[] = [];
	for await (const line of createInterface(child.stdout)) {
		ids.push(JSON.parse(line).id);
		if (ids.length === 2) child.kill('SIGINT');
	}
	expect(ids).toEqual(['order-1', 'order-2']);
	expect(await ended).toEqual([0, null]);
});
