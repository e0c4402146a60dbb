import { exports } from 'cloudflare:workers';
import { expect } from 'vitest';
import { amzDate, authorizationOf, type Pair, presigned, type Signing } from '../../fuzz/aws/signer';
import { ROOT_KEY } from '../http/client';

// Requests that are signed as they should be, or not quite.

export const HOST = 'sqs.sluice.test';
const encoder = new TextEncoder();

export function signing(changed: Partial<Signing> = {}): Signing {
	return {
		accessKeyId: 'root',
		secretAccessKey: ROOT_KEY,
		region: 'eu-central-1',
		scope: 'sqs',
		at: new Date(),
		signedHeaders: ['host', 'x-amz-date'],
		...changed,
	};
}

export interface Sent {
	readonly method: string;
	readonly target: string;
	readonly headers: readonly Pair[];
	readonly body: string;
}

/** Signed as it is, in its header. */
export function signed(request: Partial<Sent>, changed: Partial<Signing> = {}): Sent {
	const whole = { method: 'POST', target: '/', headers: [], body: '', ...request };
	const how = signing({
		...changed,
		signedHeaders: changed.signedHeaders ?? ['host', 'x-amz-date', ...whole.headers.map(([name]) => name)],
	});
	const headers: Pair[] = [['host', HOST], ['x-amz-date', amzDate(how.at)], ...whole.headers];
	const authorization = authorizationOf({ ...whole, headers, body: encoder.encode(whole.body) }, how);
	return { ...whole, headers: [...headers, ['authorization', authorization]] };
}

/** An address that is good for a minute. */
export function address(
	target: string,
	changed: Partial<Signing> = {},
	expires = '60',
	more: readonly Pair[] = [],
): Sent {
	const request = { method: 'GET', target, headers: [['host', HOST]] as Pair[], body: '' };
	const how = signing({ signedHeaders: ['host'], ...changed });
	return { ...request, target: presigned({ ...request, body: encoder.encode('') }, how, expires, more) };
}

/** The code of its error, or `good`. */
export async function codeOf({ method, target, headers, body }: Sent): Promise<string> {
	const init = { method, headers: headers as [string, string][], body: body === '' ? null : body };
	const response = await exports.default.fetch(new Request(`https://${HOST}${target}`, init));
	const text = await response.text();
	if (response.status === 200) return 'good';
	expect(response.status).toBeLessThan(500);
	const told = response.headers.get('x-amzn-query-error')?.split(';')[0];
	return told ?? /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text;
}

export const json: readonly Pair[] = [
	['content-type', 'application/x-amz-json-1.0'],
	['x-amz-target', 'AmazonSQS.ListQueues'],
];
export const LIST = 'Action=ListQueues&Version=2012-11-05';

export function withHeader(request: Sent, name: string, value: string): Sent {
	const others = request.headers.filter(([other]) => other !== name);
	return { ...request, headers: [...others, [name, value]] };
}

/** With the text of the authorization header changed. */
export function rewritten(request: Sent, from: RegExp | string, to: string): Sent {
	return {
		...request,
		headers: request.headers.map(([name, value]) => [name, name === 'authorization' ? value.replace(from, to) : value]),
	};
}
