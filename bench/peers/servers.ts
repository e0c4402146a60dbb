import { execFile, execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Installation } from './install.ts';
import { freePort, PeerProcess, type Started } from './process.ts';

const run = promisify(execFile);

/** The peers' servers on ports and in folders of their own. An instance that the machine runs already is not touched. */
export class PeerServers {
	private readonly folder: string;
	private readonly installation: Installation;
	private readonly running: PeerProcess[] = [];
	private stopped = false;

	constructor(installation: Installation, folder: string) {
		this.installation = installation;
		this.folder = folder;
	}

	/** For good: what was about to start does not. */
	async stop(): Promise<void> {
		this.stopped = true;
		// The last first: RabbitMQ's name server outlives it.
		for (const running of this.running.splice(0).toReversed()) await running.stop();
	}

	/** Every command is on disk before it is answered; no snapshots and no rewriting of the log beside that. */
	async redis(): Promise<number> {
		const { path, env } = await this.installation.program('redis');
		const port = await freePort();
		const folder = await this.own('redis');
		const settings = {
			port: String(port),
			bind: '127.0.0.1',
			dir: folder,
			appendonly: 'yes',
			appendfsync: 'always',
			save: '',
			'auto-aof-rewrite-percentage': '0',
			'maxmemory-policy': 'noeviction',
		};
		const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
		await this.start({ name: 'redis', folder, command: path, args, env }, port);
		return port;
	}

	/** As it comes (`synchronous_commit` and `fsync` are on), with more memory and rarer checkpoints. */
	async postgres(): Promise<number> {
		const { path, env } = await this.installation.program('postgres');
		const port = await freePort();
		const folder = await this.own('postgres');
		const user = unprivileged();
		if (user !== undefined) await chown(folder, user.uid, user.gid);
		const data = join(folder, 'data');
		const made = ['-D', data, '-U', 'sluice', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
		await run(join(dirname(path), 'initdb'), made, { ...user, env, cwd: folder });
		const settings = {
			listen_addresses: '127.0.0.1',
			unix_socket_directories: folder,
			synchronous_commit: 'on',
			fsync: 'on',
			max_connections: '200',
			shared_buffers: '512MB',
			max_wal_size: '8GB',
		};
		const args = [
			...['-D', data, '-p', String(port)],
			...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
		];
		// SIGQUIT: at once, with its own children.
		const started: Started = { name: 'postgres', folder, command: path, args, env, user, stopSignal: 'SIGQUIT' };
		await this.start(started, port);
		return port;
	}

	/** A node of one, with a name server of its own, and no plugins. */
	async rabbitmq(): Promise<number> {
		const { path, env } = await this.installation.program('rabbitmq');
		const [port, names, distribution] = [await freePort(), await freePort(), await freePort()];
		const folder = await this.own('rabbitmq');
		await writeFile(join(folder, 'plugins'), '[].\n');
		const settings = {
			HOME: folder,
			ERL_EPMD_PORT: String(names),
			ERL_EPMD_ADDRESS: '127.0.0.1',
			RABBITMQ_NODENAME: 'sluice-bench@localhost',
			RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
			RABBITMQ_NODE_PORT: String(port),
			RABBITMQ_DIST_PORT: String(distribution),
			RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
			RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
			RABBITMQ_LOG_BASE: join(folder, 'log'),
			RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
			RABBITMQ_CONF_ENV_FILE: join(folder, 'no-environment'),
			RABBITMQ_CONFIG_FILE: join(folder, 'no-configuration'),
			// The script becomes the server, so that the process to end is this child.
			RABBITMQ_ALLOW_INPUT: '1',
		};
		const server = { folder, env: { ...env, ...settings } };
		const nameServer = { ...server, name: 'epmd', command: 'epmd', args: ['-port', String(names)] };
		await this.start(nameServer, names);
		await this.start({ ...server, name: 'rabbitmq', command: path, args: ['-noinput'] }, port);
		return port;
	}

	/** A folder that a server under another user can get to. */
	private async own(name: string): Promise<string> {
		const folder = join(this.folder, name);
		await mkdir(folder, { recursive: true });
		for (const open of [this.folder, dirname(this.folder)]) await chmod(open, 0o711);
		return folder;
	}

	private async start(started: Started, port: number): Promise<void> {
		if (this.stopped) throw new Error('the benchmark is over');
		const output = openSync(join(started.folder, 'output'), 'a');
		const running = new PeerProcess(started, output);
		closeSync(output);
		this.running.push(running);
		await running.listens(port);
	}
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
