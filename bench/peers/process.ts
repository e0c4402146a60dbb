import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const startMs = 60_000;
const stopMs = 5_000;

/** A port above 20000 that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('there is no free port');
	return address.port > 20_000 ? address.port : freePort();
}

export interface Started {
	readonly name: string;
	/** Of the folder that what it writes to its output goes to. */
	readonly folder: string;
	readonly command: string;
	readonly args: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	/** Whom it runs as, where it refuses root. */
	readonly user?: { readonly uid: number; readonly gid: number };
	/** Ends it with all of its own children; what it stored goes with its folder. */
	readonly stopSignal?: NodeJS.Signals;
}

/** A server of a peer, as a child of this process. */
export class PeerProcess {
	private readonly child: ChildProcess;
	private readonly started: Started;
	private readonly exited: Promise<void>;
	private failure: Error | undefined;

	constructor(started: Started, output: number) {
		this.started = started;
		const { command, args, env, folder, user } = started;
		const options: SpawnOptions = { cwd: folder, env, stdio: ['ignore', output, output], ...user };
		this.child = spawn(command, args, options);
		this.exited = new Promise((resolve) => {
			this.child.once('exit', () => resolve());
			this.child.once('error', (error) => {
				this.failure = error;
				resolve();
			});
		});
	}

	/** Resolves when something listens on the port; throws with the server's last words where it ends before. */
	async listens(port: number): Promise<void> {
		for (const startedAt = Date.now(); Date.now() - startedAt < startMs; await sleep(50)) {
			if (this.hasEnded()) throw new Error(`${this.started.name} ended: ${this.failure?.message ?? this.lastWords()}`);
			if (await accepts(port)) return;
		}
		throw new Error(`${this.started.name} does not listen`);
	}

	async stop(): Promise<void> {
		if (this.hasEnded()) return;
		this.child.kill(this.started.stopSignal ?? 'SIGKILL');
		const patience = setTimeout(() => this.child.kill('SIGKILL'), stopMs);
		await this.exited;
		clearTimeout(patience);
	}

	private hasEnded(): boolean {
		return this.failure !== undefined || this.child.exitCode !== null || this.child.signalCode !== null;
	}

	private lastWords(): string {
		return readFileSync(join(this.started.folder, 'output'), 'utf8').trim().split('\n').slice(-3).join(' | ');
	}
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => resolve(true));
		socket.once('error', () => resolve(false));
		socket.once('close', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
