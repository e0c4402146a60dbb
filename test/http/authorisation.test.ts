import { beforeAll, describe, expect, it } from 'vitest';
import { scopedKeys, tableOf } from './access';
import { ask, newKey, newName, newQueue, newTopic, publish, ROOT_KEY, receiveOne, subscribe } from './client';

// Every route of the OpenAPI document with every kind of key. A route without a row here fails.

/** What a route asks of a key. `manage some`: the action counts, and what is shown is what the patterns cover. */
const NEEDS: Readonly<Record<string, string>> = {
	'POST /v1/queues/{queue}/messages': 'publish',
	'GET /v1/queues/{queue}/messages': 'manage',
	'POST /v1/queues/{queue}/messages/batch': 'publish',
	'POST /v1/topics/{topic}/messages': 'publish',
	'POST /v1/topics/{topic}/messages/batch': 'publish',
	'POST /v1/queues/{queue}/receive': 'consume',
	'POST /v1/queues/{queue}/settle': 'consume',
	'POST /v1/queues/{queue}/ack': 'consume',
	'POST /v1/queues/{queue}/retry': 'consume',
	'POST /v1/queues/{queue}/extend': 'consume',
	'PUT /v1/queues/{queue}': 'manage',
	'PATCH /v1/queues/{queue}': 'manage',
	'GET /v1/queues/{queue}': 'manage',
	'DELETE /v1/queues/{queue}': 'manage',
	'GET /v1/queues': 'manage some',
	'POST /v1/queues/{queue}/pause': 'manage',
	'POST /v1/queues/{queue}/resume': 'manage',
	'PUT /v1/topics/{topic}': 'manage',
	'GET /v1/topics/{topic}': 'manage',
	'DELETE /v1/topics/{topic}': 'manage',
	'GET /v1/topics': 'manage some',
	'PUT /v1/topics/{topic}/subscriptions/{name}': 'manage',
	'GET /v1/topics/{topic}/subscriptions/{name}': 'manage',
	'DELETE /v1/topics/{topic}/subscriptions/{name}': 'manage',
	'POST /v1/topics/{topic}/subscriptions/{name}/seek': 'manage',
	'GET /v1/topics/{topic}/subscriptions': 'manage',
	'GET /v1/queues/{queue}/messages/{id}': 'manage',
	'DELETE /v1/queues/{queue}/messages/{id}': 'manage',
	'POST /v1/queues/{queue}/purge': 'manage',
	'POST /v1/queues/{queue}/redrive': 'manage',
	'GET /v1/queues/{queue}/redrives': 'manage',
	'DELETE /v1/queues/{queue}/redrives/{id}': 'manage',
	'POST /v1/keys': 'root',
	'GET /v1/keys': 'root',
	'DELETE /v1/keys/{id}': 'root',
	'GET /metrics': 'manage some',
	'GET /healthz': 'open',
	'GET /openapi.json': 'any',
};

/** `publish`, `consume` and `manage` may do that alone, to the names of the request; `elsewhere` all, to other names. */
const TABLE = `
	need         none malformed wrong revoked publish consume manage elsewhere all root
	open         yes  yes       yes   yes     yes     yes     yes    yes       yes yes
	any          401  401       401   401     yes     yes     yes    yes       yes yes
	publish      401  401       401   401     yes     403     403    403       yes yes
	consume      401  401       401   401     403     yes     403    403       yes yes
	manage       401  401       401   401     403     403     yes    403       yes yes
	manage_some  401  401       401   401     403     403     yes    yes       yes yes
	root         401  401       401   401     403     403     403    403       403 yes
`;

const { kinds: KINDS, expected } = tableOf(TABLE);

const routes: string[] = [];

beforeAll(async () => {
	const { paths } = (await ask('GET', '/openapi.json')).body as { paths: Record<string, object> };
	for (const [path, methods] of Object.entries(paths)) {
		for (const method of Object.keys(methods)) routes.push(`${method.toUpperCase()} ${path}`);
	}
});

/** The headers of each kind of key; the scoped ones are for names that begin so. */
async function credentials(prefix: string): Promise<Record<string, Record<string, string>>> {
	const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
	const scoped = Object.entries(await scopedKeys(prefix)).map(([kind, { key }]) => [kind, bearer(key)] as const);
	return {
		none: {},
		malformed: { authorization: `Basic ${ROOT_KEY}` },
		wrong: bearer(`${ROOT_KEY.slice(0, -1)}x`),
		root: bearer(ROOT_KEY),
		...Object.fromEntries(scoped),
	};
}

/** What there is to be reached, of one name. */
async function ground() {
	const queue = await newQueue();
	const topic = `${queue}-topic`;
	await ask('PUT', `/v1/topics/${topic}`);
	await ask('PUT', `/v1/topics/${topic}/subscriptions/reader`, { json: { queue } });
	const { id } = await publish(queue, 'a');
	const { id: keyId } = await newKey(['manage'], ['nothing']);
	return { queue, topic, name: 'reader', id, keyId };
}

function addressOf(template: string, names: Readonly<Record<string, string>>): string {
	const own = template.startsWith('/v1/keys') ? { ...names, id: names.keyId } : names;
	return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => own[name as keyof typeof own] ?? '');
}

describe('the table', () => {
	it('has a row for every route of the document, and for no other', () => {
		expect([...routes].sort()).toEqual(Object.keys(NEEDS).sort());
	});

	it('is full', () => {
		for (const need of new Set(Object.values(NEEDS))) {
			expect(Object.values(expected(need))).toHaveLength(KINDS.length);
			expect(Object.values(expected(need))).not.toContain('no such row');
		}
	});
});

describe('each kind of key', () => {
	it.each(Object.entries(NEEDS))('at %s, which needs %s', async (route, need) => {
		const [method = '', template = ''] = route.split(' ');
		const names = await ground();
		const path = addressOf(template, names);
		const keys = await credentials(names.queue);
		const found: Record<string, string> = {};
		for (const kind of KINDS) {
			const { status, body } = await ask(method, path, { key: null, headers: keys[kind] ?? {} });
			const isRefused = status === 401 || status === 403;
			if (isRefused) expect(body).toMatchObject({ code: status === 401 ? 'unauthenticated' : 'forbidden', status });
			expect(status).toBeLessThan(500);
			found[kind] = isRefused ? String(status) : 'yes';
		}
		expect(found).toEqual(expected(need));
	});

	it('that may not, changes nothing by trying', async () => {
		const names = await ground();
		const { queue, topic, id } = names;
		const { receipt } = await receiveOne(queue, { visibilityTimeoutSeconds: 600 });
		const look = async () => {
			const answers = [`/v1/queues/${queue}/messages/${id}`, `/v1/topics/${topic}/subscriptions`, '/v1/keys'];
			return Promise.all(answers.map(async (path) => (await ask('GET', path)).body));
		};
		const keys = await credentials(queue);
		const refused = Object.entries(NEEDS).flatMap(([route, need]) =>
			KINDS.filter((kind) => expected(need)[kind] !== 'yes').map((kind) => ({ route, kind })),
		);
		const before = await look();
		for (const { route, kind } of refused) {
			const [method = '', template = ''] = route.split(' ');
			const path = addressOf(template, names);
			const options = method === 'GET' ? {} : { json: bodyFor(template, queue, receipt) };
			expect([401, 403]).toContain((await ask(method, path, { ...options, key: null, headers: keys[kind] })).status);
		}
		expect(await look()).toEqual(before);
		const acked = await ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts: [receipt] } });
		expect(acked.body).toMatchObject({ results: [{ outcome: 'acked' }] });
	});

	it('learns of an address that is no route only if it counts', async () => {
		const keys = await credentials(newName());
		for (const kind of KINDS) {
			const isKnown = expected('any')[kind] === 'yes';
			const options = { key: null, headers: keys[kind] };
			expect((await ask('GET', '/v1/nothing', options)).status).toBe(isKnown ? 404 : 401);
			expect((await ask('PATCH', '/v1/keys', options)).status).toBe(isKnown ? 405 : 401);
		}
	});
});

/** What would be done if it were let. */
function bodyFor(template: string, queue: string, receipt: string): object {
	if (template.endsWith('/batch')) return { messages: [{ body: 'x' }] };
	if (template.endsWith('/settle')) return { ack: [receipt] };
	if (template.endsWith('/ack')) return { receipts: [receipt] };
	if (/\/(retry|extend)$/.test(template)) return { receipts: [{ receipt }] };
	if (template.endsWith('/seek')) return { to: 'earliest' };
	if (template.endsWith('/{name}')) return { queue, filter: { never: ['x'] } };
	if (template === '/v1/keys') return { name: 'x', actions: ['manage'], patterns: ['*'] };
	return {};
}

describe('a name', () => {
	it('is compared as it is, however it is written in the address', async () => {
		const other = await newQueue();
		const topic = await newTopic();
		const queue = await subscribe(topic);
		const { key } = await newKey(['manage', 'publish', 'consume'], [`${queue}*`]);
		const encoded = [...other].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
		for (const name of [other, encoded, `${encoded.slice(0, 3)}${other.slice(1)}`]) {
			expect((await ask('GET', `/v1/queues/${name}`, { key })).status).toBe(403);
			expect((await ask('POST', `/v1/queues/${name}/messages`, { key, body: 'x' })).status).toBe(403);
		}
		for (const path of [
			`${queue}/../${other}`,
			`${queue}%2f..%2f${other}`,
			`${queue}%00${other}`,
			`${queue}/%2e%2e/${other}`,
		]) {
			expect((await ask('GET', `/v1/queues/${path}`, { key })).status).toBeGreaterThanOrEqual(400);
		}
	});
});
