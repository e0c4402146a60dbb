import { parseArgs } from 'node:util';
import { fuzz, type Report } from './run.ts';

const USAGE = `npm run fuzz -- [options]
  --requests N   default 20000
  --seed N       default: a new one, which is printed
  --clients N    default 8; with 1 a run is the same again, as far as the server's ids let it
  --verbose      also what the server logs`;

/**
 * `npm run fuzz`: hostile requests to every route of the OpenAPI document, and to every action of SQS and SNS. Ends with 1
 * where something is wrong.
 */
const { values } = parseArgs({
	options: {
		requests: { type: 'string', default: '20000' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		clients: { type: 'string', default: '8' },
		verbose: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
});
if (values.help) {
	console.log(USAGE);
	process.exit(0);
}
const [requests, seed, clients] = [values.requests, values.seed, values.clients].map(Number) as [
	number,
	number,
	number,
];
if (![requests, seed, clients].every((value) => Number.isSafeInteger(value) && value >= 0) || clients === 0) {
	console.error(USAGE);
	process.exit(1);
}

console.log(`seed ${seed}: ${requests} requests from ${clients} clients`);
const onProgress = (sent: number) => {
	if (sent % 2_000 === 0) console.log(`  ${sent}`);
};
const report = await fuzz({ requests, seed, clients, verbose: values.verbose, onProgress });
tell(report);
process.exitCode = report.violations.length > 0 || report.coverage.missed().length > 0 ? 1 : 0;

function tell({ sent, seconds, coverage, violations }: Report): void {
	console.log('\nroute or action                                       asked   good  refused');
	for (const [id, { asked, succeeded, refused }] of coverage.counts) {
		console.log(`${id.padEnd(52)} ${[asked, succeeded, refused].map((count) => String(count).padStart(6)).join(' ')}`);
	}
	console.log(`\nanswers: ${inWords(coverage.codes)}`);
	console.log(`twists: ${inWords(coverage.twists)}`);
	console.log(`\n${sent} requests in ${seconds.toFixed(1)} s`);
	for (const { fault, request, times } of violations) console.log(`\n✗ ${fault} (${times} times)\n${request}`);
	const missed = coverage.missed();
	if (missed.length > 0) console.log(`\n✗ never answered with success: ${missed.join(', ')}`);
	console.log(`\nseed ${seed}: ${violations.length} kinds of violations`);
}

function inWords(counts: ReadonlyMap<string, number>): string {
	const sorted = [...counts].sort(([, a], [, b]) => b - a);
	return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}
