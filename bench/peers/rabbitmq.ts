import { BODY } from '../client.ts';
import type { Installation } from './install.ts';
import { BATCH, OUTSTANDING, type Peer } from './peer.ts';
import { NPM_PACKAGES } from './versions.ts';

interface Delivery {
	readonly content: Buffer;
}

interface Channel {
	on(name: 'error', listener: (error: Error) => void): void;
	assertQueue(queue: string, options: object): Promise<unknown>;
	deleteQueue(queue: string): Promise<unknown>;
	checkQueue(queue: string): Promise<{ messageCount: number }>;
	prefetch(count: number): Promise<unknown>;
	consume(queue: string, listener: (message: Delivery | null) => void): Promise<unknown>;
	ack(message: Delivery, allUpTo: boolean): void;
	close(): Promise<void>;
}

interface ConfirmChannel extends Channel {
	sendToQueue(queue: string, body: Buffer, options: object, confirmed: (error: unknown) => void): boolean;
}

interface Connection {
	on(name: 'error', listener: (error: Error) => void): void;
	createChannel(): Promise<Channel>;
	createConfirmChannel(): Promise<ConfirmChannel>;
	close(): Promise<void>;
}

interface Module {
	connect(url: string, options?: object): Promise<Connection>;
}

/** For publishing: more is not faster, and fewer is slower. */
const CHANNELS = 8;

const body = Buffer.from(BODY);
const persistent = { persistent: true };

export async function rabbitmqPeer(installation: Installation, port: number): Promise<Peer> {
	const { connect } = await installation.client<Module>('amqplib');
	const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`, { noDelay: true });
	// What is under way fails of itself; unheard, the loss of the connection would end this process and leave the servers.
	connection.on('error', () => {});
	const channels = await Promise.all(Array.from({ length: CHANNELS }, () => connection.createConfirmChannel()));
	const [first] = channels;
	if (first === undefined) throw new Error('there is no channel');
	let turn = 0;
	const next = () => channels[turn++ % CHANNELS] ?? first;
	return {
		name: 'RabbitMQ',
		about: `amqplib ${NPM_PACKAGES.amqplib}; a quorum queue of one node, publisher confirms, ${CHANNELS} channels`,
		create: async (queue) => {
			await first.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
		},
		publish: (queue) => confirmed(next(), queue),
		publishBatch: async (queue) => {
			const channel = next();
			await Promise.all(Array.from({ length: BATCH }, () => confirmed(channel, queue)));
		},
		consume: (queue, seconds) => acknowledgedPerSecond(connection, queue, seconds),
		remove: async (queue) => {
			await first.deleteQueue(queue);
		},
		close: () => connection.close(),
	};
}

/**
 * Messages are pushed ahead; each consumer acknowledges 100 at once. That has no answer, so each publishes a last message behind its
 * acknowledgements: they go through the same log, so its confirm says that they are as durable as Sluice's are when answered.
 */
async function acknowledgedPerSecond(connection: Connection, queue: string, seconds: number): Promise<number> {
	const channels = await Promise.all(Array.from({ length: OUTSTANDING }, () => connection.createConfirmChannel()));
	const { messageCount } = await connection.createChannel().then((channel) => channel.checkQueue(queue));
	if (messageCount === 0) throw new Error('there was nothing to receive');
	let over = false;
	let taken = 0;
	const unacknowledged = new Map<ConfirmChannel, Delivery>();
	const startedAt = performance.now();
	await new Promise<void>((resolve) => {
		const end = () => {
			over = true;
			resolve();
		};
		setTimeout(end, seconds * 1_000);
		for (const channel of channels) void consumeByHundred(channel, end);
	});
	for (const [channel, last] of unacknowledged) channel.ack(last, true);
	await Promise.all(channels.map((channel) => confirmed(channel, queue)));
	const rate = (taken / (performance.now() - startedAt)) * 1_000;
	await Promise.all(channels.map((channel) => channel.close()));
	return rate;

	async function consumeByHundred(channel: ConfirmChannel, end: () => void): Promise<void> {
		let ahead = 0;
		// One batch is on its way while the one before is being acknowledged.
		await channel.prefetch(2 * BATCH);
		await channel.consume(queue, (message) => {
			if (message === null || over) return;
			taken++;
			unacknowledged.set(channel, message);
			if (++ahead === BATCH) {
				channel.ack(message, true);
				unacknowledged.delete(channel);
				ahead = 0;
			}
			if (taken === messageCount) end();
		});
	}
}

function confirmed(channel: ConfirmChannel, queue: string): Promise<void> {
	return new Promise((resolve, reject) => {
		channel.sendToQueue(queue, body, persistent, (error) => (error ? reject(error) : resolve()));
	});
}
