import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { sameText } from '../keyring';
import { AwsError, COMMON } from './errors';
import { Sha256 } from './sha256';

// Signature Version 4, of headers or of a presigned address
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). A signature is checked by
// making it again with AWS's own library, from the headers that the client says it has signed.

/** What a request says of its signature. */
export interface Signature {
	readonly accessKeyId: string;
	/** YYYYMMDD, of the scope. */
	readonly day: string;
	readonly region: string;
	/** The name of the service in the scope, such as `sqs`. */
	readonly scope: string;
	readonly signedHeaders: readonly string[];
	readonly signature: string;
	readonly signedAt: Date;
	/** Of a presigned address: for how long it is good. */
	readonly expiresSeconds?: number;
}

/** AWS's own tolerance for a client's clock. */
const SKEW_MS = 15 * 60_000;
const LONGEST_SECONDS = 7 * 86_400;
const ALGORITHM = 'AWS4-HMAC-SHA256';
/** What the library calls the scope's third part. */
const SCOPE = 'service';
/** It becomes a part of ARNs. */
const REGION = /^[\w-]{1,64}$/;
/** A name that HTTP lets a header have, in lower case. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** What decides where a request goes and what it asks for, beside what is always signed. */
const MEANINGFUL = ['host', 'x-amz-target'];
/** Of an authorization header: credential, names of headers, signature. */
const PARTS = 3;
const encoder = new TextEncoder();

/**
 * Reads the signature of a header or of a presigned address; refuses a request that has none, a part of one, or one that
 * leaves open what the request asks for.
 */
export function readSignature(request: Request, url: URL): Signature {
	checkOnce(url.searchParams);
	const signature = signatureIn(request.headers, url.searchParams);
	const { signedHeaders, signedAt, day } = signature;
	const odd = signedHeaders.find((name) => !HEADER_NAME.test(name));
	if (odd !== undefined) throw incomplete(`'SignedHeaders' names '${odd.slice(0, 40)}', which no header is called.`);
	const unsigned = MEANINGFUL.find(
		(name) => !signedHeaders.includes(name) && (name === 'host' || request.headers.has(name)),
	);
	if (unsigned !== undefined) throw incomplete(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
	const at = basic(signedAt.getTime());
	if (!at.startsWith(day)) {
		const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${at.slice(0, 8)}', from '${at}'.`;
		throw new AwsError(COMMON.wrongSignature, message);
	}
	return signature;
}

function signatureIn(headers: Headers, query: URLSearchParams): Signature {
	const header = headers.get('authorization');
	if (query.has('X-Amz-Signature')) {
		if (header === null) return fromQuery(query);
		throw incomplete('A request is signed in its address or in its header, not in both.');
	}
	if (header !== null) return fromHeader(header, headers);
	throw new AwsError(COMMON.missingSignature, 'Request is missing Authentication Token');
}

/** The library signs one value of each of its own parameters, under one spelling. */
function checkOnce(query: URLSearchParams): void {
	const names = [...query.keys()].filter((name) => /^x-amz-/i.test(name));
	const odd = names.find((name, index) => !name.startsWith('X-Amz-') || names.indexOf(name) !== index);
	if (odd !== undefined) throw incomplete(`'${odd.slice(0, 40)}' is misspelt, or given more than once.`);
}

function fromHeader(header: string, headers: Headers): Signature {
	const [algorithm] = header.split(' ', 1);
	if (algorithm !== ALGORITHM)
		throw incomplete(`Unsupported AWS 'algorithm': '${algorithm?.slice(0, 40)}', only ${ALGORITHM} is.`);
	const pairs = header
		.slice(ALGORITHM.length)
		.split(',')
		.map((part): [string, string] => {
			const equals = part.indexOf('=');
			return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
		});
	const parts = new Map(pairs);
	if (pairs.length > PARTS)
		throw incomplete('Authorization header has more than one Credential, SignedHeaders and Signature.');
	const part = (name: string) => {
		const value = parts.get(name);
		if (value !== undefined && value !== '') return value;
		throw incomplete(`Authorization header requires '${name}' parameter.`);
	};
	return {
		...credentialOf(part('Credential')),
		signedHeaders: part('SignedHeaders').toLowerCase().split(';'),
		signature: part('Signature'),
		signedAt: instantOf(headers.get('x-amz-date')),
	};
}

function fromQuery(query: URLSearchParams): Signature {
	const part = (name: string) => {
		const value = query.get(name);
		if (value !== null && value !== '') return value;
		throw incomplete(`AWS query-string parameters must include '${name}'.`);
	};
	if (part('X-Amz-Algorithm') !== ALGORITHM) throw incomplete(`'X-Amz-Algorithm' must be ${ALGORITHM}.`);
	const expires = part('X-Amz-Expires');
	const expiresSeconds = /^[1-9]\d{0,5}$/.test(expires) ? Number(expires) : 0;
	if (expiresSeconds < 1 || expiresSeconds > LONGEST_SECONDS) {
		throw incomplete(`'X-Amz-Expires' must be a whole number of seconds from 1 to ${LONGEST_SECONDS}.`);
	}
	return {
		...credentialOf(part('X-Amz-Credential')),
		signedHeaders: part('X-Amz-SignedHeaders').toLowerCase().split(';'),
		signature: part('X-Amz-Signature'),
		signedAt: instantOf(part('X-Amz-Date')),
		expiresSeconds,
	};
}

function credentialOf(credential: string) {
	const [accessKeyId = '', day = '', region = '', scope = '', end, more] = credential.split('/');
	const isWhole = /^\d{8}$/.test(day) && end === 'aws4_request' && more === undefined;
	if (isWhole && accessKeyId !== '' && REGION.test(region) && scope !== '') return { accessKeyId, day, region, scope };
	throw incomplete("'Credential' must read ACCESS_KEY_ID/YYYYMMDD/REGION/SERVICE/aws4_request.");
}

function instantOf(text: string | null): Date {
	const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
	const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	if (Number.isNaN(at.getTime())) throw incomplete("'X-Amz-Date' must be there, and read YYYYMMDDTHHMMSSZ.");
	return at;
}

/** Refuses a signature that is too old, or of a clock that is ahead. */
export function checkAge({ signedAt, expiresSeconds }: Signature, now: number): void {
	const at = signedAt.getTime();
	const endsAt = at + (expiresSeconds === undefined ? SKEW_MS : expiresSeconds * 1_000);
	if (now > endsAt) {
		throw new AwsError(
			COMMON.wrongSignature,
			`Signature expired: ${basic(at)} is now earlier than ${basic(now - (endsAt - at))}.`,
		);
	}
	if (at > now + SKEW_MS) {
		throw new AwsError(
			COMMON.wrongSignature,
			`Signature not yet current: ${basic(at)} is still later than ${basic(now + SKEW_MS)}.`,
		);
	}
}

/** Refuses a request that was not signed with one of these secrets. */
export async function checkSignature(
	signature: Signature,
	{ request, url, body }: { readonly request: Request; readonly url: URL; readonly body: Uint8Array },
	secrets: readonly string[],
): Promise<void> {
	const headers = signedHeaders(signature, request.headers, url);
	if (hasBody(headers, request.headers, body)) {
		const toSign = {
			method: request.method,
			protocol: url.protocol,
			hostname: url.hostname,
			path: url.pathname,
			headers,
		};
		const query = queryOf(url.searchParams);
		for (const secret of secrets) {
			const again = await signatureWith(secret, signature, { ...toSign, query, body });
			if (sameText(signature.signature, encoder.encode(again))) return;
		}
	}
	throw new AwsError(
		COMMON.wrongSignature,
		'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
	);
}

type ToSign = Parameters<SignatureV4['presign']>[0];

async function signatureWith(secretAccessKey: string, signature: Signature, toSign: ToSign): Promise<string> {
	const { accessKeyId, region, scope, signedAt: signingDate, expiresSeconds: expiresIn } = signature;
	const credentials = { accessKeyId, secretAccessKey };
	const signer = new SignatureV4({ credentials, region, [SCOPE]: scope, sha256: Sha256, applyChecksum: false });
	const signableHeaders = new Set(signature.signedHeaders);
	if (expiresIn === undefined) {
		const { headers } = await signer.sign(toSign, { signingDate, signableHeaders });
		return headers.authorization?.split('Signature=')[1] ?? '';
	}
	const { query } = await signer.presign(toSign, {
		signingDate,
		expiresIn,
		signableHeaders,
		unhoistableHeaders: signableHeaders,
	});
	return String(query?.['X-Amz-Signature']);
}

/** The headers that were signed, as they came; one without a value is none to the runtime. */
function signedHeaders({ signedHeaders }: Signature, headers: Headers, url: URL): Record<string, string> {
	const found: Record<string, string> = Object.create(null);
	for (const name of signedHeaders) found[name] = headers.get(name) ?? (name === 'host' ? url.host : '');
	return found;
}

/** Whether the body is the one that the client has hashed, where it says its hash; it is hashed anew where it does not. */
function hasBody(signed: Record<string, string>, headers: Headers, body: Uint8Array): boolean {
	const told = signed['x-amz-content-sha256'] ?? headers.get('x-amz-content-sha256');
	if (told === null || told === undefined) return true;
	return told === createHash('sha256').update(body).digest('hex');
}

function queryOf(parameters: URLSearchParams): Record<string, string[]> {
	const query: Record<string, string[]> = Object.create(null);
	for (const [name, value] of parameters) {
		if (name === 'X-Amz-Signature') continue;
		query[name] = [...(query[name] ?? []), value];
	}
	return query;
}

function basic(at: number): string {
	return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function incomplete(message: string): AwsError {
	return new AwsError(COMMON.incompleteSignature, message);
}
