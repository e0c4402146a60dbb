import { createHash, createHmac } from 'node:crypto';

// Signature Version 4 after its document, by hand: nobody's library, and it signs also what no SDK would send.

export type Pair = readonly [name: string, value: string];

export interface Signable {
	readonly method: string;
	/** Path and query, percent-encoded as they go out. */
	readonly target: string;
	/** Also those that are not to be signed. */
	readonly headers: readonly Pair[];
	readonly body: Uint8Array;
}

export interface Signing {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly region: string;
	/** The name of the service in the scope. */
	readonly scope: string;
	readonly at: Date;
	/** Names in lower case. */
	readonly signedHeaders: readonly string[];
	/** YYYYMMDD in the scope, where it is not the day of `at`. */
	readonly day?: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The value of the authorization header. */
export function authorizationOf(request: Signable, signing: Signing): string {
	const names = [...signing.signedHeaders].sort().join(';');
	const signature = signatureOf(request, signing);
	return `${ALGORITHM} Credential=${signing.accessKeyId}/${scopeOf(signing)}, SignedHeaders=${names}, Signature=${signature}`;
}

/** The target with the signature as its last parameter. */
export function presigned(request: Signable, signing: Signing, expires: string, more: readonly Pair[] = []): string {
	const added: readonly Pair[] = [
		['X-Amz-Algorithm', ALGORITHM],
		['X-Amz-Credential', `${signing.accessKeyId}/${scopeOf(signing)}`],
		['X-Amz-Date', amzDate(signing.at)],
		['X-Amz-Expires', expires],
		['X-Amz-SignedHeaders', [...signing.signedHeaders].sort().join(';')],
		...more,
	];
	const query = added.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
	const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${query}`;
	return `${target}&X-Amz-Signature=${signatureOf({ ...request, target }, signing)}`;
}

/** `20261125T201500Z` */
export function amzDate(at: Date): string {
	return at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

export function sha256(bytes: Uint8Array | string): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** `encodeURIComponent`, and what RFC 3986 reserves beside. */
export function encoded(text: string): string {
	const whole = encodeURIComponent(text.toWellFormed());
	return whole.replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Two slashes in front are a host to a parser that has a base. */
export function addressOf(target: string): string {
	return /^https?:/.test(target) ? target : `http://any${target}`;
}

function scopeOf({ at, day, region, scope }: Signing): string {
	return `${day ?? amzDate(at).slice(0, 8)}/${region}/${scope}/aws4_request`;
}

function signatureOf({ method, target, headers, body }: Signable, signing: Signing): string {
	const url = new URL(addressOf(target));
	const names = [...signing.signedHeaders].sort();
	const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')]));
	const canonical = [
		method,
		canonicalPath(url.pathname),
		canonicalQuery(url.searchParams),
		...names.map((name) => `${name}:${values.get(name) ?? ''}`),
		'',
		names.join(';'),
		values.get('x-amz-content-sha256') ?? sha256(body),
	].join('\n');
	const toSign = [ALGORITHM, amzDate(signing.at), scopeOf(signing), sha256(canonical)].join('\n');
	const key = scopeOf(signing)
		.split('/')
		.reduce<string | Uint8Array>((last, part) => hmac(last, part).digest(), `AWS4${signing.secretAccessKey}`);
	return hmac(key, toSign).digest('hex');
}

/** Every service but S3 encodes the path once more, and leaves out what is empty. */
function canonicalPath(path: string): string {
	const segments = path.split('/').filter((segment) => segment !== '');
	const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
	return `/${segments.map(encoded).join('/')}${end}`;
}

function canonicalQuery(query: URLSearchParams): string {
	const pairs = [...query].map(([name, value]): Pair => [encoded(name), encoded(value)]);
	pairs.sort(([a, one], [b, other]) => (a === b ? order(one, other) : order(a, b)));
	return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function order(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

function hmac(key: string | Uint8Array, text: string) {
	return createHmac('sha256', key).update(text);
}
