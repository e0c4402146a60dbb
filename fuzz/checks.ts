import type { Answer } from './answer-reader.ts';
import { awsFaults } from './aws/checks.ts';
import { type Api, operationAt } from './document.ts';
import type { KeyKind } from './draft.ts';
import type { NativeRequest, Request } from './request.ts';
import type { Outcome } from './wire.ts';

export interface Rules {
	readonly api: Api;
	/** Texts that no answer may have: what is in the canary's messages, and paths of this machine. */
	readonly secrets: readonly string[];
}

/** Codes of addresses that are no route, which the document therefore does not name. */
const BEYOND_ROUTES = ['not_found', 'method_not_allowed'];
/** Where the load of the fuzzer itself, or another of its clients, may explain a 503. */
const BUSY = ['overloaded', 'unavailable', 'settings_stale', 'courier_busy'];
const NO_KEYS: readonly KeyKind[] = ['none', 'wrong', 'malformed', 'revoked'];
export const STACK = /\n\s*at |\.[cm]?[jt]s:\d+|node_modules|file:\/\/\/[a-z]+\/|SQLITE_|\[object Object\]/;
/** More than this helps nobody, and lets a request make its server send more than it was sent. */
export const PROBLEM_BYTES = 16_384;

/** What is wrong with what came of a request; each text begins with the kind of fault, up to a colon. */
export async function faultsOf(request: Request, outcome: Outcome, rules: Rules): Promise<string[]> {
	if (outcome.kind === 'left') return [];
	if (outcome.kind === 'hung') return ['hang: neither answered nor closed within 10 s'];
	if (outcome.kind === 'garbled') return [`garbled: ${outcome.why}`];
	if (outcome.kind !== 'answered') return request.isHttp ? ['closed: the connection ended without an answer'] : [];
	return [...leaks(outcome, rules), ...(await verdict(request, outcome, rules))];
}

function leaks({ body, headers }: Answer, { secrets }: Rules): string[] {
	return secrets
		.filter((secret) => body.includes(secret) || [...headers.values()].some((value) => value.includes(secret)))
		.map((secret) => `leak: the answer says ${JSON.stringify(secret)}`);
}

async function verdict(request: Request, answer: Answer, rules: Rules): Promise<string[]> {
	const { status } = answer;
	if (isServersOwn(answer)) {
		if (request.isHttp) return [`no problem: ${status} in the server's own words: ${textOf(answer).slice(0, 100)}`];
		// What is no HTTP does not reach Sluice.
		return status < 400 ? [`success: ${status} for what is no HTTP`] : [];
	}
	if (request.door === 'aws') return awsFaults(request, answer);
	return status < 400 ? successFaults(request, answer, rules) : refusalFaults(request, answer, rules);
}

/** workerd refuses what is no HTTP before any code runs, in plain text. */
function isServersOwn({ status, headers }: Answer): boolean {
	return status >= 400 && headers.get('content-type') === 'text/plain';
}

function successFaults(request: NativeRequest, answer: Answer, { api }: Rules): string[] {
	const { status, headers } = answer;
	const operation = request.isAimed ? request.operation : operationAt(api, request.method, request.target);
	if (operation === undefined) return [`success: ${status} where the document has no route`];
	const faults: string[] = [];
	if (request.mustFail !== null) faults.push(`success: ${status}, but ${request.mustFail}`);
	if (NO_KEYS.includes(request.key) && !operation.isOpen)
		faults.push(`success: ${status} with the key "${request.key}"`);
	const documented = operation.answers.get(status);
	if (documented === undefined) return [...faults, `undocumented: ${operation.id} answers ${status}`];
	const type = headers.get('content-type') ?? 'none';
	if (!type.startsWith(documented.contentType)) faults.push(`undocumented: ${operation.id} answers ${type}`);
	if (request.method === 'HEAD' || documented.fault === null) return faults;
	const json = parsed(answer);
	const fault = json === undefined ? 'it is not JSON' : documented.fault(json);
	return fault === null ? faults : [...faults, `undocumented: ${operation.id} ${status}: ${fault}`];
}

function refusalFaults(request: NativeRequest, answer: Answer, { api }: Rules): string[] {
	const { status, headers, body } = answer;
	const type = headers.get('content-type');
	if (type !== 'application/problem+json') return [`no problem: ${status} of type ${type}`];
	if (request.method === 'HEAD') return status >= 500 ? [`failure: ${status} to HEAD`] : [];
	const problem = parsed(answer) as { status: number; code: string; detail: string; type: string } | undefined;
	const fault = problem === undefined ? 'it is not JSON' : api.problemFault(problem);
	if (problem === undefined || fault !== null) return [`no problem: ${status}: ${fault}`];
	const { code, detail } = problem;
	const faults: string[] = [];
	if (problem.status !== status) faults.push(`no problem: ${status}, and it says ${problem.status}`);
	if (problem.type !== `urn:sluice:problem:${code}`) faults.push(`no problem: ${code} of type ${problem.type}`);
	if (detail.trim() === '') faults.push(`no problem: ${code} without a detail`);
	if (STACK.test(body.toString())) faults.push(`leak: ${code} shows the inside: ${textOf(answer).slice(0, 300)}`);
	if (body.length > PROBLEM_BYTES) faults.push(`large refusal: ${code} in ${body.length} bytes`);
	faults.push(...statusFaults(request, status, code, headers));
	if (status < 500 && request.isAimed && !request.operation.codes.has(code)) {
		faults.push(`undocumented: ${request.operation.id} answers the code ${code}`);
	} else if (status < 500 && !isKnown(api, code)) faults.push(`undocumented: the code ${code}`);
	return faults;
}

function isKnown(api: Api, code: string): boolean {
	return BEYOND_ROUTES.includes(code) || api.operations.some(({ codes }) => codes.has(code));
}

function statusFaults(request: NativeRequest, status: number, code: string, headers: Answer['headers']): string[] {
	const faults: string[] = [];
	const missing = (name: string) => faults.push(`no header: ${status} ${code} without ${name}`);
	if (status >= 500 && !(status === 503 && BUSY.includes(code))) faults.push(`failure: ${status} ${code}`);
	if ((status === 503 || status === 429) && !headers.has('retry-after')) missing('retry-after');
	if (status === 401 && !headers.has('www-authenticate')) missing('www-authenticate');
	if (status === 405 && !headers.has('allow')) missing('allow');
	if (request.isAimed && !request.operation.isOpen && NO_KEYS.includes(request.key) !== (status === 401)) {
		faults.push(`wrong refusal: ${status} ${code} with the key "${request.key}"`);
	}
	return faults;
}

function parsed(answer: Answer): unknown {
	try {
		return JSON.parse(textOf(answer));
	} catch {
		return undefined;
	}
}

function textOf({ body }: Answer): string {
	return body.toString('utf8');
}
