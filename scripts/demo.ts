import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bundle.ts';
import { Client, type NewMessage } from './demo/client.ts';
import { readInput } from './demo/input.ts';
import { Journal } from './demo/journal.ts';
import { someFail, work } from './demo/worker.ts';
import { localSecrets } from './root-key.ts';
import { serve } from './serve.ts';

const usage = `npm run demo -- [options]
  --input FILE   a JSON object a line, instead of the 2,000 flights of vega-datasets
  --key FIELD    the field that is the message's key, default "origin"
  --workers N    long-polling workers, default 4
  --batch N      messages of one receive, default 10
  --url URL      a server that runs already, instead of one for the demo
  --root-key K   its key, default what .dev.vars says`;

const publishBatch = 100;

interface Target {
	readonly client: Client;
	stop(): Promise<void>;
}

/** A server of its own, on a state that goes with it. */
async function ownServer(): Promise<Target> {
	const stateDirectory = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
	const rootKey = randomBytes(32).toString('base64url');
	const server = await serve({ stateDirectory, secrets: { SLUICE_ROOT_KEY: rootKey } });
	const stop = async () => {
		await server.stop();
		rmSync(stateDirectory, { recursive: true, force: true });
	};
	return { client: new Client(server.url, rootKey), stop };
}

async function publish(
	client: Client,
	queue: string,
	messages: readonly NewMessage[],
	journal: Journal,
): Promise<void> {
	for (let from = 0; from < messages.length; from += publishBatch) {
		const answers = await client.publish(queue, messages.slice(from, from + publishBatch));
		for (const [offset, { id }] of answers.entries()) journal.published(from + offset, id);
	}
}

/** What was buried is in the dead-letter queue, or on its way there. */
async function deadLetters(client: Client, queue: string): Promise<number> {
	while ((await client.unfinished(queue)) > 0);
	return (await client.browse(`${queue}-dlq`)).length;
}

function perSecond(count: number, begunAt: number): string {
	return `${Math.round((count * 1_000) / (performance.now() - begunAt)).toLocaleString('en')}/s`;
}

async function demonstrate(
	client: Client,
	messages: readonly NewMessage[],
	workers: number,
	batch: number,
): Promise<boolean> {
	const queue = `demo-${Date.now()}`;
	const journal = new Journal(messages);
	await client.createQueue(queue, { backoff: { initialSeconds: 0.05, factor: 2, maxSeconds: 1, jitter: 0.2 } });
	try {
		const publishing = performance.now();
		await publish(client, queue, messages, journal);
		console.log(`published       ${messages.length} messages, ${perSecond(messages.length, publishing)}`);
		const consuming = performance.now();
		await Promise.all(
			Array.from({ length: workers }, () => work({ client, queue, journal, batch, failing: someFail })),
		);
		const rate = perSecond(journal.acknowledged, consuming);
		const dead = await deadLetters(client, queue);
		const { keys, broken } = journal.order();
		console.log(`received        ${journal.receives} times, by ${workers} long-polling workers
acknowledged    ${journal.acknowledged}, ${rate}
retried         ${journal.retried}
dead-lettered   ${dead}
order           ${broken.length === 0 ? `kept for each of ${keys} keys` : `BROKEN: ${broken.join('; ')}`}`);
		const complete =
			journal.acknowledged + dead === messages.length && dead === journal.buried && journal.refused === 0;
		console.log(
			complete
				? 'Every message was finished once.'
				: `NOT COMPLETE: ${journal.buried} buried, ${journal.refused} refused`,
		);
		return complete && broken.length === 0;
	} finally {
		await client.deleteQueue(queue);
		await client.deleteQueue(`${queue}-dlq`);
	}
}

const { values } = parseArgs({
	options: {
		input: { type: 'string' },
		key: { type: 'string', default: 'origin' },
		workers: { type: 'string', default: '4' },
		batch: { type: 'string', default: '10' },
		url: { type: 'string' },
		'root-key': { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) {
	console.log(usage);
	process.exit(0);
}
const messages = readInput(values.input, values.key);
const target: Target =
	values.url === undefined
		? await ownServer()
		: {
				client: new Client(
					values.url,
					values['root-key'] ?? localSecrets(join(root, '.dev.vars')).secrets.SLUICE_ROOT_KEY,
				),
				stop: () => Promise.resolve(),
			};
try {
	process.exitCode = (await demonstrate(target.client, messages, Number(values.workers), Number(values.batch))) ? 0 : 1;
} finally {
	await target.stop();
}
