import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unstable_readConfig as readConfig, type Unstable_Config as WranglerConfig } from 'wrangler';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A Worker ready for `workerd serve`: the files of a folder, and the `config.capnp` that names them. */
export interface Bundle {
	readonly folder: string;
	readonly config: string;
}

interface BundleOptions {
	/** A wrangler.toml; default: Sluice's. */
	readonly wranglerConfig?: string;
	/** Emptied first. */
	readonly folder: string;
	/** Names of the text bindings, whose values come from the server's environment. */
	readonly secrets: readonly string[];
}

/**
 * Builds the very files that `wrangler deploy` would upload, and a configuration under which workerd serves them with
 * the same bindings. Throws with wrangler's words where the code does not build.
 */
export async function bundle({
	wranglerConfig = join(root, 'wrangler.toml'),
	folder,
	secrets,
}: BundleOptions): Promise<Bundle> {
	await rm(folder, { recursive: true, force: true });
	await dryRun(wranglerConfig, folder);
	const modules = (await readdir(folder)).filter((file) => file !== 'README.md' && !file.endsWith('.map'));
	const config = join(folder, 'config.capnp');
	await writeFile(config, workerdConfig(readConfig({ config: wranglerConfig }), await named(folder, modules), secrets));
	return { folder, config };
}

/** Runs `wrangler deploy --dry-run`, which needs neither an account nor the network. */
export async function dryRun(wranglerConfig: string, folder: string): Promise<string> {
	const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js');
	const command = [wrangler, 'deploy', '--dry-run', '--config', wranglerConfig, '--outdir', folder];
	try {
		const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' };
		return (await promisify(execFile)(process.execPath, command, { cwd: root, env })).stdout;
	} catch (error) {
		const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
		throw new Error(`wrangler could not build ${wranglerConfig}:\n${stdout}${stderr}`);
	}
}

interface Module {
	readonly file: string;
	readonly kind: 'esModule' | 'text';
}

/** The entry first, as workerd wants it: the only .js file there is. */
async function named(folder: string, files: readonly string[]): Promise<Module[]> {
	const scripts = files.filter((file) => file.endsWith('.js'));
	const [entry] = scripts;
	if (entry === undefined || scripts.length > 1)
		throw new Error(`expected one script in ${folder}, found ${scripts.length}`);
	const code = await readFile(join(folder, entry), 'utf8');
	const texts = files.filter((file) => file !== entry && code.includes(file));
	return [{ file: entry, kind: 'esModule' }, ...texts.map((file) => ({ file, kind: 'text' as const }))];
}

/** Cap'n Proto text. Object ids derive from `uniqueKey`: another key would make all queues look empty. */
function workerdConfig(wrangler: WranglerConfig, modules: readonly Module[], secrets: readonly string[]): string {
	const text = JSON.stringify;
	const objects = wrangler.durable_objects.bindings;
	const bindings = [
		...objects.map(({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`),
		...Object.entries(wrangler.vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(String(value))})`),
		...secrets.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
	];
	const namespaces = objects.map(
		({ class_name }) =>
			`(className = ${text(class_name)}, uniqueKey = ${text(`${wrangler.name}-${class_name}`)}, enableSql = true)`,
	);
	const embedded = modules.map(({ file, kind }) => `(name = ${text(`./${file}`)}, ${kind} = embed ${text(file)})`);
	const lines = (entries: readonly string[]) => `[\n    ${entries.join(',\n    ')}\n  ]`;
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "worker", worker = .worker), (name = "state", disk = (path = "", writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "worker") ]
);

const worker :Workerd.Worker = (
  modules = ${lines(embedded)},
  compatibilityDate = ${text(wrangler.compatibility_date)},
  compatibilityFlags = ${text(wrangler.compatibility_flags)},
  bindings = ${lines(bindings)},
  durableObjectNamespaces = ${lines(namespaces)},
  durableObjectStorage = (localDisk = "state")
);
`;
}
