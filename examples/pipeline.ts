/** Runs the stages of pipeline/orders.ts until Ctrl-C. Usage: SLUICE_KEY=... node pipeline.ts  (Node 24, Deno, Bun) */
import process from 'node:process';
import { resources, stages } from './pipeline/orders.ts';
import { type Connection, publish, runStage, setUp, type Work } from './pipeline/sluice.ts';

const connection: Connection = {
	url: process.env.SLUICE_URL ?? 'http://localhost:8787',
	key: process.env.SLUICE_KEY ?? '',
	fetch,
	onRepeat: console.warn,
};
const workersPerStage = 2;

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());

await setUp(connection, resources);

const orders = [
	{ id: 'order-1', item: 'apple', quantity: 60 },
	{ id: 'order-2', item: 'pear', quantity: 2 },
	{ id: 'order-3', item: 'plum', quantity: 1 },
];
await publish(
	connection,
	'orders',
	orders.map((order) => ({
		body: JSON.stringify(order),
		key: 'customer-7',
		dedupId: order.id,
		attributes: { kind: 'order' },
	})),
);

/** Whoever is interested in what is done reads a queue that is subscribed to it. */
const archive: Work = async ({ body }) => {
	console.log(body);
	return [];
};

const workers = Object.entries({ ...stages, 'orders-done-archive': archive }).flatMap(([queue, work]) =>
	Array.from({ length: workersPerStage }, () => runStage(connection, queue, work, stopping.signal)),
);
await Promise.all(workers);
