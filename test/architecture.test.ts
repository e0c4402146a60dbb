import { describe, expect, test } from 'vitest';
import { RULES } from './architecture/rules.ts';
import { parse, readSources, type Source } from './architecture/source.ts';

const sources = readSources([
	'src',
	'durable-objects',
	'migrations',
	'test',
	'scripts',
	'bench',
	'torture',
	'examples',
]);

function broken(files: readonly Source[], rule: (typeof RULES)[number]): string[] {
	return files.flatMap((source) => rule.violations(source).map((violation) => `${source.path} ${violation}`));
}

describe('the source keeps to its architecture', () => {
	test('there is a source to look at', () => expect(sources.length).toBeGreaterThan(50));

	for (const rule of RULES) {
		test(rule.name, () => expect(broken(sources, rule)).toEqual([]));
	}
});

/** Per rule: a file and a text that break it, and what is then said. */
const planted: readonly (readonly [rule: number, path: string, text: string, violation: string])[] = [
	[0, 'durable-objects/waiters.ts', "import type { App } from '../src/app';", 'imports src/app'],
	[
		0,
		'migrations/partition/index.ts',
		"export * from '../../durable-objects/database';",
		'imports durable-objects/database',
	],
	[0, 'src/app.ts', "const words = await import('../test/http/client');", 'imports test/http/client'],
	[0, 'src/app.ts', "type Server = import('../scripts/serve').Server;", 'imports scripts/serve'],
	[1, 'durable-objects/settings.ts', "import { z } from 'zod';", 'imports zod'],
	[1, 'test/engine/words.ts', "import { Hono } from 'hono/tiny';", 'imports hono/tiny'],
	[1, 'scripts/demo.ts', "import { z } from '@hono/zod-openapi';", 'imports @hono/zod-openapi'],
	[2, 'src/routes/queues.ts', "const all = 'SELECT name FROM queues';", 'has "SELECT name FROM queues"'],
	[
		2,
		'durable-objects/partition.ts',
		'sql.exec(`\n\tDELETE FROM lease WHERE id = ?`);',
		'has "\n\tDELETE FROM lease WHERE id = ?"',
	],
	[3, 'durable-objects/courier.ts', "import { env } from 'cloudflare:workers';", 'imports cloudflare:workers'],
	[4, 'durable-objects/engine/publish.ts', 'const now = Date.now();', 'uses Date.now'],
	[4, 'durable-objects/engine/publish.ts', 'const now = new Date();', 'uses new Date()'],
	[4, 'durable-objects/engine/retry.ts', 'const jitter = Math.random();', 'uses Math.random'],
	[4, 'durable-objects/engine/retry.ts', 'setTimeout(wake, 10);', 'uses setTimeout'],
	[4, 'durable-objects/engine/retry.ts', 'export const wake = async () => {};', 'uses await'],
	[4, 'durable-objects/engine/message.ts', 'const id = crypto.randomUUID();', 'uses crypto'],
	[4, 'durable-objects/engine/engine.ts', "import { Waiters } from '../waiters';", 'imports durable-objects/waiters'],
	[4, 'durable-objects/engine/message.ts', "import { createHash } from 'node:crypto';", 'imports node:crypto'],
	[5, 'durable-objects/limits.ts', "import { day } from './time';", 'imports durable-objects/time'],
	[5, 'durable-objects/messages.ts', "export type { Env } from './env';", 'imports durable-objects/env'],
	[6, 'src/app.ts', 'let a;\n'.repeat(251), 'has 251 lines'],
	[6, 'src/app.ts', `function long() {\n${'\n'.repeat(70)}}`, 'has a function of 72 lines at line 1'],
	[7, 'src/job.ts', 'export {};', 'names job'],
	[7, 'src/app.ts', 'export class QueueManager {}', 'names QueueManager'],
	[7, 'src/app.ts', 'const MAX_TASKS = 1;', 'names MAX_TASKS'],
	[7, 'durable-objects/protocol.ts', 'export interface Lease { lockId: string }', 'names lockId'],
	[7, 'durable-objects/catalog.ts', 'class Catalog { shardOf(key: string) {} }', 'names shardOf'],
	[8, 'src/app.ts', `// ${'TO'}DO later`, `says ${'TO'}DO`],
	[8, 'test/http/client.ts', `// @ts-${'ignore'}`, `says @ts-${'ignore'}`],
];

/** What looks like a fault and is none. */
const innocent: readonly (readonly [path: string, text: string])[] = [
	['src/app.ts', "import { Catalog } from '../durable-objects/catalog'; import { z } from 'zod';"],
	['src/routes/queues.ts', "const method = 'DELETE'; // SELECT nothing FROM here"],
	['src/receiving.ts', "signal.addEventListener('abort', () => unlocked()); await scheduler.wait(1);"],
	['durable-objects/partition.ts', "import { DurableObject } from 'cloudflare:workers'; const now = Date.now();"],
	[
		'durable-objects/engine/message.ts',
		"import type { Content } from '../protocol'; const at = new Date(now).toISOString();",
	],
	['test/engine/words.ts', "import { serve } from '../../scripts/serve.ts'; sql.exec('SELECT 1');"],
];

describe('each rule can fail', () => {
	for (const [index, path, text, violation] of planted) {
		const rule = RULES[index];
		if (rule === undefined) throw new Error(`there is no rule ${index}`);
		test(`${rule.name}: ${path} ${violation.trim().slice(0, 60)}`, () => {
			expect(rule.violations(parse(path, text))).toContain(violation);
		});
	}

	test('and every one of them is tried', () => {
		expect(new Set(planted.map(([index]) => index)).size).toBe(RULES.length);
	});

	for (const [path, text] of innocent) {
		test(`but none on: ${text}`, () => {
			expect(RULES.flatMap((rule) => rule.violations(parse(path, text)))).toEqual([]);
		});
	}
});
