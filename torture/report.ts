import { PROPERTIES, type Property } from './checker/violation.ts';
import type { Figures } from './figures.ts';
import type { Result } from './run.ts';

/** Of each property, so many violations are shown. */
const shown = 5;

/** The result in words: a line per property with its count and first evidence, then the figures. */
export function report({ violations, figures, recoveriesMs }: Result): string {
	const lines: string[] = [];
	for (const [property, meaning] of Object.entries(PROPERTIES) as [Property, string][]) {
		const found = violations.filter((violation) => violation.property === property);
		lines.push(`${found.length === 0 ? '✓' : '✗'} ${meaning}: ${found.length}`);
		for (const { evidence } of found.slice(0, shown)) lines.push(`    ${evidence}`);
		if (found.length > shown) lines.push(`    and ${found.length - shown} more`);
	}
	lines.push('');
	const names: Readonly<Record<keyof Figures, string>> = {
		published: 'published',
		maybe: 'published perhaps',
		delivered: 'delivered',
		redelivered: 'redelivered',
		acked: 'acked',
		retried: 'retried',
		extended: 'extended',
		stale: 'stale receipts',
		deadLetters: 'dead letters',
		requests: 'requests',
		lost: 'answers lost',
		aborted: 'receives given up',
	};
	for (const [name, words] of Object.entries(names) as [keyof Figures, string][]) {
		const sum = figures.reduce((total, one) => total + one[name], 0);
		lines.push(`${words.padEnd(18)} ${sum.toLocaleString('en').padStart(10)}`);
	}
	lines.push(`${'kills'.padEnd(18)} ${String(recoveriesMs.length).padStart(10)}`);
	if (recoveriesMs.length > 0) lines.push('', ...recoveries(recoveriesMs));
	return lines.join('\n');
}

function recoveries(recoveriesMs: Result['recoveriesMs']): string[] {
	const each = recoveriesMs.map((ms) => (ms === null ? 'killed' : String(Math.round(ms))));
	const sorted = recoveriesMs.filter((ms) => ms !== null).toSorted((a, b) => a - b);
	const [median, longest] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((ms = 0) => Math.round(ms));
	return [
		`recovery, ms: ${each.join(' ')}`,
		`  median ${median}, longest ${longest}; killed: again, before it answered`,
	];
}
