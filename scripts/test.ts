import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dryRun, root } from './bundle.ts';

/**
 * `npm test`: types, lint, `wrangler deploy --dry-run`, and every test. All are run whatever fails, and each of the
 * first three counts as one test. The last line is `N passed, N failed`. Arguments go to vitest.
 */
interface Count {
	readonly passed: number;
	readonly failed: number;
}

interface Outcome {
	readonly code: number;
	readonly output: string;
}

function run(command: readonly string[], stdio: 'pipe' | 'inherit'): Promise<Outcome> {
	const [program = '', ...parameters] = command;
	return new Promise((done) => {
		// On Windows npm's commands are .cmd files, which only a shell starts.
		const shell = process.platform === 'win32';
		// The simulation's Vite plugin imports its mutants as the tests do, without an ending: Vite need not say so.
		const env = { ...process.env, VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true' };
		const child = spawn(program, parameters, { cwd: root, stdio: ['ignore', stdio, stdio], shell, env });
		let output = '';
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
		child.once('error', (error) => done({ code: 1, output: error.message }));
		child.once('close', (code) => done({ code: code ?? 1, output }));
	});
}

async function step(name: string, work: Promise<Outcome>): Promise<Count> {
	const begun = performance.now();
	const { code, output } = await work;
	const passed = code === 0;
	console.log(`${passed ? '✓' : '✗'} ${name} (${((performance.now() - begun) / 1_000).toFixed(1)} s)`);
	if (!passed) console.log(output);
	return passed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Builds what would be deployed, and throws it away. */
async function dryDeploy(folder: string): Promise<Outcome> {
	try {
		return { code: 0, output: await dryRun(join(root, 'wrangler.toml'), folder) };
	} catch (error) {
		return { code: 1, output: String(error) };
	}
}

async function tests(folder: string): Promise<Count> {
	const report = join(folder, 'report.json');
	const reporters = ['--silent=passed-only', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
	const { code } = await run(['vitest', 'run', ...reporters, ...process.argv.slice(2)], 'inherit');
	const found = counted(report);
	// A file that does not load, or an error outside of any test, fails the run without a failed test.
	return { passed: found.passed, failed: code === 0 ? found.failed : Math.max(1, found.failed) };
}

function counted(report: string): Count {
	try {
		const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
		return { passed: numPassedTests, failed: numFailedTests };
	} catch {
		return { passed: 0, failed: 1 };
	}
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
try {
	const checks = await Promise.all([
		step('types', run(['npm', 'run', '--silent', 'typecheck'], 'pipe')),
		step('lint', run(['npm', 'run', '--silent', 'lint'], 'pipe')),
		step('wrangler deploy --dry-run', dryDeploy(join(folder, 'bundle'))),
	]);
	const counts = [...checks, await tests(folder)];
	const passed = counts.reduce((sum, count) => sum + count.passed, 0);
	const failed = counts.reduce((sum, count) => sum + count.failed, 0);
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed === 0 ? 0 : 1;
} finally {
	rmSync(folder, { recursive: true, force: true });
}
