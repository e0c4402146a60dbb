import { exports } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../src/aws/sha256';
import { type Answer, ROOT_KEY, read } from '../http/client';

// Signs requests as AWS's clients do, and shows answers as they are on the wire.

export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

export const ROOT: Credentials = { accessKeyId: 'root', secretAccessKey: ROOT_KEY };
export const REGION = 'eu-central-1';
export const HOST = 'sqs.sluice.test';
const ORIGIN = `https://${HOST}`;

interface Signed {
	readonly path?: string;
	readonly headers: Record<string, string>;
	readonly body: string;
	readonly credentials?: Credentials;
	/** `sqs` or `sns`: the name in the signature's scope. */
	readonly scope?: string;
	readonly signal?: AbortSignal;
}

/** One signed request to the Worker. */
export async function send(wanted: Signed): Promise<Response> {
	return exports.default.fetch(await signed(wanted));
}

export async function signed({ path = '/', headers, body, credentials = ROOT, scope = 'sqs', signal }: Signed) {
	const signer = new SignatureV4({ credentials, region: REGION, service: scope, sha256: Sha256, applyChecksum: false });
	const sha256 = createHash('sha256').update(body).digest('hex');
	const request = await signer.sign({
		method: 'POST',
		protocol: 'https:',
		hostname: HOST,
		path,
		headers: { host: HOST, 'x-amz-content-sha256': sha256, ...headers },
		body,
	});
	const init = { method: 'POST', headers: request.headers, body, signal: signal ?? null };
	return new Request(`${ORIGIN}${path}`, init);
}

export interface JsonAnswer extends Answer {
	readonly body: Record<string, unknown>;
}

/** An action of SQS in AWS JSON, as its newer clients send it. */
export async function json(action: string, parameters: object, credentials?: Credentials): Promise<JsonAnswer> {
	const headers = {
		'content-type': 'application/x-amz-json-1.0',
		'x-amz-target': `AmazonSQS.${action}`,
		'x-amzn-query-mode': 'true',
	};
	const response = await send({ headers, body: JSON.stringify(parameters), ...(credentials && { credentials }) });
	return (await read(response)) as JsonAnswer;
}

/** The answer of an action that must succeed. */
export async function done(action: string, parameters: object, credentials?: Credentials) {
	const { status, body } = await json(action, parameters, credentials);
	if (status !== 200) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
	return body;
}

export interface AwsFailure {
	readonly status: number;
	/** The class of the exception, without its namespace. */
	readonly type: string;
	/** What older clients know it as. */
	readonly code: string;
	readonly message: string;
}

/** The error that an action must end in, as a client reads it. */
export async function failure(action: string, parameters: object, credentials?: Credentials): Promise<AwsFailure> {
	const { status, headers, body } = await json(action, parameters, credentials);
	if (status < 400) throw new Error(`${action} succeeded: ${JSON.stringify(body)}`);
	const [code = '', fault] = (headers.get('x-amzn-query-error') ?? '').split(';');
	if (fault !== (status < 500 ? 'Sender' : 'Receiver')) throw new Error(`the fault of ${status} is ${fault}`);
	return { status, type: String(body.__type).split('#')[1] ?? '', code, message: String(body.message) };
}

/** An action in the Query protocol: XML, and its status. */
export async function query(
	parameters: Readonly<Record<string, string>>,
	options: { readonly path?: string; readonly scope?: string; readonly version?: string } = {},
): Promise<{ readonly status: number; readonly xml: string }> {
	const { version = '2012-11-05', ...rest } = options;
	const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
	const body = new URLSearchParams({ Version: version, ...parameters }).toString();
	const response = await send({ headers, body, ...rest });
	return { status: response.status, xml: await response.text() };
}

/** What stands between the tags of a Query answer's result. */
export function resultIn(xml: string): string {
	return /<\w+Result>(.*)<\/\w+Result>/s.exec(xml)?.[1] ?? '';
}

export function urlOf(queue: string): string {
	return `${ORIGIN}/000000000000/${queue}`;
}

export function arnOf(queue: string): string {
	return `arn:aws:sqs:${REGION}:000000000000:${queue}`;
}
