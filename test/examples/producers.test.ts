import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/bundle.ts';
import { rootKey, Served } from './served.ts';

let sluice: Served;

beforeAll(async () => {
	sluice = await Served.start();
});
afterAll(() => sluice.stop());

const producers = [
	{ name: 'shell', program: 'sh', file: 'producer.sh', needs: ['sh', 'curl'] },
	{ name: 'python', program: 'python3', file: 'producer.py', needs: ['python3'] },
	{ name: 'typescript', program: process.execPath, file: 'producer.ts', needs: [] },
];

function missing(programs: readonly string[]): boolean {
	return programs.some((program) => spawnSync(program, ['--version']).error !== undefined);
}

describe('each producer publishes one, a repeat of it, and a batch', () => {
	for (const { name, program, file, needs } of producers) {
		test.skipIf(missing(needs))(name, async () => {
			await sluice.call('PUT', `queues/${name}`, {});
			const env = { ...process.env, SLUICE_URL: sluice.url, SLUICE_KEY: rootKey };
			const produce = () => execFileSync(program, [join(root, 'examples', file), name], { env, encoding: 'utf8' });

			expect(produce()).toMatch(/duplicate\W+false/i);
			expect(produce()).toMatch(/duplicate\W+true/i);

			const messages = await sluice.messages(name);
			const orders = messages.map(({ body }) => JSON.parse(body).order);
			expect(orders.toSorted()).toEqual([1, 2, 2, 3, 3]);
			expect(messages[0]).toMatchObject({
				key: 'customer-7',
				contentType: 'application/json',
				attributes: { source: name },
			});
		});
	}

	test('and says what is wrong where it may not', () => {
		const env = { ...process.env, SLUICE_URL: sluice.url, SLUICE_KEY: 'not the key' };
		const { status, stderr } = spawnSync(process.execPath, [join(root, 'examples/producer.ts'), 'typescript'], {
			env,
			encoding: 'utf8',
		});
		expect(status).toBe(1);
		expect(stderr).toContain('401');
	});
});
