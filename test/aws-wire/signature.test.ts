import { beforeAll, describe, expect, it } from 'vitest';
import { amzDate } from '../../fuzz/aws/signer';
import { newQueue } from '../http/client';
import { address, codeOf, json, LIST, rewritten, type Sent, signed, withHeader } from './signed';

// What a request asks for must be what was signed: whatever is changed, added or given twice afterwards is refused.

let queue: string;

beforeAll(async () => {
	queue = await newQueue();
});

const day = (days: number) => amzDate(new Date(Date.now() + days * 86_400_000)).slice(0, 8);
const WRONG = 'SignatureDoesNotMatch';
const OPEN = 'IncompleteSignature';

describe('as AWS signs it, a request is good', () => {
	it.each([
		['in JSON', () => signed({ headers: json, body: '{}' })],
		['in a form', () => signed({ headers: [['content-type', 'application/x-www-form-urlencoded']], body: LIST })],
		['in the address', () => signed({ method: 'GET', target: `/?${LIST}` })],
		['at the path of a queue', () => signed({ target: `/000000000000/${queue}`, body: 'Action=GetQueueAttributes' })],
		['at a path with empty segments', () => signed({ target: `//x///${queue}`, body: 'Action=GetQueueAttributes' })],
		['with a header that has no value', () => signed({ headers: [['content-type', '']], body: LIST })],
		['presigned', () => address(`/?${LIST}`)],
		['presigned, with a session', () => address(`/?${LIST}`, {}, '60', [['X-Amz-Security-Token', 'some']])],
		['with a header that it does not sign', () => withHeader(signed({ body: LIST }), 'x-forwarded-for', '10.0.0.1')],
		[
			'with its parameters in another order',
			() => ({ ...signed({ method: 'GET', target: `/?${LIST}` }), target: `/?${LIST.split('&').reverse().join('&')}` }),
		],
	] as [string, () => Sent][])('%s', async (_, make) => {
		expect(await codeOf(make())).toBe('good');
	});
});

describe('refused is a header', () => {
	it.each([
		[
			'that leaves the action unsigned',
			OPEN,
			() => signed({ headers: json, body: '{}' }, { signedHeaders: ['host', 'x-amz-date'] }),
		],
		[
			'to which an action was added',
			OPEN,
			() => withHeader(signed({ method: 'GET', target: `/?${LIST}` }), 'x-amz-target', 'AmazonSQS.ListQueues'),
		],
		[
			'whose action was changed',
			WRONG,
			() => withHeader(signed({ headers: json, body: '{}' }), 'x-amz-target', 'AmazonSQS.PurgeQueue'),
		],
		['that leaves the host unsigned', OPEN, () => signed({ body: LIST }, { signedHeaders: ['x-amz-date'] })],
		['that leaves the date unsigned', WRONG, () => signed({ body: LIST }, { signedHeaders: ['host'] })],
		['of another host', WRONG, () => withHeader(signed({ body: LIST }), 'host', 'elsewhere.test')],
		[
			'of another date',
			WRONG,
			() => withHeader(signed({ body: LIST }), 'x-amz-date', amzDate(new Date(Date.now() - 5_000))),
		],
		['of a day that is not its date', WRONG, () => signed({ body: LIST }, { day: day(-2) })],
		['whose day was changed afterwards', WRONG, () => rewritten(signed({ body: LIST }), /\/\d{8}\//, `/${day(-1)}/`)],
		['of another region afterwards', WRONG, () => rewritten(signed({ body: LIST }), 'eu-central-1', 'us-east-1')],
		['of a region that is none', OPEN, () => signed({ body: LIST }, { region: 'a:b' })],
		['for the other API', 'InvalidAction', () => signed({ body: LIST }, { scope: 'sns' })],
		['for an API that there is not', WRONG, () => signed({ body: LIST }, { scope: 's3' })],
		[
			'that only seems to be for the other one',
			OPEN,
			() => rewritten(signed({ body: LIST }), 'Signature=', 'X=/sns/aws4_request, Signature='),
		],
		['in JSON for SNS', WRONG, () => signed({ headers: json, body: '{}' }, { scope: 'sns' })],
		[
			'with a body that was not hashed',
			WRONG,
			() => signed({ headers: [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']], body: LIST }),
		],
		[
			'with the hash of another body',
			WRONG,
			() => ({
				...signed({
					headers: [['x-amz-content-sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']],
				}),
				body: LIST,
			}),
		],
		[
			'that signs a hash which is missing',
			WRONG,
			() => signed({ body: LIST }, { signedHeaders: ['host', 'x-amz-date', 'x-amz-content-sha256'] }),
		],
		['with another body', WRONG, () => ({ ...signed({ body: LIST }), body: `${LIST}&QueueNamePrefix=a` })],
		['of another method', WRONG, () => ({ ...signed({ target: `/?${LIST}` }), method: 'PUT' })],
		[
			'with a parameter more',
			WRONG,
			() => ({ ...signed({ method: 'GET', target: `/?${LIST}` }), target: `/?${LIST}&MaxResults=1` }),
		],
		['at another path', WRONG, () => ({ ...signed({ body: LIST }), target: '/a' })],
		[
			'without a name among its headers',
			OPEN,
			() => signed({ body: LIST }, { signedHeaders: ['', 'host', 'x-amz-date'] }),
		],
		['with a name that is none', OPEN, () => signed({ body: LIST }, { signedHeaders: ['a b', 'host', 'x-amz-date'] })],
		['with the name of HTTP/2', OPEN, () => signed({ body: LIST }, { signedHeaders: [':authority', 'x-amz-date'] })],
		['that names its signature twice', OPEN, () => rewritten(signed({ body: LIST }), /$/, ', Signature=0')],
		[
			'beside a presigned address',
			OPEN,
			() => ({ ...signed({ method: 'GET', target: `/?${LIST}` }), target: address(`/?${LIST}`).target }),
		],
		['that comes twice', OPEN, () => rewritten(signed({ body: LIST }), /$/, ', AWS4-HMAC-SHA256 Credential=a')],
		['of an empty secret', WRONG, () => signed({ body: LIST }, { secretAccessKey: '' })],
		['of an empty key', OPEN, () => signed({ body: LIST }, { accessKeyId: '' })],
		['of a key that could be ours', WRONG, () => signed({ body: LIST }, { accessKeyId: 'slk_0123456789abcdef' })],
		['of a key that could not', 'InvalidClientTokenId', () => signed({ body: LIST }, { accessKeyId: 'AKIDEXAMPLE' })],
		['of a part of a key', 'InvalidClientTokenId', () => signed({ body: LIST }, { accessKeyId: 'slk_' })],
	] as [string, string, () => Sent][])('%s (%s)', async (_, code, make) => {
		expect(await codeOf(make())).toBe(code);
	});
});

describe('refused is an address', () => {
	const again = (part: string) => ({ ...address(`/?${LIST}`), target: `${address(`/?${LIST}`).target}&${part}` });
	it.each([
		[
			'to which an action was added',
			OPEN,
			() => withHeader(address('/?Action=GetQueueUrl&QueueName=a'), 'x-amz-target', 'AmazonSQS.ListQueues'),
		],
		['with a body', WRONG, () => ({ ...address(`/?${LIST}`), method: 'POST', body: 'MaxResults=1' })],
		['with a parameter more', WRONG, () => again('MaxResults=1')],
		['with a parameter that its signature leaves out', OPEN, () => again('x-amz-signature=a')],
		['with a longer time', OPEN, () => again('X-Amz-Expires=604800')],
		[
			'with a longer time in front',
			OPEN,
			() => ({ ...address(`/?${LIST}`), target: address(`/?${LIST}`).target.replace('?', '?X-Amz-Expires=604800&') }),
		],
		['with two signatures', OPEN, () => again('X-Amz-Signature=0')],
		[
			'with its time written otherwise',
			OPEN,
			() => ({ ...address(`/?${LIST}`), target: address(`/?${LIST}`).target.replace('Expires=60', 'Expires=6e1') }),
		],
		['that is good for no time', OPEN, () => address(`/?${LIST}`, {}, '0')],
		['that was', WRONG, () => address(`/?${LIST}`, { at: new Date(Date.now() - 61_000) })],
		['that is not yet', WRONG, () => address(`/?${LIST}`, { at: new Date(Date.now() + 20 * 60_000) })],
		['of no host', OPEN, () => address(`/?${LIST}`, { signedHeaders: [] })],
		['with a name of a prototype', WRONG, () => again('__proto__=a')],
	] as [string, string, () => Sent][])('%s (%s)', async (_, code, make) => {
		expect(await codeOf(make())).toBe(code);
	});
});
