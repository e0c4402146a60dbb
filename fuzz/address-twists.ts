import type { Prng } from '../test/simulation/prng.ts';
import type { Twist, WireTwist } from './draft.ts';

type Rewrite = (path: string, random: Prng) => string;

/** Ways to write a path that leads elsewhere, nowhere, or to the same place. */
const REWRITES: Readonly<Record<string, Rewrite>> = {
	'dots in front': (path) => `/..${path}`,
	'there and back': (path) => `${path}/..${path}`,
	'encoded dots': (path) => `${path}/%2e%2e/%2e%2e`,
	'one dot': (path) => path.replace('/v1/', '/v1/./'),
	'double slash': (path, random) => splice(path, '/', random),
	'slash at the end': (path) => `${path}/`,
	'encoded slash': (path) => `${path.slice(0, path.lastIndexOf('/'))}%2f${path.slice(path.lastIndexOf('/') + 1)}`,
	backslash: (path) => path.replaceAll('/', '\\'),
	'encoded backslash': (path, random) => splice(path, '%5c', random),
	'NUL encoded': (path, random) => splice(path, '%00', random),
	'newline encoded': (path, random) => splice(path, '%0d%0ax-injected:%201', random),
	'percent at the end': (path) => `${path}%`,
	'broken percent': (path, random) => splice(path, '%zz', random),
	'overlong UTF-8': (path, random) => splice(path, '%c0%af', random),
	'lone surrogate encoded': (path, random) => splice(path, '%ed%a0%80', random),
	'unicode encoded': (path, random) => splice(path, '%E2%80%AE%F0%9F%8E%8C', random),
	'unicode raw': (path, random) => splice(path, '東京', random),
	'fullwidth slash': (path) => path.replace('/v1/', '/v1／'),
	'encoded letters': (path) => path.replace('fz-', '%66%7a-'),
	'encoded twice': (path) => path.replace('fz-', '%2566%257a-'),
	'upper case': (path) => path.toUpperCase(),
	parameter: (path) => `${path};jsessionid=1`,
	'space encoded': (path, random) => splice(path, '%20', random),
	plus: (path, random) => splice(path, '+', random),
	'a long name': (path, random) => splice(path, 'x'.repeat(random.pick([80, 81, 2_000])), random),
	'a very long path': (path, random) => splice(path, '/x'.repeat(random.pick([1_000, 4_000])), random),
	'empty name': (path) => path.replace(/fz-[^/]*/, ''),
	'a name of dots': (path) => path.replace(/fz-[^/]*/, '...'),
	'a template': (path) => path.replace(/fz-[^/]*/, '{queue}'),
	'a prototype': (path) => path.replace(/fz-[^/]*/, '__proto__'),
	fragment: (path) => `${path}#/../x`,
	'absolute form': (path) => `http://elsewhere.example${path}`,
	star: () => '*',
	'no slash': (path) => path.slice(1),
	nothing: () => '/',
};

function splice(path: string, text: string, random: Prng): string {
	const at = random.between(4, path.length);
	return path.slice(0, at) + text + path.slice(at);
}

/** What only a parser of URLs, or none, makes sense of; HTTP servers differ in what they let through. */
const NO_TARGETS = new Set([
	'backslash',
	'star',
	'no slash',
	'absolute form',
	'unicode raw',
	'fullwidth slash',
	'fragment',
]);

export const twistPath: WireTwist = (draft, { random }) => {
	const [name, rewrite] = random.pick(Object.entries(REWRITES));
	draft.path = rewrite(draft.path, random);
	draft.isAstray = true;
	draft.isBrokenHttp ||= NO_TARGETS.has(name) || !draft.path.startsWith('/');
	return `path: ${name}`;
};

/** Paths that try to get at what the key is not for. */
export const forgePath: Twist = (draft, { random, knowledge: { foreign } }) => {
	const [kind, secret] = draft.path.startsWith('/v1/topics') ? ['topics', foreign.topic] : ['queues', foreign.queue];
	// What stands behind a fragment's sign is not sent on.
	const own = /fz-[^/#]*/.exec(draft.path)?.[0];
	if (own === undefined) return null;
	const forged = random.pick([
		secret,
		`${own}/../${secret}`,
		`${own}%2f..%2f${secret}`,
		`${own}/%2e%2e/${secret}`,
		`${own}%00/../${secret}`,
		`%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`,
		`${own}/../../${kind}/${secret}`,
		`./${secret}`,
		`${secret}%20`,
		`${secret}?fz-`,
		`${secret}%00fz-`,
		`fz-/..;/${secret}`,
	]);
	draft.path = draft.path.replace(own, () => forged);
	draft.isAstray = true;
	draft.isForged = true;
	draft.mustFail = 'it names what its key is not for';
	return 'path: forged';
};

const QUERIES: readonly string[] = [
	'&&&',
	'=',
	'=x',
	'limit',
	'limit=1&limit=2',
	'key=a&key=b',
	'key=%',
	'key=%zz',
	'key=%ed%a0%80',
	'key=%00',
	'key=a+b',
	'key=',
	`key=${'x'.repeat(257)}`,
	`key=${'%F0%9F%8E%8C'.repeat(128)}`,
	`dedupId=${'x'.repeat(8_000)}`,
	'__proto__=1',
	'constructor=1',
	'limit[]=1',
	'limit[$gt]=1',
	'limit=1e3',
	'limit=0x10',
	'limit=-0',
	'limit=NaN',
	'limit=Infinity',
	'limit=1.5',
	`limit=${'9'.repeat(400)}`,
	'limit=%31',
	'priority=-1',
	'priority=10&key=a',
	'delaySeconds=1e309',
	'delaySeconds=31536001',
	'delaySeconds=0.0000000001',
	'ttlSeconds=0',
	'deliverAt=2026-01-01T00:00:00+01:00',
	'deliverAt=9999-12-31T23:59:59Z',
	'deliverAt=0001-01-01T00:00:00Z',
	'state=leased%00',
	'after=99.9999999999999999',
	'after=0.-1',
	'after=..',
	'force=TRUE',
	'Force=true',
	'?limit=1',
	'limit=1?limit=2',
	'limit=1#x',
	'%6cimit=1',
	'x'.repeat(4_000),
];

export const twistQuery: WireTwist = (draft, { random }) => {
	const added = random.pick(QUERIES);
	const again = random.chance(0.2) && draft.query !== '' ? draft.query : added;
	draft.query = [draft.query, again].filter((part) => part !== '').join('&');
	return `query: ${again.slice(0, 40)}`;
};

export const twistMethod: WireTwist = (draft, { random }) => {
	const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
	// workerd itself answers CONNECT, with a 500: a Worker has no part in it.
	const odd = ['get', 'FROB', 'X'.repeat(200), 'G=T', 'PRI'];
	const isOdd = random.chance(0.1);
	draft.method = random.pick(isOdd ? odd : methods);
	draft.isAstray = true;
	draft.isBrokenHttp ||= isOdd;
	return `method: ${draft.method.slice(0, 20)}`;
};
