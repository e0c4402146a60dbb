import { describe, expect, it } from 'vitest';
import { ask, getQueue, newQueue, publish, publishBatch, receive, receiveOne, refused } from './client';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('publish one', () => {
	it('keeps body, content type, attributes, key and traceparent', async () => {
		const queue = await newQueue();
		const answer = await ask('POST', `/v1/queues/${queue}/messages?key=customer%2042`, {
			headers: {
				'content-type': 'application/json',
				'x-sluice-attribute-Source': 'web',
				'x-sluice-attribute-tries': '2',
				traceparent: TRACEPARENT,
			},
			body: '{"total": 12.5, "note": "größer"}',
		});
		expect(answer.status).toBe(201);
		const message = await receiveOne(queue);
		expect(answer.body).toEqual({ id: message.id, sequence: message.sequence, duplicate: false });
		expect(message).toMatchObject({
			key: 'customer 42',
			body: '{"total": 12.5, "note": "größer"}',
			encoding: 'text',
			contentType: 'application/json',
			attributes: { source: 'web', tries: '2' },
			traceparent: TRACEPARENT,
			attempt: 1,
			priority: 0,
			size: 35 + 'source'.length + 'web'.length + 'tries'.length + 1,
		});
	});

	it.each([
		['nothing', new Uint8Array(0)],
		['a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, 0x61])],
		['zero bytes', new Uint8Array([0, 0x61, 0])],
		['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe, 0x00, 0x80])],
		['a lone surrogate in UTF-8', new Uint8Array([0xed, 0xa0, 0x80])],
		['every byte', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
	])('gives back %s byte for byte', async (_, bytes) => {
		const queue = await newQueue();
		await publish(queue, bytes);
		const { body, encoding, size } = await receiveOne(queue);
		expect([...Buffer.from(body, encoding === 'text' ? 'utf8' : 'base64')]).toEqual([...bytes]);
		expect(size).toBe(bytes.byteLength);
	});

	it('accepts a dedupId once: 200 with the first id, also after the first was consumed', async () => {
		const queue = await newQueue({ partitions: 4 });
		const first = await publish(queue, 'a', '?dedupId=order-1');
		await receive(queue);
		const again = await ask('POST', `/v1/queues/${queue}/messages?dedupId=order-1`, { body: 'b' });
		expect(again).toMatchObject({ status: 200, body: { ...first, duplicate: true } });
	});

	it('holds back what is delayed, by seconds and by instant', async () => {
		const queue = await newQueue();
		await publish(queue, 'a', '?delaySeconds=0.5');
		await publish(queue, 'b', `?deliverAt=${encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString())}`);
		await publish(queue, 'c', '?deliverAt=2020-01-01T01:00:00%2B02:00');
		expect((await receive(queue)).map(({ body }) => body)).toEqual(['c']);
		expect((await getQueue(queue)).figures).toMatchObject({ delayed: 2, leased: 1 });
	});

	it('hands out higher priorities first', async () => {
		const queue = await newQueue();
		for (const priority of [0, 9, 5]) await publish(queue, String(priority), `?priority=${priority}`);
		expect((await receive(queue)).map(({ body }) => body)).toEqual(['9', '5', '0']);
	});

	it.each([
		['unknown=1', 'unknown'],
		['delaySeconds=x', 'delaySeconds'],
		['delaySeconds=', 'delaySeconds'],
		['delaySeconds=1e3', 'delaySeconds'],
		['delaySeconds=-1', 'delaySeconds'],
		['delaySeconds=345601', 'delaySeconds'],
		['deliverAt=tomorrow', 'deliverAt'],
		['deliverAt=2026-11-23', 'deliverAt'],
		['deliverAt=2999-01-01T00:00:00Z', 'deliverAt'],
		['delaySeconds=1&deliverAt=2026-11-23T00:00:00Z', 'deliverAt'],
		['ttlSeconds=0', 'ttlSeconds'],
		['ttlSeconds=5&delaySeconds=5', 'ttlSeconds'],
		['priority=10', 'priority'],
		['priority=1.5', 'priority'],
		['priority=1&key=a', 'priority'],
		['key=', 'key'],
		[`key=${'k'.repeat(257)}`, 'key'],
		[`dedupId=${'k'.repeat(257)}`, 'dedupId'],
		['key=a&key=b', 'key'],
		['key=%ff', '%ff'],
	])('refuses ?%s', async (query, parameter) => {
		const queue = await newQueue();
		const problem = await refused('POST', `/v1/queues/${queue}/messages?${query}`, { body: 'a' });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ parameter }] });
		expect(await receive(queue)).toEqual([]);
	});

	it('refuses attributes that are too many, too large, or not names', async () => {
		const queue = await newQueue();
		const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x-sluice-attribute-a${index}`, 'x']));
		for (const headers of [
			many,
			{ 'x-sluice-attribute-a': 'x'.repeat(65_536) },
			{ 'x-sluice-attribute-a!b': 'x' },
			{ [`x-sluice-attribute-${'n'.repeat(257)}`]: 'x' },
			{ 'x-sluice-attribute-': 'x' },
		]) {
			const problem = await refused('POST', `/v1/queues/${queue}/messages`, { headers, body: 'a' });
			expect(problem).toMatchObject({
				status: 400,
				errors: [{ header: expect.stringContaining('x-sluice-attribute-') }],
			});
		}
	});

	it('a full queue refuses with backlog_full', async () => {
		const queue = await newQueue({ maxBacklog: 2 });
		await publish(queue, 'a');
		await publish(queue, 'b');
		const problem = await refused('POST', `/v1/queues/${queue}/messages`, { body: 'c' });
		expect(problem).toMatchObject({ status: 429, code: 'backlog_full' });
		expect(Number(problem.headers.get('retry-after'))).toBeGreaterThan(0);
	});
});

describe('publish a batch', () => {
	it('answers each message, across partitions, in order', async () => {
		const queue = await newQueue({ partitions: 8 });
		const messages = Array.from({ length: 100 }, (_, index) => ({ body: `m${index}`, key: `k${index % 20}` }));
		const results = await publishBatch(`/v1/queues/${queue}`, messages);
		expect(results).toHaveLength(100);
		expect(new Set(results.map((result) => 'id' in result && result.id)).size).toBe(100);
		const received = [];
		for (let some = await receive(queue, { max: 100 }); some.length > 0; some = await receive(queue, { max: 100 })) {
			received.push(...some);
		}
		const idOf = new Map(received.map(({ body, id }) => [body, id]));
		expect(results).toMatchObject(messages.map(({ body }) => ({ id: idOf.get(body), duplicate: false })));
	});

	it('keeps every field', async () => {
		const queue = await newQueue();
		const body = Buffer.from([0, 255, 1]).toString('base64');
		const attributes = { Size: 'größer', 'a.b-c_d': '' };
		await publishBatch(`/v1/queues/${queue}`, [
			{
				body,
				encoding: 'base64',
				contentType: 'image/png',
				attributes,
				key: 'k',
				ttlSeconds: 60,
				traceparent: TRACEPARENT,
			},
			{ body: '' },
		]);
		const [first, second] = await receive(queue);
		expect(first).toMatchObject({ body, encoding: 'base64', contentType: 'image/png', attributes, key: 'k' });
		expect(first).toMatchObject({ traceparent: TRACEPARENT, size: 3 + 4 + 8 + 7, expiresAt: expect.any(String) });
		expect(second).toMatchObject({ body: '', encoding: 'text', contentType: null, attributes: {}, key: null, size: 0 });
	});

	it('marks the repeated among them', async () => {
		const queue = await newQueue();
		const results = await publishBatch(`/v1/queues/${queue}`, [
			{ body: 'a', dedupId: '1' },
			{ body: 'b', dedupId: '1' },
		]);
		expect(results).toMatchObject([{ duplicate: false }, { duplicate: true }]);
	});

	it('says which did not fit, or refuses the whole where none did', async () => {
		const queue = await newQueue({ maxBacklog: 1 });
		const results = await publishBatch(`/v1/queues/${queue}`, [{ body: 'a' }, { body: 'b' }]);
		expect(results).toMatchObject([{ duplicate: false }, { error: { code: 'backlog_full', status: 429 } }]);
		const path = `/v1/queues/${queue}/messages/batch`;
		expect(await refused('POST', path, { json: { messages: [{ body: 'c' }] } })).toMatchObject({
			code: 'backlog_full',
		});
	});

	it.each([
		[{ body: 1 }, 'body'],
		[{}, 'body'],
		[{ body: '\ud800' }, 'body'],
		[{ body: 'a b', encoding: 'base64' }, 'body'],
		[{ body: 'YQ', encoding: 'base64' }, 'body'],
		[{ body: 'a', encoding: 'hex' }, 'encoding'],
		[{ body: 'a', delaySeconds: '5' }, 'delaySeconds'],
		[{ body: 'a', delaySeconds: 345_601 }, 'delaySeconds'],
		[{ body: 'a', deliverAt: '2999-01-01T00:00:00Z' }, 'deliverAt'],
		[{ body: 'a', delaySeconds: 1, deliverAt: '2026-11-23T00:00:00Z' }, 'deliverAt'],
		[{ body: 'a', key: '\udc00' }, 'key'],
		[{ body: 'a', key: 'k', priority: 1 }, 'priority'],
		[{ body: 'a', attributes: { 'a b': 'x' } }, 'attributes/a b'],
		[{ body: 'a', attributes: { a: 1 } }, 'attributes/a'],
		[{ body: 'a', attributes: { a: 'x'.repeat(65_536) } }, 'attributes'],
		[{ body: 'a', contentType: 'text/plain\n' }, 'contentType'],
		[{ body: 'a', traceparent: 'x' }, 'traceparent'],
		[{ body: 'a', colour: 'red' }, 'colour'],
		[JSON.parse('{"body":"a","__proto__":{}}'), '__proto__'],
	])('with one bad message is refused whole and says which: %j', async (bad, field) => {
		const queue = await newQueue();
		const problem = await refused('POST', `/v1/queues/${queue}/messages/batch`, {
			json: { messages: [{ body: 'good' }, { body: 'good' }, { body: 'good' }, bad] },
		});
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#/messages/3/${field}` });
		expect(problem.detail).toContain('messages[3].');
		expect(await receive(queue)).toEqual([]);
	});

	it('bounds count and bytes', async () => {
		const queue = await newQueue();
		const path = `/v1/queues/${queue}/messages/batch`;
		const refusal = (messages: unknown) => refused('POST', path, { json: { messages } });
		expect(await refusal([])).toMatchObject({ status: 400, pointer: '#/messages' });
		expect(await refusal(Array(101).fill({ body: '' }))).toMatchObject({ status: 400, pointer: '#/messages' });
		expect(await refusal({})).toMatchObject({ status: 400, pointer: '#/messages' });
		const tooLarge = { body: 'x'.repeat(1_048_577) };
		expect(await refusal([{ body: '' }, tooLarge])).toMatchObject({ status: 413, pointer: '#/messages/1' });
		const large = { body: 'x'.repeat(1_048_576) };
		expect(await refusal(Array(5).fill(large))).toMatchObject({
			status: 413,
			code: 'message_too_large',
			pointer: '#/messages',
		});
		expect(await publishBatch(`/v1/queues/${queue}`, Array(4).fill(large))).toHaveLength(4);
	});
});
