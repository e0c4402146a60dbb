import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SQS } from '@aws-sdk/client-sqs';
import { root } from '../scripts/bundle.ts';
import { BODY } from './client.ts';
import { finishedPerSecond, OUTSTANDING, perSecond } from './peers/peer.ts';
import { freePort, PeerProcess } from './peers/process.ts';
import type { Measured } from './report.ts';
import { type Running, SECRETS } from './servers.ts';
import { inTurn, medianRatio } from './statistics.ts';
import { whole } from './throughput.ts';

// AWS's own SDK against Sluice and against fauxqs, an emulator that keeps all in memory, in one run.

/** SQS takes no more. */
const BATCH = 10;

const fauxqs = join(root, 'node_modules/fauxqs');

export interface BesideAws {
	readonly measured: Measured[];
	readonly notes: string[];
	/** Messages per second, per measure and server, per round. */
	readonly rounds: Readonly<Record<string, number[]>>;
}

/** A server that speaks SQS, as the SDK sees it. */
class Target {
	readonly #sqs: SQS;

	constructor(endpoint: string, secretAccessKey: string) {
		const credentials = { accessKeyId: 'root', secretAccessKey };
		this.#sqs = new SQS({ endpoint, region: 'eu-central-1', credentials });
	}

	async create(QueueName: string): Promise<string> {
		return (await this.#sqs.createQueue({ QueueName })).QueueUrl ?? '';
	}

	send(QueueUrl: string): Promise<unknown> {
		return this.#sqs.sendMessage({ QueueUrl, MessageBody: BODY });
	}

	async sendBatch(QueueUrl: string): Promise<void> {
		const Entries = Array.from({ length: BATCH }, (_, index) => ({ Id: String(index), MessageBody: BODY }));
		const { Failed = [] } = await this.#sqs.sendMessageBatch({ QueueUrl, Entries });
		if (Failed.length > 0) throw new Error(`${Failed[0]?.Code}: ${Failed[0]?.Message}`);
	}

	/** Receives and deletes a batch; answers how many messages it had. */
	async take(QueueUrl: string): Promise<number> {
		const { Messages = [] } = await this.#sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: BATCH });
		if (Messages.length === 0) return 0;
		const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
		const { Failed = [] } = await this.#sqs.deleteMessageBatch({ QueueUrl, Entries });
		if (Failed.length > 0) throw new Error(`${Failed[0]?.Code}: ${Failed[0]?.Message}`);
		return Messages.length;
	}

	async remove(QueueUrl: string): Promise<void> {
		await this.#sqs.deleteQueue({ QueueUrl });
	}

	close(): void {
		this.#sqs.destroy();
	}
}

/** The emulator as a process of its own, which goes with `close`. */
export class Fauxqs {
	readonly url: string;
	readonly #process: PeerProcess;

	private constructor(url: string, process: PeerProcess) {
		this.url = url;
		this.#process = process;
	}

	static async start(folder: string): Promise<Fauxqs> {
		mkdirSync(folder, { recursive: true });
		const port = await freePort();
		const env = { ...process.env, FAUXQS_PORT: String(port), FAUXQS_LOGGER: 'false', FAUXQS_HOST: '127.0.0.1' };
		const args = [join(fauxqs, 'dist/server.js')];
		const output = openSync(join(folder, 'output'), 'a');
		const started = new PeerProcess({ name: 'fauxqs', folder, command: process.execPath, args, env }, output);
		closeSync(output);
		await started.listens(port);
		return new Fauxqs(`http://127.0.0.1:${port}`, started);
	}

	close(): Promise<void> {
		return this.#process.stop();
	}
}

export async function besideFauxqs(
	sluice: Running,
	other: Fauxqs,
	rounds: number,
	seconds: number,
): Promise<BesideAws> {
	const targets = {
		Sluice: new Target(sluice.url, SECRETS.SLUICE_ROOT_KEY),
		fauxqs: new Target(other.url, 'any'),
	};
	const names = Object.keys(targets) as (keyof typeof targets)[];
	const consumed: Record<string, number[]> = { Sluice: [], fauxqs: [] };
	const batches = async (name: keyof typeof targets, round: number, seconds: number) => {
		const rates = await sentAndTaken(targets[name], `batch-${round}`, seconds);
		consumed[name]?.push(rates.taken);
		return rates.sent;
	};
	try {
		// The compilers, theirs and ours, have seen it all before the first round.
		for (const target of Object.values(targets)) {
			await single(target, 'warm-single', 1);
			await sentAndTaken(target, 'warm-batch', 1);
		}
		const measures = names.flatMap((name) => [
			[`single ${name}`, (round: number) => single(targets[name], `single-${round}`, seconds)] as const,
			[`batch ${name}`, (round: number) => batches(name, round, seconds)] as const,
		]);
		const values: Record<string, number[]> = await inTurn(rounds, Object.fromEntries(measures));
		for (const name of names) values[`take ${name}`] = consumed[name] ?? [];
		return { measured: ratios(values), notes: [note()], rounds: values };
	} finally {
		for (const target of Object.values(targets)) target.close();
	}
}

/** Messages per second, sent one by one. */
async function single(target: Target, name: string, seconds: number): Promise<number> {
	const queue = await target.create(name);
	const rate = await perSecond(seconds, () => target.send(queue));
	await target.remove(queue);
	return rate;
}

/** Messages per second, sent by 10; and then received and deleted of these. */
async function sentAndTaken(target: Target, name: string, seconds: number): Promise<{ sent: number; taken: number }> {
	const queue = await target.create(name);
	const sent = BATCH * (await perSecond(seconds, () => target.sendBatch(queue)));
	const taken = await finishedPerSecond(seconds, OUTSTANDING, () => target.take(queue));
	await target.remove(queue);
	return { sent, taken };
}

const ROWS = [
	['single', 'SendMessage'],
	['batch', `SendMessageBatch by ${BATCH}`],
	['take', `ReceiveMessage + DeleteMessageBatch by ${BATCH}`],
] as const;

function ratios(values: Readonly<Record<string, number[]>>): Measured[] {
	return ROWS.map(([measure, what]) => {
		const [own = [], other = []] = [values[`${measure} Sluice`], values[`${measure} fauxqs`]];
		return {
			what: `AWS SDK: ${what}, against fauxqs`,
			value: medianRatio(own, other),
			detail: `${whole(own)} against ${whole(other)} messages/s`,
		};
	});
}

function note(): string {
	const versionOf = (name: string) =>
		JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
	return (
		`AWS SDK: @aws-sdk/client-sqs ${versionOf('@aws-sdk/client-sqs')}, ${OUTSTANDING} calls always under way, in the benchmark's process. ` +
		`Sluice: on disk before each answer, signatures checked. fauxqs ${versionOf('fauxqs')}: in memory, checks none.`
	);
}
