import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstLine } from '../../scripts/debian.ts';
import type { Measured } from '../report.ts';
import type { Running } from '../servers.ts';
import { inTurn, medianRatio } from '../statistics.ts';
import { whole } from '../throughput.ts';
import { bullmqPeer } from './bullmq.ts';
import { Installation } from './install.ts';
import { BATCH, type Peer, perSecond } from './peer.ts';
import { pgBossPeer } from './pg-boss.ts';
import { rabbitmqPeer } from './rabbitmq.ts';
import { PeerServers } from './servers.ts';
import { sluicePeer } from './sluice.ts';

export interface Beside {
	readonly measured: Measured[];
	/** What each is and how it stores. */
	readonly notes: string[];
	/** Messages per second, per measure and queue, per round. */
	readonly rounds: Rates;
}

type Measure = 'single' | 'batch' | 'consume';
type Rates = Record<Measure, Record<string, number[]>>;

const closeMs = 2_000;

/** The peers' servers and clients in a folder that goes with `close`, and what could not be had. */
export class Peers {
	readonly ready: Peer[] = [];
	readonly skipped: string[] = [];
	private servers: PeerServers | undefined;
	private folder: string | undefined;
	private readonly over = new AbortController();
	private opening: Promise<void> | undefined;
	private closing: Promise<void> | undefined;

	/** A peer that cannot be installed or started is skipped, with the reason. Throws when it is closed meanwhile. */
	async open(): Promise<void> {
		this.opening = this.install();
		await this.opening;
		this.over.signal.throwIfAborted();
	}

	private async install(): Promise<void> {
		try {
			const folder = await mkdtemp(join(tmpdir(), 'sluice-peers-'));
			this.folder = folder;
			const installation = await Installation.make(join(folder, 'installation'), this.over.signal);
			const servers = new PeerServers(installation, join(folder, 'servers'));
			this.servers = servers;
			await this.add('BullMQ', async () => bullmqPeer(installation, await servers.redis()));
			await this.add('pg-boss', async () => pgBossPeer(installation, await servers.postgres()));
			await this.add('RabbitMQ', async () => rabbitmqPeer(installation, await servers.rabbitmq()));
		} catch (error) {
			this.skip('every peer', error);
		}
	}

	/** Also while `open` or a measurement is under way, and more than once. */
	close(): Promise<void> {
		this.closing ??= this.end();
		return this.closing;
	}

	private async end(): Promise<void> {
		this.over.abort(new Error('the benchmark is over'));
		// A client that waits for an answer must not keep the servers.
		const closed = Promise.allSettled(this.ready.map((peer) => peer.close()));
		await Promise.race([closed, sleep(closeMs, undefined, { ref: false })]);
		await this.servers?.stop();
		await this.opening;
		// What `open` had begun meanwhile.
		await this.servers?.stop();
		if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	private async add(name: string, start: () => Promise<Peer>): Promise<void> {
		if (this.over.signal.aborted) return;
		try {
			this.ready.push(await start());
		} catch (error) {
			this.skip(name, error);
		}
	}

	private skip(name: string, error: unknown): void {
		if (this.over.signal.aborted) return;
		this.skipped.push(`${name} was skipped: ${firstLine(error)}`);
		console.error(`  ${this.skipped.at(-1)}`);
	}
}

/** Sluice and each peer in turn, round after round: what it publishes singly, in batches, and consumes of those. */
export async function beside(sluice: Running, peers: Peers, rounds: number, seconds: number): Promise<Beside> {
	const all = [sluicePeer(sluice), ...peers.ready];
	// The compilers, theirs and ours, have seen it all before the first round.
	for (const peer of all) {
		await single(peer, -1, 1);
		await batches(peer, -1, 1);
	}
	const consumed: Record<string, number[]> = {};
	const measures = all.flatMap((peer) => [
		[`single ${peer.name}`, (round: number) => single(peer, round, seconds)] as const,
		[
			`batch ${peer.name}`,
			async (round: number) => {
				const rates = await batches(peer, round, seconds);
				consumed[peer.name] = [...(consumed[peer.name] ?? []), rates.consumed];
				return rates.published;
			},
		] as const,
	]);
	const values = await inTurn(rounds, Object.fromEntries(measures));
	const rates: Rates = { single: {}, batch: {}, consume: consumed };
	for (const { name } of all) {
		rates.single[name] = values[`single ${name}`] ?? [];
		rates.batch[name] = values[`batch ${name}`] ?? [];
	}
	const abouts = all.map(({ name, about }) => `${name}: ${about}.`);
	return {
		measured: peers.ready.flatMap(({ name }) => ratios(name, rates)),
		notes: abouts,
		rounds: rates,
	};
}

/** Messages per second, published one by one. */
async function single(peer: Peer, round: number, seconds: number): Promise<number> {
	const queue = `single-${round}`;
	await peer.create(queue);
	const rate = await perSecond(seconds, () => peer.publish(queue));
	await peer.remove(queue);
	return rate;
}

/** Messages per second, published by 100; and then consumed of these. */
async function batches(peer: Peer, round: number, seconds: number): Promise<{ published: number; consumed: number }> {
	const queue = `batch-${round}`;
	await peer.create(queue);
	const published = BATCH * (await perSecond(seconds, () => peer.publishBatch(queue)));
	const consumed = await peer.consume(queue, seconds);
	await peer.remove(queue);
	return { published, consumed };
}

const ROWS: readonly { readonly measure: Measure; readonly what: string; readonly ahead: boolean }[] = [
	{ measure: 'single', what: 'single publishes', ahead: false },
	{ measure: 'batch', what: `batches of ${BATCH}`, ahead: true },
	{ measure: 'consume', what: `receive + ack by ${BATCH}`, ahead: true },
];

function ratios(peer: string, rates: Rates): Measured[] {
	return ROWS.map(({ measure, what, ahead }) => {
		const [own = [], other = []] = [rates[measure].Sluice, rates[measure][peer]];
		return {
			what: `${what}, against ${peer}`,
			value: medianRatio(own, other),
			...(ahead ? { atLeast: 1 } : {}),
			detail: `${whole(own)} against ${whole(other)} messages/s`,
		};
	});
}
