import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { besideFauxqs, Fauxqs } from './aws.ts';
import { costs, duration } from './cost.ts';
import { blockedKey, depth, fillBacklogs } from './depth.ts';
import { fanOut } from './fan-out.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { beside, Peers } from './peers/peers.ts';
import { isReached, type Measured, machine, table } from './report.ts';
import { rows } from './rows.ts';
import { Servers } from './servers.ts';
import { median } from './statistics.ts';
import { throughput } from './throughput.ts';

/** `--quick` has the shape of the whole with shorter rounds and a smaller backlog: under a minute. */
const FULL = { rounds: 5, seconds: 4, samples: 200, backlog: 1_000_000, blocked: 100_000, cycles: 300 };
const QUICK = { rounds: 2, seconds: 2, samples: 60, backlog: 50_000, blocked: 10_000, cycles: 60 };

const usage = `npm run bench -- [options]
  --quick       under a minute: fewer rounds, a smaller backlog
  --only PART   throughput, latency, depth, fan-out, rows, aws or peers; may be repeated
  --out FILE    where the numbers go, default bench/results.json; "-" for nowhere`;

const PARTS = ['throughput', 'latency', 'depth', 'fan-out', 'rows', 'aws', 'peers'] as const;
type Part = (typeof PARTS)[number];

const { values: options } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string', multiple: true, default: [...PARTS] },
		out: { type: 'string' },
		help: { type: 'boolean', default: false },
	},
});
const unknown = options.only.find((part) => !(PARTS as readonly string[]).includes(part));
if (options.help || unknown !== undefined) {
	console.log(unknown === undefined ? usage : `There is no part "${unknown}".\n\n${usage}`);
	process.exit(unknown === undefined ? 0 : 1);
}

const scale = options.quick ? QUICK : FULL;
const started = machine();
const servers = await Servers.open();
const peers = new Peers();
let fauxqs: Fauxqs | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void close().finally(() => process.exit(1)));
}
const measured: Measured[] = [];
const notes: string[] = [];
const raw: Record<string, unknown> = {};

async function close(): Promise<void> {
	await Promise.all([peers.close(), servers.close(), fauxqs?.close()]);
}

function wants(part: Part): boolean {
	return options.only.includes(part);
}

function add(...more: Measured[]): void {
	for (const entry of more)
		console.error(`${isReached(entry) ? ' ' : '!'} ${entry.what}: ${entry.value.toFixed(3)} (${entry.detail})`);
	measured.push(...more);
}

async function besidePing(): Promise<void> {
	const ping = await servers.start('ping', 'ping');
	const sluice = await servers.start('sluice', 'sluice');
	if (wants('throughput')) {
		const result = await throughput(ping, sluice, scale.rounds, scale.seconds);
		add(...result.measured);
		raw.throughput = result.rounds;
		notes.push(duration(median(result.rounds.consume)));
	}
	if (wants('latency')) add(await latency(ping, sluice, scale.rounds, scale.samples));
	await servers.stop(ping);
	await servers.stop(sluice);
}

async function besideBacklog(): Promise<void> {
	const deep = await servers.start('sluice', 'deep');
	const shallow = await servers.start('sluice', 'shallow');
	await fillBacklogs(deep, shallow, scale.backlog);
	add(await depth({ deep, shallow, messages: scale.backlog, rounds: scale.rounds, samples: scale.samples }));
	add(await blockedKey(shallow, scale.blocked, scale.rounds, scale.samples));
	await servers.stop(deep);
	await servers.stop(shallow);
	add(await memory(servers, deep, shallow, options.quick ? 1 : 3));
}

async function manySubscriptions(): Promise<void> {
	const topics = await servers.start('sluice', 'topics');
	add(...(await fanOut(topics, scale.rounds, scale.seconds / 2)));
	await servers.stop(topics);
}

async function billed(): Promise<void> {
	const counting = await servers.start('counting', 'counting');
	const result = await rows(counting, scale.cycles);
	add(...result.measured, ...costs(result.lives));
	raw.rows = result.lives;
	await servers.stop(counting);
}

async function awsClients(): Promise<void> {
	const sluice = await servers.start('sluice', 'aws');
	fauxqs = await Fauxqs.start(join(dirname(sluice.stateDirectory), 'fauxqs'));
	const result = await besideFauxqs(sluice, fauxqs, scale.rounds, scale.seconds);
	add(...result.measured);
	notes.push(...result.notes);
	raw.aws = result.rounds;
	await fauxqs.close();
	await servers.stop(sluice);
}

/** Last, so that nothing of theirs runs beside the other parts. */
async function besidePeers(): Promise<void> {
	await peers.open();
	notes.push(...peers.skipped);
	if (peers.ready.length === 0) return;
	const sluice = await servers.start('sluice', 'beside');
	const result = await beside(sluice, peers, scale.rounds, scale.seconds);
	add(...result.measured);
	notes.push(...result.notes);
	raw.peers = result.rounds;
	await servers.stop(sluice);
}

try {
	if (wants('throughput') || wants('latency')) await besidePing();
	if (wants('depth')) await besideBacklog();
	if (wants('fan-out')) await manySubscriptions();
	if (wants('rows')) await billed();
	if (wants('aws')) await awsClients();
	if (wants('peers')) await besidePeers();
} finally {
	await close();
}

const seconds = Math.round((Date.now() - Date.parse(started.date)) / 1_000);
console.log(
	`\n${started.processors}, ${started.memoryGB} GB, ${started.system}, Node ${started.node}, ${started.runtime}`,
);
console.log(
	`${started.date}, load before ${started.loadBefore.toFixed(2)}, fsync ${started.syncMs.toFixed(2)} ms, took ${seconds} s${options.quick ? ' (quick)' : ''}\n`,
);
console.log(table(measured));
for (const note of notes) console.log(`\n${note}`);
const missed = measured.filter((entry) => !isReached(entry)).length;
console.log(missed === 0 ? '\nEvery target is reached.' : `\n${missed} of ${measured.length} are not reached.`);
const out = options.out ?? fileURLToPath(new URL('results.json', import.meta.url));
if (out !== '-') {
	const results = { machine: started, quick: options.quick, seconds, measured, notes, raw };
	await writeFile(out, `${JSON.stringify(results, null, '\t')}\n`);
}
