import { beforeAll, describe, expect, test } from 'vitest';
import { clientsFor, endpoint, failure, figuresOf, newQueue, rootCredentials, sqs } from './clients.ts';
import { presigned, type Signing, signedPost } from './signer.ts';

let url: string;

beforeAll(async () => {
	({ url } = await newQueue());
});

const body = () => JSON.stringify({ QueueUrl: url, MessageBody: 'signed' });
const form = () =>
	new URLSearchParams({
		Action: 'SendMessage',
		Version: '2012-11-05',
		QueueUrl: url,
		MessageBody: 'signed',
	}).toString();

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

interface Told {
	readonly status: number;
	readonly code: string | null | undefined;
	readonly text: string;
}

async function inJson(signing: Signing, sent = body()): Promise<Told> {
	const response = await fetch(endpoint, { ...signedPost(body(), 'SendMessage', signing), body: sent });
	const code = response.headers.get('x-amzn-query-error')?.split(';')[0];
	return { status: response.status, code, text: await response.text() };
}

async function inQuery(signing: Signing, sent = form()): Promise<Told> {
	const response = await fetch(endpoint, { ...signedPost(form(), undefined, signing), body: sent });
	const text = await response.text();
	return { status: response.status, code: /<Code>(.*)<\/Code>/.exec(text)?.[1], text };
}

const doors = [
	['JSON', inJson, body],
	['Query', inQuery, form],
] as const;

describe.each(doors)('a request in %s', (_, ask, whole) => {
	test('is taken with a good signature, with or without the hash of its body as a header', async () => {
		expect(await ask({})).toMatchObject({ status: 200 });
		expect(await ask({ withBodyHash: true })).toMatchObject({ status: 200 });
	});

	test('may carry the token of a session, which Sluice does not need', async () => {
		expect(await ask({ sessionToken: 'a token of some identity provider' })).toMatchObject({ status: 200 });
	});

	test('may be of a clock that is wrong by some minutes', async () => {
		for (const at of [minutes(-10), minutes(10)]) expect(await ask({ at })).toMatchObject({ status: 200 });
	});

	const refusals: readonly [string, () => Signing, number, string][] = [
		[
			'another secret',
			() => ({ secretAccessKey: `${rootCredentials.secretAccessKey}x` }),
			403,
			'SignatureDoesNotMatch',
		],
		['an empty secret', () => ({ secretAccessKey: '' }), 403, 'SignatureDoesNotMatch'],
		['an access key id that there is not', () => ({ accessKeyId: 'AKIDEXAMPLE' }), 403, 'InvalidClientTokenId'],
		['one that looks like ours', () => ({ accessKeyId: 'slk_0123456789abcdef' }), 403, 'SignatureDoesNotMatch'],
		['a clock that is late', () => ({ at: minutes(-20) }), 403, 'SignatureDoesNotMatch'],
		['a clock that is ahead', () => ({ at: minutes(20) }), 403, 'SignatureDoesNotMatch'],
		[
			'a signed header that was changed',
			() => ({ afterwards: { 'content-type': 'text/plain' } }),
			403,
			'SignatureDoesNotMatch',
		],
		[
			'no signature in its header',
			() => ({ afterwards: { authorization: 'AWS4-HMAC-SHA256 Credential=root' } }),
			400,
			'IncompleteSignature',
		],
	];
	test.each(refusals)('is refused with %s', async (_, signing, status, code) => {
		const before = await figuresOf(url);
		expect(await ask(signing())).toMatchObject({ status, code });
		expect(await figuresOf(url)).toEqual(before);
	});

	test('is refused where its body is not the one that was signed, with the hash as a header or not', async () => {
		const before = await figuresOf(url);
		const changed = whole().replace('signed', 'forged');
		expect(await ask({}, changed)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
		expect(await ask({ withBodyHash: true }, changed)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
		expect(await figuresOf(url)).toEqual(before);
	});

	test('is refused unsigned', async () => {
		const { authorization: _, ...headers } = signedPost(body(), 'SendMessage').headers;
		const unsigned = await fetch(endpoint, { method: 'POST', body: body(), headers });
		expect(unsigned.status).toBe(403);
		expect(unsigned.headers.get('x-amzn-query-error')).toBe('MissingAuthenticationToken;Sender');
		await unsigned.text();
	});

	test('is not told whether a queue is there while it is not known who asks', async () => {
		const told = await ask({ secretAccessKey: 'wrong' });
		expect(told.text).not.toContain('does not exist');
	});
});

describe('an SDK with a wrong secret', () => {
	test('throws what its application catches', async () => {
		const stranger = clientsFor({ ...rootCredentials, secretAccessKey: 'wrong' });
		expect(await failure(stranger.sqs.listQueues({}))).toMatchObject({
			name: 'SignatureDoesNotMatch',
			code: 'SignatureDoesNotMatch',
			status: 403,
		});
		expect(await failure(stranger.sns.listTopics({}))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
	});

	test('with a session token is served', async () => {
		const visitor = clientsFor({ ...rootCredentials, sessionToken: 'token' });
		expect((await visitor.sqs.getQueueUrl({ QueueName: url.slice(url.lastIndexOf('/') + 1) })).QueueUrl).toBe(url);
		expect((await visitor.sns.listTopics({})).Topics).toBeDefined();
	});
});

describe('a presigned address', () => {
	const receive = { Action: 'ReceiveMessage', Version: '2012-11-05', MaxNumberOfMessages: '1' };
	const path = () => new URL(url).pathname;

	test('is fetched without any header', async () => {
		const { url: own } = await newQueue();
		await sqs.sendMessage({ QueueUrl: own, MessageBody: 'fetched <&>' });
		const response = await fetch(presigned(new URL(own).pathname, receive, 60));
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toContain('text/xml');
		const text = await response.text();
		expect(text).toMatch(/^<\?xml version="1\.0"\?>|^<ReceiveMessageResponse/);
		expect(text).toContain('<Body>fetched &lt;&amp;&gt;</Body>');
	});

	test('may carry the token of a session', async () => {
		const response = await fetch(
			presigned(path(), { ...receive, WaitTimeSeconds: '0' }, 60, { sessionToken: 'token' }),
		);
		expect(response.status).toBe(200);
		await response.text();
	});

	const faults: readonly [string, () => string, number, string][] = [
		['after its time', () => presigned(path(), receive, 60, { at: minutes(-2) }), 403, 'SignatureDoesNotMatch'],
		[
			'with a parameter changed',
			() => presigned(path(), receive, 60).replace('Messages=1', 'Messages=9'),
			403,
			'SignatureDoesNotMatch',
		],
		[
			'with a parameter more',
			() => `${presigned(path(), receive, 60)}&VisibilityTimeout=0`,
			403,
			'SignatureDoesNotMatch',
		],
		[
			'of another secret',
			() => presigned(path(), receive, 60, { secretAccessKey: 'wrong' }),
			403,
			'SignatureDoesNotMatch',
		],
		['for longer than a week', () => presigned(path(), receive, 604_801), 400, 'IncompleteSignature'],
		[
			'at another path',
			() => presigned(path(), receive, 60).replace(path(), `${path()}x`),
			403,
			'SignatureDoesNotMatch',
		],
	];
	test.each(faults)('is refused %s', async (_, address, status, code) => {
		const response = await fetch(address());
		expect(response.status).toBe(status);
		expect(await response.text()).toContain(`<Code>${code}</Code>`);
	});
});

test('the native API takes no AWS signature, and AWS clients no bearer key', async () => {
	const native = await fetch(`${endpoint}/v1/queues`, {
		headers: { authorization: signedPost('').headers.authorization ?? '' },
	});
	expect(native.status).toBeGreaterThanOrEqual(400);
	await native.text();
	const headers = {
		...signedPost(body(), 'SendMessage').headers,
		authorization: `Bearer ${rootCredentials.secretAccessKey}`,
	};
	const bearer = await fetch(endpoint, { method: 'POST', body: body(), headers });
	expect(bearer.status).toBeGreaterThanOrEqual(400);
	await bearer.text();
});
