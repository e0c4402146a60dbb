import type { Prng } from '../test/simulation/prng.ts';
import { forgePath, twistMethod, twistPath, twistQuery } from './address-twists.ts';
import { DEAD } from './aws/knowledge.ts';
import { enlarge, forgeBody, twistBytes, twistText, twistValue } from './body-twists.ts';
import type { Operation, Parameter } from './document.ts';
import type { Circumstances, Draft, Twist } from './draft.ts';
import { FRAMES, FRAMINGS } from './framing.ts';
import { compress, twistHeaders, twistKey } from './header-twists.ts';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from './knowledge.ts';
import { forgeReceipt, replayReceipt } from './receipt-twists.ts';
import type { NativeRequest } from './request.ts';
import { exampleOf, type Setting } from './values.ts';

/** Requests left as they are: without them there would be nothing for the others to meet. */
const GOOD = 0.4;
/** Clients hang up on a receive that would wait for longer than this. */
const PATIENCE_SECONDS = 0.3;
const LEAVES_AFTER_MS = 300;

type Weighed = readonly [weight: number, twist: Twist];

/** Before the body is bytes. */
const ON_VALUES: readonly Weighed[] = [
	[14, twistValue],
	[5, forgeReceipt],
	[3, replayReceipt],
	[6, forgeBody],
];
const ON_BYTES: readonly Weighed[] = [
	[6, twistText],
	[3, twistBytes],
	[1, compress],
	[1, bodyWhereNone],
	[0.6, enlarge],
];
const ON_THE_REST: readonly Weighed[] = [
	[5, twistHeaders],
	[4, twistKey],
	[6, twistPath],
	[4, twistQuery],
	[2, twistMethod],
	[5, twistFraming],
	[4, forgePath],
];
/** What leaves a request that must fail one that must fail. */
const HARMLESS: readonly Twist[] = [twistHeaders, twistKey];

/** A request to this operation: good, or twisted in one to three ways. */
export function compose(operation: Operation, circumstances: Circumstances, now: number): NativeRequest {
	const { random, isGood = random.chance(GOOD) } = circumstances;
	const draft = goodDraft(operation, circumstances, now);
	const count = isGood ? 0 : random.weighted([[15, 1] as const, [4, 2] as const, [1, 3] as const]);
	const all = [...ON_VALUES, ...ON_BYTES, ...ON_THE_REST];
	const chosen = new Set(Array.from({ length: count }, () => random.weighted(all)));
	const apply = (twists: readonly Weighed[]) => {
		for (const [, twist] of twists) {
			if (!chosen.has(twist) || (draft.mustFail !== null && !HARMLESS.includes(twist))) continue;
			const done = twist(draft, circumstances);
			if (done !== null) draft.twists.push(done);
		}
	};
	apply(ON_VALUES);
	// A text twist takes the value itself.
	if (!chosen.has(twistText) && !chosen.has(enlarge)) serialize(draft);
	apply(ON_BYTES);
	serialize(draft);
	apply(ON_THE_REST);
	return finished(draft);
}

function serialize(draft: Draft): void {
	if (draft.bytes !== null || draft.json === undefined) return;
	draft.bytes = Buffer.from(JSON.stringify(draft.json));
}

function goodDraft(operation: Operation, circumstances: Circumstances, now: number): Draft {
	const { random, knowledge } = circumstances;
	const queue = queueFor(operation, circumstances);
	const setting: Setting = { ...circumstances, queue, now };
	const { body, parameters, method, isRootOnly } = operation;
	// What was destroyed is mostly made again.
	const isSpare = method === 'DELETE' || (method === 'PUT' && random.chance(0.5));
	const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		if (name === 'queue') return queue;
		if (name === 'topic')
			return isSpare && operation.path.endsWith('{topic}') ? knowledge.spare(random, TOPICS) : knowledge.topic(random);
		if (name === 'name') return isSpare ? knowledge.spare(random, SUBSCRIPTIONS) : random.pick(SUBSCRIPTIONS);
		if (operation.path.endsWith('/redrives/{id}')) return knowledge.takeRedrive(queue);
		return isRootOnly ? knowledge.keyId(random) : knowledge.messageId(random, queue);
	});
	return {
		operation,
		queue,
		method,
		path,
		query: parameters.flatMap((parameter) => queryPart(parameter, operation, setting)).join('&'),
		headers: body === 'none' ? [] : [['content-type', body === 'raw' ? 'text/plain' : 'application/json']],
		json: typeof body === 'string' ? undefined : exampleOf(body.schema, setting),
		bytes: body === 'raw' ? rawBody(random) : null,
		framing: random.chance(0.1) ? 'chunked' : 'length',
		key: isRootOnly ? 'root' : 'narrow',
		twists: [],
		isAstray: false,
		isBrokenHttp: false,
		isForged: false,
		mustFail: null,
	};
}

function queueFor(operation: Operation, { random, knowledge }: Circumstances): string {
	const { path, method } = operation;
	if (path.endsWith('{queue}') && (method === 'DELETE' || (method === 'PUT' && random.chance(0.5)))) {
		return knowledge.spare(random, QUEUES);
	}
	if (/\/(purge|pause)$/.test(path)) return knowledge.spare(random, QUEUES, 2);
	if (/\/(ack|retry|extend|settle)$/.test(path)) return knowledge.queueWithReceipts(random);
	// There is enough in them for a redrive that can be watched and cancelled; moves of AWS's are redrives too.
	if (path.endsWith('/redrives') || (path.endsWith('/redrive') && random.chance(0.6))) return random.pick(DEAD);
	if (path.endsWith('/redrives/{id}')) return knowledge.queueWithRedrive(random);
	return path.endsWith('{id}') ? knowledge.queueWithMessages(random) : knowledge.queue(random);
}

function queryPart(parameter: Parameter, operation: Operation, setting: Setting): string[] {
	const { random } = setting;
	if (parameter.in !== 'query' || random.chance(parameter.name === 'force' ? 0.3 : 0.7)) return [];
	// On lists of names, `after` is one.
	const isName = parameter.name === 'after' && !operation.path.endsWith('/messages');
	const value = isName ? setting.queue : exampleOf(parameter.schema, setting, parameter.name);
	return [`${parameter.name}=${encodeURIComponent(String(value).toWellFormed())}`];
}

function rawBody(random: Prng): Uint8Array {
	const size = random.weighted([
		[1, 0],
		[20, 20],
		[5, 2_000],
		[0.2, 300_000],
	]);
	return Uint8Array.from({ length: size }, () =>
		random.chance(0.95) ? random.between(32, 126) : random.between(0, 255),
	);
}

/** A body on a route that takes none. */
function bodyWhereNone(draft: Draft, { random }: Circumstances): string | null {
	if (draft.operation.body !== 'none') return null;
	draft.bytes = random.chance(0.5)
		? Buffer.from('{"max":1}')
		: Buffer.alloc(random.pick([1, 100_000]), '\xff', 'latin1');
	return 'a body where none is taken';
}

function twistFraming(draft: Draft, { random }: Circumstances): string {
	draft.framing = random.pick(FRAMINGS);
	return `framing: ${draft.framing}`;
}

function finished(draft: Draft): NativeRequest {
	const { operation, method, path, query, headers, bytes, framing, twists, isAstray, isForged } = draft;
	const { isHttp, keepsBody } = FRAMES[framing];
	const key = isForged && draft.key === 'root' ? 'narrow' : draft.key;
	const json = keepsBody && typeof operation.body !== 'string' ? readJson(bytes) : null;
	return {
		door: 'native',
		operation,
		queue: draft.queue,
		method,
		target: query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`,
		headers,
		body: bytes,
		framing,
		key,
		twists,
		isAimed: !isAstray && keepsBody,
		isHttp: isHttp && !draft.isBrokenHttp,
		mustFail: draft.mustFail ?? (isAstray ? null : faultOf(operation, json)),
		...(waitOf(json?.value) > PATIENCE_SECONDS ? { leavesAfterMs: LEAVES_AFTER_MS } : {}),
	};
}

/** By the document's own schema. */
function faultOf({ body }: Operation, json: Read | null): string | null {
	if (json === null || typeof body === 'string') return null;
	if (json.fault !== undefined) return `its body is not JSON (${json.fault})`;
	const fault = body.fault(json.value);
	return fault === null ? null : `its body is not as documented (${fault})`;
}

interface Read {
	readonly value?: unknown;
	readonly fault?: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** No body reads as `{}`, as Sluice promises. */
function readJson(bytes: Uint8Array | null): Read {
	if (bytes === null || bytes.byteLength === 0) return { value: {} };
	try {
		return { value: JSON.parse(utf8.decode(bytes)) };
	} catch (error) {
		return { fault: error instanceof Error ? error.message.slice(0, 80) : String(error) };
	}
}

function waitOf(json: unknown): number {
	const { waitSeconds } = (json ?? {}) as { waitSeconds?: unknown };
	return typeof waitSeconds === 'number' ? waitSeconds : 0;
}
