import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, AnswerReader } from './answer-reader.ts';

/** What a client does, in order: send, wait for so many milliseconds, end its half of the connection, or vanish. */
export type Step = Uint8Array | { readonly pauseMs: number } | 'end' | 'vanish';

export interface Exchange {
	readonly method: string;
	readonly steps: readonly Step[];
	/** The connection is good for another request afterwards, as far as the client can tell. */
	readonly keepsConnection: boolean;
	/** The client gives up after so long, which is no fault; absent: it waits. */
	readonly leavesAfterMs?: number;
}

export interface Ended {
	/** `closed`: no answer, the connection ended. `hung`: neither. `left`: the client did not wait. */
	readonly kind: 'closed' | 'hung' | 'left';
}

export type Outcome = (Answer & { readonly kind: 'answered' }) | Ended | { readonly kind: 'garbled'; why: string };

/** Since the last byte was sent. */
const PATIENCE_MS = 10_000;

/** One client on bare sockets: it can send what no HTTP library would. One exchange at a time. */
export class Client {
	readonly #host: string;
	readonly #port: number;
	readonly #patienceMs: number;
	#kept: Socket | null = null;

	constructor(url: string, patienceMs = PATIENCE_MS) {
		const { hostname, port } = new URL(url);
		this.#host = hostname === 'localhost' ? '127.0.0.1' : hostname;
		this.#port = Number(port);
		this.#patienceMs = patienceMs;
	}

	async exchange(exchange: Exchange): Promise<Outcome> {
		const kept = this.#kept;
		this.#kept = null;
		if (kept === null || kept.destroyed || !exchange.keepsConnection) {
			kept?.destroy();
			return (await this.#on(this.#connect(), exchange)).outcome;
		}
		const { outcome, hasBegun } = await this.#on(kept, exchange);
		// The server may end an idle connection at any time: that is asked again, once, on a new one.
		if (outcome.kind !== 'closed' || hasBegun) return outcome;
		return (await this.#on(this.#connect(), exchange)).outcome;
	}

	close(): void {
		this.#kept?.destroy();
		this.#kept = null;
	}

	#connect(): Socket {
		const socket = connect({ host: this.#host, port: this.#port, noDelay: true, allowHalfOpen: true });
		// What is wrong with a connection shows in its end.
		socket.on('error', () => {});
		return socket;
	}

	async #on(socket: Socket, exchange: Exchange): Promise<{ outcome: Outcome; hasBegun: boolean }> {
		const reader = new AnswerReader(exchange.method);
		const { promise, resolve } = Promise.withResolvers<Outcome>();
		const onData = (bytes: Buffer) => {
			try {
				const answer = reader.add(bytes);
				if (answer !== null) resolve({ kind: 'answered', ...answer });
			} catch (error) {
				resolve({ kind: 'garbled', why: error instanceof Error ? error.message : String(error) });
			}
		};
		const onEnd = () => {
			const answer = reader.end();
			resolve(answer === null ? { kind: 'closed' } : { kind: 'answered', ...answer });
		};
		socket.on('data', onData).on('end', onEnd).on('close', onEnd);
		let timer: NodeJS.Timeout | undefined;
		const settled = promise.then(() => true);
		perform(socket, exchange.steps, settled).then((vanished) => {
			if (vanished) return resolve({ kind: 'left' });
			const { leavesAfterMs } = exchange;
			const giveUp = () => resolve({ kind: leavesAfterMs === undefined ? 'hung' : 'left' });
			timer = setTimeout(giveUp, leavesAfterMs ?? this.#patienceMs);
		});
		const outcome = await promise;
		clearTimeout(timer);
		socket.off('data', onData).off('end', onEnd).off('close', onEnd);
		const isGood = outcome.kind === 'answered' && outcome.headers.get('connection')?.toLowerCase() !== 'close';
		if (isGood && exchange.keepsConnection && !socket.destroyed) this.#kept = socket;
		else socket.destroy();
		return { outcome, hasBegun: reader.hasBegun };
	}
}

/** Stops where there is an answer already. Answers whether the client has vanished. */
async function perform(socket: Socket, steps: readonly Step[], settled: Promise<boolean>): Promise<boolean> {
	let isSettled = false;
	settled.then(() => {
		isSettled = true;
	});
	for (const step of steps) {
		if (isSettled || socket.destroyed) return false;
		if (step === 'end') socket.end();
		else if (step === 'vanish') {
			socket.destroy();
			return true;
		} else if ('pauseMs' in step) await Promise.race([wait(step.pauseMs), settled]);
		else await Promise.race([written(socket, step), settled]);
	}
	return false;
}

function written(socket: Socket, bytes: Uint8Array): Promise<void> {
	return new Promise((done) => {
		// Nobody waits for what a closed connection never takes.
		socket.once('close', done);
		socket.write(bytes, () => {
			socket.off('close', done);
			done();
		});
	});
}
