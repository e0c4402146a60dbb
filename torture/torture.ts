import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from './report.ts';
import { torture } from './run.ts';

const usage = `npm run torture -- [options]
  --kills N      default 25; 1000 for a night
  --seconds S    how long there is work, default 8 a kill
  --seed S       what the clients choose by, default a new one; when things happen is not repeated
  --keep DIR     where a folder with journal and state stays if there is a violation; default the system's for such`;

function fail(message: string): never {
	console.error(`${message}\n\n${usage}`);
	process.exit(1);
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
	if (text === undefined) return otherwise;
	const number = Number(text);
	if (!Number.isFinite(number) || number < 0 || text.trim() === '') fail(`--${name} must be a number, not ${text}`);
	return number;
}

function options() {
	try {
		const { values } = parseArgs({
			options: {
				kills: { type: 'string' },
				seconds: { type: 'string' },
				seed: { type: 'string' },
				keep: { type: 'string' },
				help: { type: 'boolean', default: false },
			},
		});
		if (values.help) {
			console.log(usage);
			process.exit(0);
		}
		const kills = Math.floor(numberOf('kills', values.kills, 25));
		const seconds = numberOf('seconds', values.seconds, Math.max(10, 8 * kills));
		const seed = Math.floor(numberOf('seed', values.seed, randomInt(2 ** 32)));
		return { kills, seconds, seed, keep: values.keep };
	} catch (error) {
		return fail(error instanceof Error ? error.message : String(error));
	}
}

const { kills, seconds, seed, keep } = options();
const folder = mkdtempSync(join(keep ?? tmpdir(), 'sluice-torture-'));
let isKept = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => isKept || rmSync(folder, { recursive: true, force: true }));

console.log(`seed ${seed}: ${kills} kills in ${seconds} s`);
let killed = 0;
const result = await torture({
	...{ kills, seconds, seed, folder },
	onKill: () => {
		killed++;
		if (process.stderr.isTTY) process.stderr.write(`\r${killed} of ${kills} kills `);
	},
	onRound: (round, rounds, found) => {
		if (rounds > 1) console.log(`round ${round} of ${rounds}: ${found.length} violations`);
	},
});
if (process.stderr.isTTY) process.stderr.write('\r');
console.log(`\n${report(result)}\n`);
if (result.violations.length === 0) console.log(`No violation. Seed ${seed}.`);
else {
	isKept = true;
	const journal = join(folder, 'journal.ndjson');
	writeFileSync(
		journal,
		result.suspects
			.flat()
			.map((entry) => `${JSON.stringify(entry)}\n`)
			.join(''),
	);
	console.log(
		`${result.violations.length} violations. Again: npm run torture -- --kills ${kills} --seconds ${seconds} --seed ${seed}`,
	);
	console.log(`What the clients saw is in ${journal}; the server's state is beside it.`);
	process.exitCode = 1;
}
