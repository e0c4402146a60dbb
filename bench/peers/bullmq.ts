import { setTimeout as sleep } from 'node:timers/promises';
import { BODY } from '../client.ts';
import type { Installation } from './install.ts';
import { BATCH, type Peer } from './peer.ts';
import { NPM_PACKAGES } from './versions.ts';

interface Queue {
	on(name: 'error', listener: (error: Error) => void): void;
	add(name: string, data: object): Promise<unknown>;
	addBulk(messages: readonly { name: string; data: object }[]): Promise<unknown>;
	close(): Promise<void>;
}

interface Worker {
	on(name: 'completed' | 'drained', listener: () => void): void;
	on(name: 'error', listener: (error: Error) => void): void;
	waitUntilReady(): Promise<unknown>;
	run(): Promise<void>;
	close(): Promise<void>;
}

interface Module {
	readonly Queue: new (name: string, options: object) => Queue;
	readonly Worker: new (name: string, process: () => Promise<void>, options: object) => Worker;
}

interface Redis {
	on(name: 'error', listener: (error: Error) => void): void;
	flushdb(): Promise<unknown>;
	quit(): Promise<unknown>;
}

interface Driver {
	readonly Redis: new (options: object) => Redis;
}

/** More than one lets commands overlap with waiting; of 1, 4, 8 and 32 about the fastest. */
const CONNECTIONS = 8;
const WORKERS = 4;

const data = { body: BODY };
const batch = Array.from({ length: BATCH }, () => ({ name: 'message', data }));

export async function bullmqPeer(installation: Installation, port: number): Promise<Peer> {
	const { Queue, Worker } = await installation.client<Module>('bullmq');
	const { Redis } = await installation.client<Driver>('ioredis');
	const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
	const redis = new Redis(connection);
	// What is under way fails of itself.
	redis.on('error', () => {});
	const queues = new Map<string, Queue[]>();
	let turn = 0;
	const open = (name: string) => {
		const queue = queues.get(name)?.[turn++ % CONNECTIONS];
		if (queue === undefined) throw new Error(`there is no queue ${name}`);
		return queue;
	};
	return {
		name: 'BullMQ',
		about: `bullmq ${NPM_PACKAGES.bullmq}, ioredis ${NPM_PACKAGES.ioredis}; appendonly yes, appendfsync always`,
		create: async (name) => {
			// What is finished is removed, as Sluice does it.
			const options = { connection, defaultJobOptions: { removeOnComplete: true } };
			const opened = Array.from({ length: CONNECTIONS }, () => new Queue(name, options));
			for (const queue of opened) queue.on('error', () => {});
			queues.set(name, opened);
		},
		publish: async (name) => {
			await open(name).add('message', data);
		},
		publishBatch: async (name) => {
			await open(name).addBulk(batch);
		},
		consume: async (name, seconds) => {
			const options = { connection, concurrency: BATCH, autorun: false };
			const workers = Array.from({ length: WORKERS }, () => new Worker(name, async () => {}, options));
			return completedPerSecond(workers, seconds);
		},
		remove: async (name) => {
			await Promise.all((queues.get(name) ?? []).map((queue) => queue.close()));
			queues.delete(name);
			// One queue at a time; and obliterating it message by message would take longer than all the rest.
			await redis.flushdb();
		},
		close: async () => {
			await redis.quit();
		},
	};
}

/** It has no receive by 100: a worker takes one message with each that it completes, here 100 at a time. */
async function completedPerSecond(workers: readonly Worker[], seconds: number): Promise<number> {
	let completed = 0;
	let endedAt = 0;
	const ends = workers.map((worker) => {
		worker.on('completed', () => {
			completed++;
			endedAt = performance.now();
		});
		return new Promise<void>((resolve, reject) => {
			worker.on('drained', resolve);
			worker.on('error', reject);
		});
	});
	await Promise.all(workers.map((worker) => worker.waitUntilReady()));
	const startedAt = performance.now();
	const running = workers.map((worker) => worker.run());
	await Promise.race([Promise.all(ends), sleep(seconds * 1_000)]);
	const rate = (completed / (endedAt - startedAt)) * 1_000;
	await Promise.all(workers.map((worker) => worker.close()));
	await Promise.all(running);
	if (completed === 0) throw new Error('there was nothing to receive');
	return rate;
}
