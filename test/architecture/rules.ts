import type { Source } from './source.ts';

/** What one file may not do. `violations` answers what is wrong with it, empty where nothing is. */
export interface Rule {
	readonly name: string;
	readonly violations: (source: Source) => readonly string[];
}

const LAYERS = ['migrations', 'durable-objects', 'src', 'test'];
const SHELLS = /^(durable-objects\/(catalog|partition-calls|partition|topic)|src\/index)\.ts$/;
const MAY_HOLD_SQL =
	/^(durable-objects\/(engine|catalog)\/|migrations\/|durable-objects\/database\.ts$|test\/|bench\/)/;
/** What crosses RPC. `protocol` is the one that the others are imported from. */
const PROTOCOL =
	/^durable-objects\/(protocol|annotations|limits|messages|packed|packed-received|packed-settle|figures|refusals|text|topics)$/;
const SQL = /^\s*(SELECT|INSERT|UPDATE|DELETE FROM|CREATE|DROP|ALTER|REPLACE|WITH|PRAGMA|EXPLAIN)\s/;
const ENGINE_MAY_IMPORT = /^(durable-objects\/((engine|filter)\/.+|protocol|limits|database)|tinyqueue)$/;
const FORBIDDEN_WORDS = ['job', 'task', 'event', 'shard', 'lock', 'nack', 'service', 'manager', 'util', 'utils'];
const MAX_LINES = 250;
const MAX_FUNCTION_LINES = 70;

/** Files that may be longer, each with its reason. */
export const LONGER: Readonly<Record<string, string>> = {};

export const RULES: readonly Rule[] = [
	{
		name: 'imports follow the arrow test -> src -> durable-objects -> migrations',
		violations: ({ path, imports }) => {
			const layer = LAYERS.indexOf(top(path));
			if (layer < 0) return [];
			// Tests also try what stands beside the arrow: scripts, bench and examples.
			if (top(path) === 'test') return [];
			const local = imports.filter((name) => name.includes('/') && OWN_FOLDERS.includes(top(name)));
			const against = local.filter((name) => !LAYERS.slice(0, layer + 1).includes(top(name)));
			return against.map((name) => `imports ${name}`);
		},
	},
	{
		name: 'zod and hono appear only in src/, and in the tests of what it answers',
		violations: ({ path, imports }) =>
			/^(src|test\/http)\//.test(path) ? [] : named(imports, /^(zod|hono|@hono\/[^/]+)(\/|$)/),
	},
	{
		name: 'SQL stands only in the engine, the catalog and migrations',
		violations: ({ path, strings }) =>
			MAY_HOLD_SQL.test(path)
				? []
				: strings.filter((text) => SQL.test(text)).map((text) => `has "${text.slice(0, 40)}"`),
	},
	{
		name: 'cloudflare: modules are imported only by shells',
		violations: ({ path, imports }) =>
			!['src', 'durable-objects', 'migrations'].includes(top(path)) || SHELLS.test(path)
				? []
				: named(imports, /^cloudflare:/),
	},
	{
		name: 'the engine is pure: it imports no platform and knows no clock, randomness or waiting',
		violations: ({ path, imports, impurities }) => {
			if (!path.startsWith('durable-objects/engine/')) return [];
			const foreign = imports.filter((name) => !ENGINE_MAY_IMPORT.test(name)).map((name) => `imports ${name}`);
			return [...foreign, ...impurities.map((impurity) => `uses ${impurity}`)];
		},
	},
	{
		name: 'the protocol imports nothing but itself',
		violations: ({ path, imports }) =>
			PROTOCOL.test(path.replace(/\.ts$/, ''))
				? imports.filter((name) => !PROTOCOL.test(name)).map((name) => `imports ${name}`)
				: [],
	},
	{
		name: `a file has at most ${MAX_LINES} lines, a function ${MAX_FUNCTION_LINES}`,
		violations: ({ path, text, longestFunction }) => {
			const lines = text.trimEnd().split('\n').length;
			const long = lines > MAX_LINES && LONGER[path] === undefined ? [`has ${lines} lines`] : [];
			// A test's outermost function is its table of contents.
			if (path.startsWith('test/') || longestFunction.lines <= MAX_FUNCTION_LINES) return long;
			return [...long, `has a function of ${longestFunction.lines} lines at line ${longestFunction.at}`];
		},
	},
	{
		name: `no name says ${FORBIDDEN_WORDS.join(', ')}`,
		violations: ({ path, declared }) => {
			if (!['src', 'durable-objects'].includes(top(path))) return [];
			const file = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length);
			return [file, ...declared].filter(forbidden).map((name) => `names ${name}`);
		},
	},
	{
		name: 'nothing is left to do, and no type error is silenced',
		violations: ({ text }) =>
			(text.match(/\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b|@ts-(ignor[e]|nochec[k]|expect-erro[r])/g) ?? []).map(
				(found) => `says ${found}`,
			),
	},
];

const OWN_FOLDERS = [...LAYERS, 'scripts', 'bench', 'torture', 'fuzz', 'examples'];

function top(path: string): string {
	return path.split('/', 1)[0] ?? path;
}

function named(imports: readonly string[], pattern: RegExp): string[] {
	return imports.filter((name) => pattern.test(name)).map((name) => `imports ${name}`);
}

/** `jobCount`, `JOB_COUNT` and `job-count` say job; `unlocked` does not say lock. */
function forbidden(name: string): boolean {
	const words = name
		.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z0-9]+/);
	return words.some((word) => FORBIDDEN_WORDS.includes(word) || FORBIDDEN_WORDS.includes(word.replace(/s$/, '')));
}
