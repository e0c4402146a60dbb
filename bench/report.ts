import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.ts';
import { workerd } from './workerd.ts';

/** A number with the target of the design, if it has one. */
export interface Measured {
	readonly what: string;
	readonly value: number;
	readonly atLeast?: number;
	readonly atMost?: number;
	/** The absolute numbers behind a ratio: of this machine, not to be compared with another's. */
	readonly detail: string;
}

export function isReached({
	value,
	atLeast = Number.NEGATIVE_INFINITY,
	atMost = Number.POSITIVE_INFINITY,
}: Measured): boolean {
	return value >= atLeast && value <= atMost;
}

function target({ atLeast, atMost }: Measured): string {
	if (atLeast !== undefined) return `≥ ${atLeast}`;
	return atMost === undefined ? '' : `≤ ${atMost}`;
}

function verdict(measured: Measured): string {
	if (target(measured) === '') return '';
	return isReached(measured) ? 'reached' : 'NOT reached';
}

function cells(measured: Measured): string[] {
	const digits = measured.value < 0.1 ? 3 : 2;
	return [measured.what, target(measured), measured.value.toFixed(digits), verdict(measured), measured.detail];
}

const HEADINGS = ['what', 'target', 'measured', '', 'behind it'];

/** A Markdown table that is also readable as it is. */
export function table(measured: readonly Measured[]): string {
	const lines = [HEADINGS, ...measured.map(cells)];
	const widths = HEADINGS.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
	const drawn = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
	drawn.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
	return drawn.join('\n');
}

export interface Machine {
	readonly date: string;
	readonly processors: string;
	readonly memoryGB: number;
	readonly system: string;
	readonly node: string;
	readonly runtime: string;
	/** Of the minute before the start: other work on the machine makes every number worse. */
	readonly loadBefore: number;
	/** Milliseconds to make 4 KiB durable where the servers keep their state, median: workerd waits for it, once a commit. */
	readonly syncMs: number;
}

const SYNCS = 101;
const SYNC_BYTES = 4_096;

function syncMs(): number {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-sync-'));
	const file = openSync(join(folder, 'file'), 'w');
	const times = Array.from({ length: SYNCS }, () => {
		writeSync(file, Buffer.alloc(SYNC_BYTES, 1));
		const startedAt = performance.now();
		fsyncSync(file);
		return performance.now() - startedAt;
	});
	closeSync(file);
	rmSync(folder, { recursive: true });
	return median(times);
}

export function machine(): Machine {
	const [processor] = cpus();
	return {
		date: new Date().toISOString(),
		processors: `${cpus().length} × ${processor?.model ?? 'unknown'}`,
		memoryGB: Math.round(totalmem() / 1e9),
		system: `${type()} ${release()}`,
		node: process.version,
		runtime: execFileSync(workerd, ['--version'], { encoding: 'utf8' }).trim(),
		loadBefore: loadavg()[0] ?? 0,
		syncMs: syncMs(),
	};
}
