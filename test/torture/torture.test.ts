import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { root } from '../../scripts/bundle.ts';

/** As `npm run torture -- ...`. Its output, and how it ended. */
async function torture(...options: string[]): Promise<{ readonly output: string; readonly code: number | null }> {
	const child = spawn(process.execPath, [join(root, 'torture/torture.ts'), ...options], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = once(child, 'exit');
	const [output, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
	return { output: output + complaints, code };
}

test('five kills, and no promise is broken', { timeout: 120_000 }, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-torture-test-'));
	const { output, code } = await torture('--kills', '5', '--seconds', '15', '--keep', folder);
	// The whole report is in the failure's message.
	expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/No violation\. Seed \d+\./) });
	expect(output).toMatch(/^seed \d+: 5 kills in 15 s$/m);
	expect(output).toMatch(/^kills +5$/m);
	expect(output).toMatch(/^recovery, ms:( \d+| killed){5}$/m);
	const [, published = ''] = /^published +([\d,]+)$/m.exec(output) ?? [];
	expect(Number(published.replaceAll(',', ''))).toBeGreaterThan(100);
	expect(readdirSync(folder)).toEqual([]);
	rmdirSync(folder);
});

test('what it does not understand is refused', async () => {
	const { output, code } = await torture('--kills', 'many');
	expect(code).toBe(1);
	expect(output).toContain('--kills must be a number, not many');
});
