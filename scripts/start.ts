import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bundle, root } from './bundle.ts';
import { localSecrets } from './root-key.ts';
import { type Server, serve } from './serve.ts';
import { assertUnowned } from './state-owner.ts';

const usage = `npm start -- [options]
  --port N      default 8787
  --host H      the address to listen on, default 127.0.0.1; 0.0.0.0 lets other machines in
  --state DIR   where the queues live, default .sluice
  --vars FILE   the secrets, default .dev.vars`;

/** A server that has just been told to stop may hold the port for a moment. */
const stoppingMs = 2_000;

/** Ends with a sentence instead of a stack: what went wrong is the user's to change. */
function fail(message: string): never {
	console.error(`\n${message}`);
	process.exit(1);
}

function options() {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string', default: '8787' },
				host: { type: 'string', default: '127.0.0.1' },
				state: { type: 'string', default: join(root, '.sluice') },
				vars: { type: 'string', default: join(root, '.dev.vars') },
				help: { type: 'boolean', default: false },
			},
		});
		const port = Number(values.port);
		if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port must be 0 to 65535, not ${values.port}`);
		return { ...values, port };
	} catch (error) {
		return fail(`${error instanceof Error ? error.message : error}\n\n${usage}`);
	}
}

/** Asks the system for the port first: a refusal from in the midst of a start is hard to read. */
async function assertFree(host: string, port: number): Promise<void> {
	const patience = Date.now() + stoppingMs;
	for (;;) {
		const refused = await tryListening(host, port);
		if (refused === null) return;
		if (refused.code !== 'EADDRINUSE') fail(`Cannot listen on ${host}:${port}: ${refused.message}`);
		if (Date.now() > patience) {
			fail(`Port ${port} is in use, perhaps by another Sluice. Take another one: npm start -- --port ${port + 1}`);
		}
		await setTimeout(100);
	}
}

function tryListening(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
	return new Promise((done) => {
		const trial = createServer();
		trial.once('error', done);
		trial.listen({ host, port }, () => trial.close(() => done(null)));
	});
}

/** One call that reaches the catalog's database, before anybody is told that it works. */
async function assertAnswers({ url }: Server, rootKey: string): Promise<void> {
	const response = await fetch(`${url}/v1/queues?limit=1`, { headers: { authorization: `Bearer ${rootKey}` } });
	if (!response.ok) throw new Error(`The server runs, but refuses its own root key: ${await response.text()}`);
}

function greeting(url: string, key: string, state: string, freshIn: string | null): string {
	const authorization = `-H 'authorization: Bearer ${key}'`;
	return `
Sluice is at ${url}
Root key: ${key}${freshIn === null ? '' : ` (new, kept in ${freshIn})`}
State: ${state}

Make a queue, publish a message, receive it (waits up to 20 s):

curl -X PUT ${url}/v1/queues/hello ${authorization}
curl -X POST ${url}/v1/queues/hello/messages ${authorization} -H 'content-type: text/plain' -d 'Hello, Sluice'
curl -X POST ${url}/v1/queues/hello/receive ${authorization} -d '{"waitSeconds": 20}'

Every route: ${url}/openapi.json. Stop with Ctrl-C.
`;
}

function stopOnSignal(server: Server): void {
	let stopping = false;
	const stop = () => {
		void (stopping ? server.kill() : server.stop());
		stopping = true;
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
	// npm passes a signal to its shell, and some shells die of it without a word to this process.
	const { ppid } = process;
	if (process.env.npm_lifecycle_event !== undefined) {
		setInterval(() => process.ppid !== ppid && !stopping && stop(), 200).unref();
	}
	void server.exited.then(({ code, signal }) => {
		if (!stopping) fail(`The server ended by itself (${signal ?? `code ${code}`}); its output is above.`);
		process.exit(0);
	});
}

const { port, host, help, ...paths } = options();
if (help) {
	console.log(usage);
	process.exit(0);
}
const state = resolve(paths.state);
const vars = resolve(paths.vars);
await assertFree(host, port);
const stateDirectory = join(state, 'state');
try {
	assertUnowned(stateDirectory);
	const { secrets, fresh } = localSecrets(vars);
	const built = await bundle({ folder: join(state, 'bundle'), secrets: Object.keys(secrets) });
	const server = await serve({ stateDirectory, port, host, secrets, bundle: built });
	stopOnSignal(server);
	await assertAnswers(server, secrets.SLUICE_ROOT_KEY);
	console.log(greeting(server.url, secrets.SLUICE_ROOT_KEY, state, fresh ? vars : null));
} catch (error) {
	fail(error instanceof Error ? error.message : String(error));
}
