import { beforeAll, describe, expect, it } from 'vitest';
import type { Pair } from '../../fuzz/aws/signer';
import { ask, newName, newQueue } from '../http/client';
import { codeOf, HOST, json, LIST, signed } from './signed';

let queue: string;

beforeAll(async () => {
	queue = await newQueue();
});

describe('refused is a form, however well signed,', () => {
	it.each([
		['that gives its action twice', `${LIST}&Action=ListQueues`],
		['that gives a parameter twice', `${LIST}&QueueNamePrefix=a&QueueNamePrefix=b`],
		['that gives a value and a structure', 'Action=CreateQueue&QueueName=a&QueueName.1=b'],
		['that gives a structure and a value', 'Action=CreateQueue&QueueName.1=a&QueueName=b'],
		['that reaches for a prototype', 'Action=GetQueueUrl&__proto__.QueueName=a'],
		['that reaches for one further inside', 'Action=TagQueue&Tag.__proto__.Key=a'],
		['that is deep', `Action=ListQueues&${'a.'.repeat(10)}a=1`],
		['that is very deep', `Action=ListQueues&${'a.'.repeat(100_000)}a=1`],
		['that is wide', `Action=ListQueues${'&a=1'.repeat(2_000)}`],
	])('%s', async (_, body) => {
		expect(await codeOf(signed({ body }))).toBe('MalformedQueryString');
	});

	it('whose action is in its address as well', async () => {
		const request = signed({ target: '/?Action=ListQueues', body: LIST });
		expect(await codeOf(request)).toBe('MalformedQueryString');
	});

	it('whose action has another name in JSON', async () => {
		for (const target of [
			'ListQueues',
			'AmazonSNS.ListQueues',
			'AmazonSQS.',
			'AmazonSQS.toString',
			'amazonsqs.ListQueues',
		]) {
			const headers: Pair[] = [['x-amz-target', target]];
			expect(await codeOf(signed({ headers, body: '{}' }))).toBe('InvalidAction');
		}
	});
});

describe('the two APIs are apart', () => {
	it('a signature opens no native route', async () => {
		const before = (await ask('GET', `/v1/queues/${queue}`)).body;
		for (const target of [
			`/v1/queues/${queue}`,
			'/v1/keys',
			`/v1/queues/${queue}/purge`,
			'/metrics',
			'/openapi.json',
		]) {
			expect(await codeOf(signed({ method: 'GET', target }))).toBe('InvalidAction');
			expect(await codeOf(signed({ method: 'POST', target }))).toBe('InvalidAction');
			expect(await codeOf(signed({ method: 'DELETE', target }))).toBe('InvalidAction');
		}
		expect((await ask('GET', `/v1/queues/${queue}`)).body).toEqual(before);
	});

	it('a bearer key opens no door', async () => {
		const name = newName();
		const form = { 'content-type': 'application/x-www-form-urlencoded' };
		const answers = [
			await ask('POST', '/', { headers: form, body: `Action=CreateQueue&QueueName=${name}` }),
			await ask('POST', '/', { headers: { 'x-amz-target': 'AmazonSQS.CreateQueue' }, json: { QueueName: name } }),
			await ask('GET', `/?Action=CreateQueue&QueueName=${name}`),
		];
		expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
		expect((await ask('GET', `/v1/queues/${name}`)).status).toBe(404);
	});

	it('no signature at all is told so, whatever the protocol', async () => {
		const form: Pair[] = [['content-type', 'application/x-www-form-urlencoded']];
		const unsigned = { method: 'POST', target: '/', headers: [], body: LIST };
		expect(await codeOf({ ...unsigned, headers: form })).toBe('MissingAuthenticationToken');
		expect(await codeOf({ ...unsigned, headers: json, body: '{}' })).toBe('MissingAuthenticationToken');
		expect(await codeOf({ ...unsigned, method: 'GET', target: `/?${LIST}`, body: '' })).toBe(
			'MissingAuthenticationToken',
		);
	});
});

describe('an address of a queue', () => {
	it.each([
		['with a megabyte of slashes', () => `https://${HOST}${'/'.repeat(1_000_000)}x`],
		['of its host alone', () => `https://${queue}`],
		['of its host and slashes', () => `https://${queue}//`],
		['with an encoded name', () => `https://${HOST}/0/%${queue.charCodeAt(0).toString(16)}${queue.slice(1)}`],
	])('%s names none', async (_, make) => {
		const body = new URLSearchParams({ Action: 'GetQueueAttributes', QueueUrl: make() }).toString();
		expect(await codeOf(signed({ body }))).toBe('AWS.SimpleQueueService.NonExistentQueue');
	});
});
