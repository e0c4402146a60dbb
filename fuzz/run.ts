import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root as projectFolder } from '../scripts/bundle.ts';
import { type Server, serve } from '../scripts/serve.ts';
import { Prng } from '../test/simulation/prng.ts';
import { AWS_OPERATIONS, type AwsOperation } from './aws/actions.ts';
import { composeAws } from './aws/compose.ts';
import { AwsKnowledge } from './aws/knowledge.ts';
import { Canary, SECRET } from './canary.ts';
import { faultsOf, type Rules } from './checks.ts';
import { compose } from './compose.ts';
import { Coverage } from './coverage.ts';
import { type Operation, type RawDocument, readApi } from './document.ts';
import { makeKeys, makeWorld } from './ground.ts';
import { Knowledge } from './knowledge.ts';
import { exchangeOf, type Keys, type NativeRequest, type Request, written } from './request.ts';
import { Root } from './root.ts';
import { shrink } from './shrink.ts';
import { Client, type Outcome } from './wire.ts';

export interface Options {
	readonly requests: number;
	readonly seed: number;
	/** Each sends one request at a time, and knows only what it was answered itself. */
	readonly clients: number;
	/** Also shows what the server logs. */
	readonly verbose: boolean;
	readonly onProgress?: (sent: number) => void;
}

export interface Violation {
	readonly fault: string;
	/** As near to a `curl` line as it can be written. */
	readonly request: string;
	/** How often a fault of its kind was met. */
	times: number;
}

export interface Report {
	readonly sent: number;
	readonly seconds: number;
	readonly coverage: Coverage;
	readonly violations: readonly Violation[];
}

const MOVING = /\/(messages|messages\/batch|receive)$/;
const SETTLING = /\/(settle|ack|retry|extend)$/;
const REDRIVING = /\/(redrive|redrives|redrives\/\{id\})$/;
const RESETS = 10;
const PAUSE_MS = 10;
const ROOT_KEY = 'fuzz-root-key-0123456789abcdef';

/** Sends so many requests to a server of its own, and tells what should not have happened. */
export async function fuzz(options: Options): Promise<Report> {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
	const secrets = { SLUICE_ROOT_KEY: ROOT_KEY };
	const output = options.verbose ? 'inherit' : 'ignore';
	const server = await serve({ stateDirectory: folder, secrets, output });
	try {
		return await new Run(options, server, folder).report();
	} finally {
		await server.kill();
		rmSync(folder, { recursive: true, force: true });
	}
}

class Run {
	readonly #options: Options;
	readonly #server: Server;
	readonly #folder: string;
	readonly #violations = new Map<string, Violation>();
	#sent = 0;
	#hasDied = false;

	constructor(options: Options, server: Server, folder: string) {
		this.#options = options;
		this.#server = server;
		this.#folder = folder;
	}

	async report(): Promise<Report> {
		const begun = performance.now();
		const root = new Root(this.#server.url, ROOT_KEY);
		const rules: Rules = {
			api: readApi((await root.document()) as RawDocument),
			secrets: [SECRET, this.#folder, projectFolder, ROOT_KEY],
		};
		const canary = new Canary(root);
		await canary.settle();
		const keys = await makeKeys(root, ROOT_KEY);
		await makeWorld(root);
		const coverage = new Coverage([...rules.api.operations, ...AWS_OPERATIONS]);
		this.#server.exited.then(() => {
			this.#hasDied = true;
		});
		const clients = Array.from({ length: this.#options.clients }, (_, index) =>
			this.#client(index, rules, keys, coverage, canary),
		);
		await Promise.all(clients);
		const ends = this.#hasDied ? ['died: the server has ended'] : await canary.faults();
		for (const fault of ends) this.#add(fault, '(seen at the end)');
		const seconds = (performance.now() - begun) / 1_000;
		return { sent: this.#sent, seconds, coverage, violations: [...this.#violations.values()] };
	}

	/** Takes the operations of both APIs in turn, so that none is left out; all else is drawn from its own generator. */
	async #client(index: number, rules: Rules, keys: Keys, coverage: Coverage, foreign: Canary): Promise<void> {
		const { requests, seed, clients, onProgress } = this.#options;
		const random = new Prng(seed * 1_000 + index);
		const knowledge = new Knowledge(foreign);
		const awsKnowledge = new AwsKnowledge(foreign, new URL(this.#server.url).origin);
		const client = new Client(this.#server.url);
		const { operations, schemas } = rules.api;
		const schedule = scheduleOf(operations);
		const ask = async (operation: Operation | AwsOperation, how: { readonly isGood?: true } = {}) => {
			const request =
				'action' in operation
					? composeAws(operation, { random, knowledge: awsKnowledge, ...how })
					: compose(operation, { random, knowledge, schemas, ...how }, Date.now());
			const outcome = await this.#ask(client, request, keys);
			this.#sent++;
			onProgress?.(this.#sent);
			coverage.add(request, outcome);
			if (request.door === 'native') learn(knowledge, request, outcome);
			else if (outcome.kind === 'answered' && outcome.status < 300 && request.twists.length === 0) {
				// A twisted one may have been answered for another queue.
				awsKnowledge.learn(request.queue, outcome.body.toString());
			}
			for (const fault of await faultsOf(request, outcome, rules)) await this.#violated(fault, request, rules, keys);
		};
		for (let turn = index; turn < requests && !this.#hasDied; turn += clients) {
			await ask(schedule[(index + Math.floor(turn / clients)) % schedule.length] as Operation | AwsOperation);
		}
		// A short run may have been unlucky with some; they need others before them, and nothing that spoils them.
		for (const next of [...schedule, ...schedule]) {
			const missed = schedule.filter(({ id }) => coverage.missed().includes(id));
			if (missed.length === 0 || this.#hasDied) break;
			await ask(random.pick(missed), { isGood: true });
			await ask(next, { isGood: true });
		}
		client.close();
	}

	/**
	 * A server that refuses a request before it has read the body may reset the connection, and what it has answered be
	 * lost on the way: that is TCP's, so it is asked again. One that never answers is at fault.
	 */
	async #ask(client: Client, request: Request, keys: Keys): Promise<Outcome> {
		const exchange = exchangeOf(request, keys, new URL(this.#server.url).host);
		for (let tries = 1; ; tries++) {
			const outcome = await client.exchange(exchange);
			if (outcome.kind !== 'closed' || !request.isHttp || tries === RESETS) return outcome;
			await wait(tries * PAUSE_MS);
		}
	}

	async #violated(fault: string, request: Request, rules: Rules, keys: Keys): Promise<void> {
		const known = this.#violations.get(kindOf(fault, request));
		if (known !== undefined) known.times++;
		else {
			const violation = this.#add(fault, written(request), request);
			// A hang would be waited for again and again.
			if (fault.startsWith('hang')) return;
			const client = new Client(this.#server.url);
			const smallest = await shrink(request, async (smaller) => {
				const outcome = await this.#ask(client, smaller, keys);
				return (await faultsOf(smaller, outcome, rules)).some((other) => other.slice(0, 30) === fault.slice(0, 30));
			});
			client.close();
			this.#violations.set(kindOf(fault, request), { ...violation, request: written(smallest) });
		}
	}

	#add(fault: string, text: string, request?: Request): Violation {
		const violation = { fault, request: text, times: 1 };
		this.#violations.set(kindOf(fault, request), violation);
		return violation;
	}
}

/** All of them, those that move messages more often: the others need something to meet. */
function scheduleOf(operations: readonly Operation[]): (Operation | AwsOperation)[] {
	const moving = operations.filter(({ path }) => MOVING.test(path));
	const settling = operations.filter(({ path }) => SETTLING.test(path) || REDRIVING.test(path));
	const rounds = [
		moving,
		settling,
		moving,
		operations.slice(0, operations.length / 2),
		moving,
		settling,
		operations.slice(operations.length / 2),
	];
	return interleaved(rounds.flat(), awsRounds());
}

function awsRounds(): AwsOperation[] {
	const most = Math.max(...AWS_OPERATIONS.map(({ action }) => action.turns ?? 1));
	return Array.from({ length: most }, (_, round) =>
		AWS_OPERATIONS.filter(({ action }) => (action.turns ?? 1) > round),
	).flat();
}

/** As evenly as it goes. */
function interleaved<One, Other>(one: readonly One[], other: readonly Other[]): (One | Other)[] {
	const placed = [one, other].flatMap((items: readonly (One | Other)[]) =>
		items.map((item, index) => ({ item, at: (index + 0.5) / items.length })),
	);
	return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** Faults of one kind on one route are told once. */
function kindOf(fault: string, request: Request | undefined): string {
	return `${request?.operation.id} ${fault.replaceAll(/\d+/g, '0').slice(0, 60)}`;
}

function learn(knowledge: Knowledge, { operation, queue, isAimed }: NativeRequest, outcome: Outcome): void {
	if (!isAimed || outcome.kind !== 'answered' || outcome.status >= 300) return;
	if (outcome.headers.get('content-type') !== 'application/json' || outcome.body.length === 0) return;
	const isOfQueue = operation.path.startsWith('/v1/queues/{queue}/');
	if (isOfQueue || operation.path === '/v1/keys') {
		knowledge.learn(isOfQueue ? queue : undefined, JSON.parse(outcome.body.toString()));
	}
}
