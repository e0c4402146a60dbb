import type { Prng } from '../../test/simulation/prng.ts';
import { twistMethod, twistPath, twistQuery } from '../address-twists.ts';
import { twistBytes, twistText } from '../body-twists.ts';
import { FRAMES, FRAMINGS } from '../framing.ts';
import { twistHeaders } from '../header-twists.ts';
import type { AwsOperation } from './actions.ts';
import type { AwsCircumstances, AwsDraft, AwsTwist } from './draft.ts';
import { awsHeader, enlarge, mangleForm, oddTarget, plantBomb } from './form-twists.ts';
import { formOf, pairsOf } from './forms.ts';
import { ACCOUNT } from './knowledge.ts';
import { forgeName, forgeReceipt, hostileText, replayReceipt, spoilParameters } from './parameter-twists.ts';
import type { AwsRequest, Plan } from './request.ts';
import { anotherKey, spoilSignature, varySignature } from './signature-twists.ts';

/** Requests left as they are: without them there would be nothing for the others to meet. */
const GOOD = 0.45;
/** Clients hang up on a receive that would wait for longer than this. */
const PATIENCE_SECONDS = 0.3;
const LEAVES_AFTER_MS = 300;
/** Servers take no longer address. */
const ADDRESS_LENGTH = 6_000;

type Weighed = readonly [weight: number, twist: AwsTwist];

/** While the parameters are a value. */
const ON_VALUES: readonly Weighed[] = [
	[10, spoilParameters],
	[12, hostileText],
	[5, forgeReceipt],
	[3, replayReceipt],
	[8, forgeName],
];
const ON_PAIRS: readonly Weighed[] = [[10, plantBomb]];
const ON_BYTES: readonly Weighed[] = [
	[5, (draft, circumstances) => (draft.pairs === null ? twistText(draft, circumstances) : null)],
	[3, mangleForm],
	[3, twistBytes],
	[0.4, enlarge],
];
const ON_THE_REST: readonly Weighed[] = [
	[2, oddTarget],
	[3, awsHeader],
	[3, twistHeaders],
	[3, twistPath],
	[2, twistQuery],
	[1, twistMethod],
	[3, twistFraming],
	[14, spoilSignature],
	[5, varySignature],
	[6, anotherKey],
];

/** A request for this action: good, or twisted in one to three ways. */
export function composeAws(operation: AwsOperation, circumstances: AwsCircumstances): AwsRequest {
	const { random, isGood = random.chance(GOOD) } = circumstances;
	const draft = goodDraft(operation, circumstances);
	const count = isGood ? 0 : random.weighted([[15, 1] as const, [4, 2] as const, [1, 3] as const]);
	const all = [...ON_VALUES, ...ON_PAIRS, ...ON_BYTES, ...ON_THE_REST];
	const chosen = new Set(Array.from({ length: count }, () => random.weighted(all)));
	const apply = (twists: readonly Weighed[]) => {
		for (const [, twist] of twists) {
			// What must fail must not become something else by another value, or by other bytes.
			if (!chosen.has(twist) || (draft.mustFail !== null && twists !== ON_THE_REST)) continue;
			const done = twist(draft, circumstances);
			if (done !== null) draft.twists.push(done);
		}
	};
	apply(ON_VALUES);
	const { json } = draft;
	if (operation.protocol === 'query') draft.pairs = pairsOf(operation, json);
	apply(ON_PAIRS);
	write(draft, random);
	apply(ON_BYTES);
	if (draft.bytes === null && draft.json !== undefined) draft.bytes = Buffer.from(JSON.stringify(draft.json) ?? '');
	apply(ON_THE_REST);
	// The library that checks signatures covers no value of the first, and what is behind the second is not sent on.
	if (/__proto__|#/.test(draft.query) || (draft.key === 'none' && !bearsSign(draft))) draft.isUnclear = true;
	return finished(draft, json);
}

function goodDraft(operation: AwsOperation, circumstances: AwsCircumstances): AwsDraft {
	const { random } = circumstances;
	const parameters = operation.action.example(circumstances);
	const { QueueUrl } = parameters;
	const isJson = operation.protocol === 'json';
	return {
		operation,
		queue: typeof QueueUrl === 'string' ? /fz-[\w-]+(\.fifo)?/.exec(QueueUrl)?.[0] : undefined,
		method: 'POST',
		path: '/',
		query: '',
		headers: isJson
			? [
					['content-type', 'application/x-amz-json-1.0'],
					['x-amz-target', `AmazonSQS.${operation.name}`],
					...(random.chance(0.7) ? [['x-amzn-query-mode', 'true'] as [string, string]] : []),
				]
			: [],
		json: parameters,
		bytes: null,
		pairs: null,
		framing: random.chance(0.1) ? 'chunked' : 'length',
		key: 'narrow',
		plan: goodPlan(isJson, random),
		forged: [],
		twists: [],
		isAstray: false,
		isBrokenHttp: false,
		isUnclear: false,
		mustFail: null,
	};
}

function goodPlan(isJson: boolean, random: Prng): Plan {
	return { in: !isJson && random.chance(0.2) ? 'address' : 'header', withHash: random.chance(0.4) };
}

/** The parameters as a body, or in the address; some clients name the queue by the path alone. */
function write(draft: AwsDraft, random: Prng): void {
	const { pairs, plan } = draft;
	if (pairs === null) return;
	const url = pairs.find(([name]) => name === 'QueueUrl');
	if (url !== undefined && draft.mustFail === null && draft.twists.length === 0 && random.chance(0.3)) {
		draft.path = `/${ACCOUNT}/${draft.queue}`;
		if (random.chance(0.5)) draft.pairs = pairs.filter((pair) => pair !== url);
	}
	const form = formOf(draft.pairs as typeof pairs);
	const isAddress = (plan.in === 'address' || random.chance(0.2)) && form.length < ADDRESS_LENGTH;
	if (isAddress) {
		draft.method = random.chance(0.9) ? 'GET' : 'POST';
		draft.query = form;
		draft.bytes = draft.method === 'GET' ? null : Buffer.alloc(0);
	} else {
		draft.bytes = Buffer.from(form);
		draft.headers.push(['content-type', 'application/x-www-form-urlencoded; charset=utf-8']);
	}
	draft.json = undefined;
}

function twistFraming(draft: AwsDraft, { random }: AwsCircumstances): string {
	draft.framing = random.pick(FRAMINGS);
	return `framing: ${draft.framing}`;
}

/** Whether it can be seen to be for AWS's doors without a signature. */
function bearsSign({ headers, query }: AwsDraft): boolean {
	const signs = [/^x-amz-target:/, /^content-type:application\/x-www-form-urlencoded/];
	return /(^|&)Action=/.test(query) || headers.some((header) => signs.some((sign) => sign.test(header.join(':'))));
}

const BAD_KEYS: readonly string[] = ['none', 'wrong', 'malformed', 'revoked', 'unknown'];

function finished(draft: AwsDraft, json: unknown): AwsRequest {
	const { operation, method, path, query, headers, bytes, framing, twists, isAstray, plan, forged } = draft;
	const { isHttp, keepsBody } = FRAMES[framing];
	const target = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
	const key = draft.key === 'root' && draft.mustFail !== null ? 'narrow' : draft.key;
	return {
		door: 'aws',
		operation,
		queue: draft.queue,
		method,
		target,
		headers,
		body: bytes,
		framing,
		key,
		plan,
		forged,
		twists,
		isAimed: !isAstray && keepsBody && !draft.isUnclear,
		isHttp: isHttp && !draft.isBrokenHttp,
		mustFail: draft.mustFail ?? faultOf(draft, key, keepsBody),
		...(patienceOf(operation, json, twists) > PATIENCE_SECONDS ? { leavesAfterMs: LEAVES_AFTER_MS } : {}),
	};
}

function faultOf({ operation, bytes, isAstray }: AwsDraft, key: string, keepsBody: boolean): string | null {
	if (BAD_KEYS.includes(key)) return `it is signed with the key "${key}"`;
	if (key === 'elsewhere' && operation.action.isList !== true) return 'its key is for other names';
	if (!keepsBody || bytes === null) return null;
	if (!isUtf8(bytes)) return 'its body is no UTF-8';
	return operation.protocol === 'json' && !isAstray && !isObject(bytes) ? 'its body is no JSON object' : null;
}

/** How long it may wait at most: a queue that has been set so makes a receive wait which says nothing of it. */
function patienceOf({ name }: AwsOperation, json: unknown, twists: readonly string[]): number {
	if (name !== 'ReceiveMessage') return 0;
	const wait = (json as { WaitTimeSeconds?: unknown } | null)?.WaitTimeSeconds;
	return typeof wait === 'number' && twists.length === 0 ? wait : Number.POSITIVE_INFINITY;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(bytes: Uint8Array): boolean {
	try {
		utf8.decode(bytes);
		return true;
	} catch {
		return false;
	}
}

/** No body reads as `{}`. */
function isObject(bytes: Uint8Array): boolean {
	if (bytes.byteLength === 0) return true;
	try {
		const value: unknown = JSON.parse(utf8.decode(bytes));
		return typeof value === 'object' && value !== null && !Array.isArray(value);
	} catch {
		return false;
	}
}
