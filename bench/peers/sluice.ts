import { type Batch, BODY, type Client } from '../client.ts';
import type { Running } from '../servers.ts';
import { BATCH, OUTSTANDING, type Peer, together } from './peer.ts';

const NOTHING: Batch = { messages: [], receipts: [] };
const messages = Array.from({ length: BATCH }, () => ({ body: BODY }));

/** Sluice on Node's own HTTP client, which makes and reads every request like the others' clients do. */
export function sluicePeer({ client }: Running): Peer {
	return {
		name: 'Sluice',
		about:
			'workerd, one process for Worker, objects and disk; fsync before each answer; HTTP/1.1, 32 connections; each receive acknowledges the one before; minimal answers',
		create: (queue) => client.createQueue(queue),
		publish: (queue) => client.publish(queue),
		publishBatch: (queue) => client.publishBatch(queue, messages),
		consume: (queue, seconds) => finishedPerSecond(client, queue, seconds),
		remove: (queue) => client.purge(queue),
		close: async () => {},
	};
}

/** Each consumer acknowledges a batch with the receive of the next one, and its last one by itself. */
async function finishedPerSecond(client: Client, queue: string, seconds: number): Promise<number> {
	const startedAt = performance.now();
	const elapsed = () => (performance.now() - startedAt) / 1_000;
	let finished = 0;
	await together(OUTSTANDING, async () => {
		let held = await client.receiveBatch(queue, BATCH, { minimal: true });
		while (held.messages.length > 0) {
			const isLast = elapsed() > seconds;
			const next = isLast ? NOTHING : await client.exchange(queue, held, BATCH, true);
			if (isLast) await client.acknowledge(queue, held.messages);
			finished += held.messages.length;
			held = next;
		}
	});
	if (finished === 0) throw new Error('there was nothing to receive');
	return finished / elapsed();
}
