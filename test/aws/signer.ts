import { createHash, createHmac } from 'node:crypto';
import { endpoint, region, rootCredentials } from './clients.ts';

// Signature Version 4 after its document, by hand: what no SDK sends (a wrong clock, a changed body) needs it, and it is
// nobody's library, neither the clients' nor the server's.

export interface Signing {
	readonly accessKeyId?: string;
	readonly secretAccessKey?: string;
	readonly sessionToken?: string;
	readonly service?: string;
	readonly at?: Date;
	/** With the hash of the body as a header, as the JavaScript SDK does and boto3 does not. */
	readonly withBodyHash?: boolean;
	/** Added after signing, or instead of what was signed. */
	readonly afterwards?: Readonly<Record<string, string>>;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** `encodeURIComponent`, and what RFC 3986 also reserves. */
function uriEncoded(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

interface Canonical {
	readonly method: string;
	readonly path: string;
	readonly query: Readonly<Record<string, string>>;
	readonly headers: Readonly<Record<string, string>>;
	readonly bodyHash: string;
}

function queryText(query: Readonly<Record<string, string>>): string {
	return Object.entries(query)
		.map(([name, value]) => `${uriEncoded(name)}=${uriEncoded(value)}`)
		.sort()
		.join('&');
}

function amzDate(at: Date): string {
	return at.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function scopeOf(at: Date, service: string): string {
	return `${amzDate(at).slice(0, 8)}/${region}/${service}/aws4_request`;
}

function signatureOf(request: Canonical, at: Date, service: string, secret: string): string {
	const names = Object.keys(request.headers).sort();
	const canonical = [
		request.method,
		request.path,
		queryText(request.query),
		...names.map((name) => `${name}:${request.headers[name]}`),
		'',
		names.join(';'),
		request.bodyHash,
	].join('\n');
	const toSign = ['AWS4-HMAC-SHA256', amzDate(at), scopeOf(at, service), sha256(canonical)].join('\n');
	const key = scopeOf(at, service)
		.split('/')
		.reduce((key: string | Buffer, part) => hmac(key, part), `AWS4${secret}`);
	return hmac(key, toSign).toString('hex');
}

/** A signed POST of a body, in JSON's dialect where it has a target, else in Query's. */
export function signedPost(
	body: string,
	target?: string,
	signing: Signing = {},
): RequestInit & { headers: Record<string, string> } {
	const { accessKeyId, secretAccessKey } = { ...rootCredentials, ...signing };
	const { service = 'sqs', at = new Date(), sessionToken, withBodyHash = false, afterwards = {} } = signing;
	const headers: Record<string, string> = {
		host: new URL(endpoint).host,
		'content-type':
			target === undefined ? 'application/x-www-form-urlencoded; charset=utf-8' : 'application/x-amz-json-1.0',
		'x-amz-date': amzDate(at),
		...(target !== undefined && { 'x-amz-target': `AmazonSQS.${target}`, 'x-amzn-query-mode': 'true' }),
		...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
		...(withBodyHash && { 'x-amz-content-sha256': sha256(body) }),
	};
	const canonical = { method: 'POST', path: '/', query: {}, headers, bodyHash: sha256(body) };
	const authorization = [
		`AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scopeOf(at, service)}`,
		`SignedHeaders=${Object.keys(headers).sort().join(';')}`,
		`Signature=${signatureOf(canonical, at, service, secretAccessKey)}`,
	].join(', ');
	return { method: 'POST', body, headers: { ...headers, authorization, ...afterwards } };
}

/** An address that may be fetched by anybody who has it, for `expiresSeconds`. */
export function presigned(
	path: string,
	parameters: Record<string, string>,
	expiresSeconds: number,
	signing: Signing = {},
): string {
	const { accessKeyId, secretAccessKey } = { ...rootCredentials, ...signing };
	const { service = 'sqs', at = new Date(), sessionToken } = signing;
	const query: Record<string, string> = {
		...parameters,
		'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
		'X-Amz-Credential': `${accessKeyId}/${scopeOf(at, service)}`,
		'X-Amz-Date': amzDate(at),
		'X-Amz-Expires': String(expiresSeconds),
		'X-Amz-SignedHeaders': 'host',
		...(sessionToken !== undefined && { 'X-Amz-Security-Token': sessionToken }),
	};
	const headers = { host: new URL(endpoint).host };
	const canonical = { method: 'GET', path, query, headers, bodyHash: sha256('') };
	const signature = signatureOf(canonical, at, service, secretAccessKey);
	return `${endpoint}${path}?${queryText(query)}&X-Amz-Signature=${signature}`;
}
