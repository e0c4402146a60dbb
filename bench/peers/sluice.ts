import { BODY } from '../client.ts';
import type { Running } from '../servers.ts';
import { BATCH, finishedPerSecond, OUTSTANDING, type Peer } from './peer.ts';

const messages = Array.from({ length: BATCH }, () => ({ body: BODY }));

/** Sluice on Node's own HTTP client, which makes and reads every request like the others' clients do. */
export function sluicePeer({ client }: Running): Peer {
	return {
		name: 'Sluice',
		about: 'workerd, one process for Worker, objects and disk; fsync before each answer; HTTP/1.1, 32 connections',
		create: (queue) => client.createQueue(queue),
		publish: (queue) => client.publish(queue),
		publishBatch: (queue) => client.publishBatch(queue, messages),
		consume: (queue, seconds) =>
			finishedPerSecond(seconds, OUTSTANDING, async () => {
				const received = await client.receive(queue, BATCH);
				if (received.length > 0) await client.acknowledge(queue, received);
				return received.length;
			}),
		remove: (queue) => client.purge(queue),
		close: async () => {},
	};
}
