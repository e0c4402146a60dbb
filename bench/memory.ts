import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BODY, Client } from './client.ts';
import { BACKLOG_QUEUE } from './depth.ts';
import type { Measured } from './report.ts';
import { type Running, SECRETS, type Servers } from './servers.ts';
import { median } from './statistics.ts';
import { workerd } from './workerd.ts';

const REQUESTS = 200;

interface Footprint {
	/** Bytes of live JavaScript values and their buffers, Worker and objects together, after a collection. */
	readonly heap: number;
	/** Bytes of the whole process that are in memory: with SQLite's page cache and what the collector keeps. */
	readonly resident: number;
	/** Milliseconds from the first request to its answer, the object's start included. */
	readonly wakeMs: number;
}

/** A fresh process on a state that is there already: what the object needs, not what loading it left behind. */
async function footprint(servers: Servers, { kind, stateDirectory }: Running): Promise<Footprint> {
	const { config } = await servers.bundle(kind);
	const command = [
		'serve',
		config,
		...['--directory-path', `state=${stateDirectory}`],
		...['--socket-addr', 'http=127.0.0.1:0'],
		...['--inspector-addr', '127.0.0.1:0'],
		...['--control-fd', '3'],
	];
	const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const;
	const child = spawn(workerd, command, { stdio: [...stdio], env: { ...process.env, ...SECRETS } });
	const exited = new Promise((resolve) => child.once('exit', resolve));
	try {
		const ports = await listening(child.stdio[3] as Readable);
		const client = new Client(`http://127.0.0.1:${ports.http}`, SECRETS.SLUICE_ROOT_KEY);
		const startedAt = performance.now();
		await client.get(`/v1/queues/${BACKLOG_QUEUE}/messages?limit=1`);
		const wakeMs = performance.now() - startedAt;
		await consume(client);
		const heap = await liveHeap(ports.inspector);
		const resident = await residentBytes(child.pid ?? 0);
		client.close();
		return { heap, resident, wakeMs };
	} finally {
		child.kill('SIGKILL');
		await exited;
	}
}

async function listening(control: Readable): Promise<{ http: number; inspector: number }> {
	let text = '';
	let inspector = 0;
	for await (const chunk of control) {
		text += chunk;
		for (const line of text.split('\n').slice(0, -1)) {
			const { event, port = 0 } = JSON.parse(line) as { event: string; port?: number };
			if (event === 'listen-inspector') inspector = port;
			if (event === 'listen') return { http: port, inspector };
		}
	}
	throw new Error('workerd ended before it listened');
}

/** The same work whatever the backlog. */
async function consume(client: Client): Promise<void> {
	for (let index = 0; index < REQUESTS; index++) {
		const messages = await client.receive(BACKLOG_QUEUE, 10);
		await client.acknowledge(BACKLOG_QUEUE, messages);
		await client.publishBatch(
			BACKLOG_QUEUE,
			messages.map(() => ({ body: BODY })),
		);
	}
}

/** Asks V8 itself, over the inspector, after it has collected all garbage. */
async function liveHeap(port: number): Promise<number> {
	const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
	const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
	await new Promise((resolve, reject) => {
		socket.onopen = resolve;
		socket.onerror = reject;
	});
	let id = 0;
	const ask = (method: string) =>
		new Promise<unknown>((resolve) => {
			const asked = ++id;
			socket.addEventListener('message', ({ data }) => {
				const answer = JSON.parse(String(data)) as { id?: number; result?: unknown };
				if (answer.id === asked) resolve(answer.result);
			});
			socket.send(JSON.stringify({ id: asked, method }));
		});
	// workerd answers no request to collect, but a snapshot begins with one; what it says is of no interest.
	await ask('HeapProfiler.enable');
	await ask('HeapProfiler.takeHeapSnapshot');
	const usage = (await ask('Runtime.getHeapUsage')) as Record<'usedSize' | 'backingStorageSize', number>;
	socket.close();
	return usage.usedSize + usage.backingStorageSize;
}

async function residentBytes(pid: number): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1_024;
}

/** Both servers must have been stopped: one process at a time owns a state. */
export async function memory(servers: Servers, deep: Running, shallow: Running, rounds: number): Promise<Measured> {
	const deeps: Footprint[] = [];
	const shallows: Footprint[] = [];
	for (let round = 0; round < rounds; round++) {
		if (round % 2 === 0) shallows.push(await footprint(servers, shallow));
		deeps.push(await footprint(servers, deep));
		if (round % 2 === 1) shallows.push(await footprint(servers, shallow));
	}
	const of = (footprints: readonly Footprint[], field: keyof Footprint) =>
		median(footprints.map((entry) => entry[field]));
	const MB = (bytes: number) => (bytes / 1e6).toFixed(1);
	return {
		what: 'memory at the deep backlog against 1,000: the live heap',
		value: of(deeps, 'heap') / of(shallows, 'heap'),
		atMost: 1.3,
		detail:
			`heap ${MB(of(deeps, 'heap'))} MB against ${MB(of(shallows, 'heap'))} MB; whole process ` +
			`${MB(of(deeps, 'resident'))} MB against ${MB(of(shallows, 'resident'))} MB; ` +
			`first answer of a sleeping object ${Math.round(of(deeps, 'wakeMs'))} ms against ${Math.round(of(shallows, 'wakeMs'))} ms`,
	};
}
