import { type AwsKeys, type AwsRequest, signedOf } from './aws/request.ts';
import type { Operation } from './document.ts';
import type { KeyKind } from './draft.ts';
import { FRAMES, type Framing } from './framing.ts';
import type { Exchange } from './wire.ts';

/** One request, ready to be sent, and what must come of it. */
export interface WireRequest {
	readonly method: string;
	readonly target: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array | null;
	readonly framing: Framing;
	readonly twists: readonly string[];
	/** Made for its operation, and sure to reach it. */
	readonly isAimed: boolean;
	/** False: the server may refuse it in its own words, or hang up. */
	readonly isHttp: boolean;
	/** Why it must not be answered with success, or null. */
	readonly mustFail: string | null;
	/** The client hangs up after so long; absent: it waits for its answer. */
	readonly leavesAfterMs?: number;
}

/** One to a route of the OpenAPI document. */
export interface NativeRequest extends WireRequest {
	readonly door: 'native';
	/** What it was made for; a twisted path may lead elsewhere. */
	readonly operation: Operation;
	/** The queue that it was made for. */
	readonly queue: string;
	readonly key: KeyKind;
}

export type Request = NativeRequest | AwsRequest;

/** The texts of the keys; null: no authorization header at all. */
export type BearerKeys = Readonly<Record<KeyKind, string | null>>;

export interface Keys {
	readonly bearer: BearerKeys;
	readonly aws: AwsKeys;
}

export function exchangeOf(request: Request, keys: Keys, host: string): Exchange {
	const { framing, leavesAfterMs } = request;
	const { steps, keepsConnection } = FRAMES[framing];
	const { body, ...head } =
		request.door === 'aws' ? signedOf(request, keys.aws, host, Date.now()) : bearerOf(request, keys, host);
	return {
		method: head.method,
		steps: steps(head, body),
		keepsConnection: keepsConnection && request.isHttp,
		...(leavesAfterMs === undefined ? {} : { leavesAfterMs }),
	};
}

function bearerOf({ method, target, body, headers, key: kind }: NativeRequest, { bearer }: Keys, host: string) {
	const key = bearer[kind];
	const authorization: [string, string][] = key === null ? [] : [['authorization', `Bearer ${key}`]];
	return { method, target, body, headers: [['host', host] as const, ...authorization, ...headers] };
}

const SHOWN_BYTES = 2_000;
const SHOWN_HEADERS = 20;

/** As near to a `curl` line as it can be written; what curl would not send is told behind it. */
export function written(request: Request): string {
	const { method, target, headers, body, framing, twists } = request;
	const shownHeaders = headers.slice(0, SHOWN_HEADERS).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
	const more = headers.length > SHOWN_HEADERS ? [`# and ${headers.length - SHOWN_HEADERS} more headers`] : [];
	const data = body === null ? [] : ['--data-binary @-'];
	const address = `"$URL"${quoted(target)}`;
	const line = [
		'curl --path-as-is -X',
		quoted(method),
		address,
		...authorizationIn(request),
		...shownHeaders,
		...data,
	].join(' ');
	const piped = body === null ? line : `printf ${quoted(escaped(body))} | ${line}`;
	return [piped, ...more, `# sent as: ${framing}`, `# twists: ${twists.join('; ') || 'none'}`].join('\n');
}

function authorizationIn({ door, key, operation }: Request): string[] {
	if (key === 'none') return [];
	const name = key.toUpperCase();
	if (door === 'native') return [`-H "authorization: Bearer $${name}_KEY"`];
	return [`--aws-sigv4 aws:amz:eu-central-1:${operation.api} --user "$${name}_ID:$${name}_SECRET"`];
}

/** For a shell's `printf`. */
function escaped(bytes: Uint8Array): string {
	const shown = Buffer.from(bytes.subarray(0, SHOWN_BYTES)).toString('latin1');
	const text = shown.replaceAll(/[^\x20-\x7e]|[%\\']/g, (character) => {
		return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
	});
	return bytes.byteLength > SHOWN_BYTES ? `${text}... (${bytes.byteLength} bytes)` : text;
}

function quoted(text: string): string {
	const short = text.length > SHOWN_BYTES ? `${text.slice(0, 200)}... (${text.length} characters)` : text;
	const plain = short.replaceAll(/[^\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
	return `'${plain.replaceAll("'", `'\\''`)}'`;
}
