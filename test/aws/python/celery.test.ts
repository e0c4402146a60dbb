import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { figuresOf, sqs, unique } from '../clients.ts';
import { environment, isMissing, pythonProgram, script } from './python.ts';

// A real Celery worker, its broker moved to Sluice by an address and a key. Its kombu writes its Query requests itself, the
// acknowledgements as presigned GETs, and sends all of them to the address of the queue.

const patienceMs = 40_000;
const needs = ['python3-celery', 'python3-kombu', 'python3-boto3', 'python3-pycurl'] as const;

let folder: string;
let prefix: string;
let started: ChildProcess[];
let words: string[];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sluice-celery-'));
	prefix = `${unique('celery')}-`;
	started = [];
	words = [];
});

afterEach(async () => {
	for (const child of started) {
		if (child.exitCode !== null || child.signalCode !== null) continue;
		const exited = once(child, 'exit');
		child.kill('SIGKILL');
		await exited;
	}
	rmSync(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
	const PYTHONPATH = `${environment.PYTHONPATH}:${dirname(script('tasks.py'))}`;
	const env = { ...environment, PYTHONPATH, QUEUE_PREFIX: prefix, JOURNAL: join(folder, 'journal') };
	const child = spawn(pythonProgram, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
	started.push(child);
	child.stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString()));
	return child;
}

/** One process, which takes one message at a time. */
function startWorker(): ChildProcess {
	const quiet = ['--loglevel', 'WARNING', '--without-mingle', '--without-gossip', '--without-heartbeat'];
	return start('-m', 'celery', '-A', 'tasks', 'worker', '--pool', 'solo', ...quiet);
}

async function ended(child: ChildProcess): Promise<number | null> {
	if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
	return child.exitCode;
}

/** What the tasks did, in order. */
function journal(): (string | number | boolean)[][] {
	try {
		const text = readFileSync(join(folder, 'journal'), 'utf8');
		return text
			.split('\n')
			.slice(0, -1)
			.map((line) => JSON.parse(line));
	} catch {
		return [];
	}
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
	for (const begun = Date.now(); !(await isSo()); await sleep(100)) {
		if (Date.now() - begun < patienceMs) continue;
		throw new Error(`not within ${patienceMs} ms: ${JSON.stringify(journal())}\n${words.join('')}`);
	}
}

/** Nothing waits, is held or is delayed: every task was acknowledged. */
async function isEmpty(): Promise<boolean> {
	const { QueueUrls = [] } = await sqs.listQueues({ QueueNamePrefix: prefix });
	const figures = await Promise.all(QueueUrls.map((url) => figuresOf(url)));
	return figures.length > 0 && figures.flat().every((count) => count === 0);
}

describe.skipIf(isMissing(...needs))('Celery', { timeout: 2 * patienceMs }, () => {
	test('makes its queue, and runs a chain of tasks and three retries to their end', async () => {
		expect(await ended(start(script('tasks.py'))), words.join('')).toBe(0);
		expect((await sqs.listQueues({ QueueNamePrefix: prefix })).QueueUrls).toHaveLength(1);
		startWorker();
		await until(async () => journal().filter(([what]) => what === 'worked').length === 3 && (await isEmpty()));
		const entries = journal();
		expect(entries.filter(([what]) => ['add', 'double', 'finish'].includes(String(what)))).toEqual([
			['add', 2, 3],
			['double', 5],
			['finish', 10],
		]);
		for (const name of ['a', 'b', 'c']) {
			const tries = entries.filter(([what, whose]) => what === 'flaky' && whose === name);
			expect(tries.map(([, , retries]) => retries)).toEqual([0, 1, 2]);
		}
	});

	test('gives a task to another worker where one dies in the middle of it', async () => {
		const first = startWorker();
		expect(await ended(start('-c', "import tasks; tasks.deadly.delay('x')")), words.join('')).toBe(0);
		expect(await ended(first), words.join('')).toBe(9);
		startWorker();
		await until(async () => journal().length === 2 && (await isEmpty()));
		expect(journal()).toEqual([
			['deadly', 'x', true],
			['deadly', 'x', false],
		]);
	});
});
