import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, Npm } from './npm.ts';

const greeted = 'Stop with Ctrl-C.';

describe('npm start', () => {
	const folder = mkdtempSync(join(tmpdir(), 'sluice-newcomer-'));
	const vars = join(folder, '.dev.vars');
	let port: number;
	let server: Npm;

	function start(...options: readonly string[]): Npm {
		return new Npm('start', '--', '--state', folder, '--vars', vars, ...options);
	}

	/** What the printed curl line answers when it is pasted. */
	function paste(line: string) {
		return JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
	}

	function lines(): readonly [create: string, publish: string, receive: string] {
		const [create = '', publish = '', receive = ''] = server.output
			.split('\n')
			.filter((line) => line.startsWith('curl '));
		return [create, publish, receive];
	}

	beforeAll(async () => {
		port = await freePort();
		server = start('--port', String(port));
		await server.prints(greeted);
	});
	afterAll(async () => {
		await server.interrupt();
		rmSync(folder, { recursive: true, force: true });
	});

	test('makes a root key that only its owner can read', () => {
		const key = /^SLUICE_ROOT_KEY=([0-9a-f]{64})$/m.exec(readFileSync(vars, 'utf8'))?.[1];
		expect(key).toBeDefined();
		expect(server.output).toContain(`Root key: ${key} (new`);
		if (process.platform !== 'win32') expect(statSync(vars).mode & 0o777).toBe(0o600);
	});

	test('prints curl lines that work: create, publish, receive', () => {
		const [create, publish, receive] = lines();
		expect(paste(create)).toMatchObject({ name: 'hello', settings: { deadLetter: 'hello-dlq' } });
		expect(paste(publish)).toMatchObject({ sequence: 1, duplicate: false });
		expect(receive).toContain('"waitSeconds": 20');
		expect(paste(receive).messages).toMatchObject([{ body: 'Hello, Sluice', attempt: 1 }]);
	});

	test('says so where the port is in use', async () => {
		const second = start('--port', String(port));
		expect(await second.ends()).toBe(1);
		expect(second.output).toContain(`Port ${port} is in use`);
		expect(second.output).toContain(`npm start -- --port ${port + 1}`);
	});

	test('says so where another server has the state', async () => {
		const second = start('--port', '0');
		expect(await second.ends()).toBe(1);
		expect(second.output).toMatch(/The state in .* is served already, by process \d+/);
	});

	test('says so where an option is wrong', async () => {
		const wrong = start('--port', '99999');
		expect(await wrong.ends()).toBe(1);
		expect(wrong.output).toContain('--port must be 0 to 65535, not 99999');
	});

	test('is stopped by a signal, leaves nothing behind, and has its messages and its key when it is started again', async () => {
		const [, publish, receive] = lines();
		const { id } = paste(publish);
		const key = readFileSync(vars, 'utf8');
		await server.terminate();

		server = start('--port', String(port));
		await server.prints(greeted);

		expect(readFileSync(vars, 'utf8')).toBe(key);
		expect(paste(receive).messages).toMatchObject([{ id, body: 'Hello, Sluice' }]);
	});
});
