import { beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, type Rules } from '../../fuzz/checks.ts';
import { type Operation, readApi } from '../../fuzz/document.ts';
import type { NativeRequest } from '../../fuzz/request.ts';
import type { Outcome } from '../../fuzz/wire.ts';

// What the fuzzer must see, planted: a check that cannot fail proves nothing.

const name = { in: 'path', name: 'queue', required: true, schema: { type: 'string' } } as const;
const problem = {
	type: 'object',
	properties: {
		type: { type: 'string' },
		title: { type: 'string' },
		status: { type: 'integer' },
		detail: { type: 'string' },
		code: { type: 'string' },
	},
	required: ['type', 'title', 'status', 'detail', 'code'],
};
const answer = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const rules: Rules = {
	api: readApi({
		components: { schemas: { Problem: problem } },
		paths: {
			'/v1/queues/{queue}': {
				get: {
					security: [{ key: [] }],
					parameters: [name],
					responses: {
						200: { description: 'It.', content: { 'application/json': { schema: answer } } },
						default: { description: 'A problem. Codes: unauthenticated, queue_not_found, overloaded.', content: {} },
					},
				},
			},
		},
	}),
	secrets: ['the-secret'],
};

let request: NativeRequest;

beforeAll(() => {
	request = {
		door: 'native',
		operation: rules.api.operations[0] as Operation,
		queue: 'a',
		method: 'GET',
		target: '/v1/queues/a',
		headers: [],
		body: null,
		framing: 'length',
		key: 'narrow',
		twists: [],
		isAimed: true,
		isHttp: true,
		mustFail: null,
	};
});

function answered(status: number, body: unknown, headers: Record<string, string> = {}): Outcome {
	const type = status < 400 ? 'application/json' : 'application/problem+json';
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const all = new Map(Object.entries({ 'content-type': type, ...headers }));
	return { kind: 'answered', status, headers: all, body: Buffer.from(text) };
}

function refusal(code: string, status: number, changed: object = {}) {
	return { type: `urn:sluice:problem:${code}`, title: 'No', status, detail: 'Not so.', code, ...changed };
}

const missing = refusal('queue_not_found', 404);

describe('nothing is wrong with', () => {
	it.each([
		['a documented success', answered(200, { name: 'a' })],
		['a documented refusal', answered(404, missing)],
		['one of an object that is busy', answered(503, refusal('overloaded', 503), { 'retry-after': '1' })],
		['a client that has left', { kind: 'left' }],
	] as [string, Outcome][])('%s', async (_, outcome) => {
		expect(await faultsOf(request, outcome, rules)).toEqual([]);
	});
});

describe('it sees', () => {
	it.each([
		['a hang', 'hang', { kind: 'hung' }],
		['a lost connection', 'closed', { kind: 'closed' }],
		['what is no HTTP', 'garbled', { kind: 'garbled', why: 'nonsense' }],
		['a failure', 'failure', answered(500, refusal('internal_error', 500))],
		['a 503 that is not of load', 'failure', answered(503, refusal('not_configured', 503), { 'retry-after': '1' })],
		['a 503 without Retry-After', 'no header', answered(503, refusal('overloaded', 503))],
		['a refusal in plain text', 'no problem', answered(404, 'Not Found', { 'content-type': 'text/plain' })],
		['one that is HTML', 'no problem', answered(404, '<h1>', { 'content-type': 'text/html' })],
		['one that is not JSON', 'no problem', answered(404, 'Not Found')],
		['one with a field missing', 'no problem', answered(404, { ...missing, title: undefined })],
		['one with a field more', 'no problem', answered(404, { ...missing, stack: 'x' })],
		['one of another status', 'no problem', answered(404, { ...missing, status: 400 })],
		['one without a detail', 'no problem', answered(404, { ...missing, detail: ' ' })],
		['one that shows a stack', 'leak', answered(404, { ...missing, detail: 'Error\n    at f (index.js:1:2)' })],
		['one that shows a file', 'leak', answered(404, { ...missing, detail: 'in queues.ts:12' })],
		['one of an undocumented code', 'undocumented', answered(400, refusal('odd', 400))],
		['one that is large', 'large refusal', answered(404, { ...missing, detail: 'x'.repeat(20_000) })],
		['a success that is not as documented', 'undocumented', answered(200, { name: 1 })],
		['a success with a field more', 'undocumented', answered(200, { name: 'a', more: 1 })],
		['a success that is not JSON', 'undocumented', answered(200, 'a')],
		['a success of an undocumented status', 'undocumented', answered(202, { name: 'a' })],
		['a success of another type', 'undocumented', answered(200, { name: 'a' }, { 'content-type': 'text/html' })],
		['a good key that is refused', 'wrong refusal', answered(401, refusal('unauthenticated', 401))],
		['what is not for this key', 'leak', answered(200, { name: 'the-secret' })],
		['the same in a header', 'leak', answered(200, { name: 'a' }, { location: '/the-secret' })],
	] as [string, string, Outcome][])('%s', async (_, kind, outcome) => {
		expect(await faultsOf(request, outcome, rules)).toContainEqual(expect.stringMatching(`^${kind}: `));
	});

	it('a success that must not be', async () => {
		const good = answered(200, { name: 'a' });
		const kind = [expect.stringMatching(/^success: /)];
		expect(await faultsOf({ ...request, mustFail: 'it is forged' }, good, rules)).toEqual(kind);
		expect(await faultsOf({ ...request, key: 'revoked' }, good, rules)).toEqual(kind);
		expect(await faultsOf({ ...request, isAimed: false, target: '/v1/queues/a/b' }, good, rules)).toEqual(kind);
	});

	it('a wrong key that is refused for another reason', async () => {
		const faults = await faultsOf({ ...request, key: 'wrong' }, answered(404, missing), rules);
		expect(faults).toEqual([expect.stringMatching(/^wrong refusal: /)]);
	});

	it("the server's own words only for what is no HTTP", async () => {
		const own = answered(400, 'invalid URI', { 'content-type': 'text/plain' });
		expect(await faultsOf({ ...request, isHttp: false }, own, rules)).toEqual([]);
		expect(await faultsOf({ ...request, isHttp: false }, { kind: 'closed' }, rules)).toEqual([]);
	});
});
