import { exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../src/bodies';
import { ask, newQueue, problemIn, publish, ROOT_KEY, read, receive, receiveOne, refused, requestOf } from './client';

/** A body whose length is not said beforehand; it tells how much of it was asked for. */
function chunked(chunks: number, bytesEach: number) {
	const sent = { chunks: 0 };
	const stream = new ReadableStream<Uint8Array>({
		pull(controller) {
			if (sent.chunks === chunks) return controller.close();
			sent.chunks++;
			controller.enqueue(new Uint8Array(bytesEach).fill(0x61));
		},
	});
	return { sent, stream };
}

describe('names', () => {
	it.each([
		'a%20b',
		'a.b',
		'a.fifo.fifo',
		'.fifo',
		`${'x'.repeat(81)}`,
		`${'x'.repeat(76)}.fifo`,
		'%C3%A4',
		'%00',
		'%',
		'a%2Fb',
		'..%2fx',
	])('%s is no queue name', async (name) => {
		for (const [method, path] of [
			['PUT', ''],
			['GET', ''],
			['POST', '/messages'],
			['POST', '/receive'],
		] as const) {
			const problem = await refused(method, `/v1/queues/${name}${path}`);
			expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ parameter: 'queue' }] });
		}
		for (const [method, path, parameter] of [
			['PUT', `/v1/topics/${name}`, 'topic'],
			['POST', `/v1/topics/${name}/messages`, 'topic'],
			['GET', `/v1/topics/a/subscriptions/${name}`, 'name'],
		] as const) {
			expect(await refused(method, path)).toMatchObject({ status: 400, errors: [{ parameter }] });
		}
	});

	it.each(['x', 'x'.repeat(80), `${'x'.repeat(75)}.fifo`, '-', '_0-Z'])('%s is one', async (name) => {
		expect((await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: null } })).status).toBeLessThan(300);
	});

	it.each(['a%20b', 'x'.repeat(65), 'a%2Fb'])('%s is no message id', async (id) => {
		const queue = await newQueue();
		const problem = await refused('GET', `/v1/queues/${queue}/messages/${id}`);
		expect(problem).toMatchObject({ status: 400, errors: [{ parameter: 'id' }] });
	});
});

describe('JSON', () => {
	it.each(['{', 'nonsense', '{"max": 1,}', '\ufeff{}', '"\ud800'])('%j is not', async (body) => {
		const queue = await newQueue();
		const problem = await refused('POST', `/v1/queues/${queue}/receive`, { body });
		expect(problem).toMatchObject({ status: 400, code: 'invalid_json' });
	});

	it('must be UTF-8', async () => {
		const queue = await newQueue();
		const body = new Uint8Array([0x7b, 0xff, 0x7d]);
		expect(await refused('POST', `/v1/queues/${queue}/receive`, { body })).toMatchObject({ code: 'invalid_json' });
	});

	it.each(['null', '[]', '1', '"a"', 'true'])('%s is not an object', async (body) => {
		const queue = await newQueue();
		for (const path of ['', '/subscriptions/s']) {
			expect(await refused('PUT', `/v1/topics/t${path}`, { body })).toMatchObject({ status: 400, pointer: '#' });
		}
		for (const [method, path] of [
			['PUT', ''],
			['POST', '/receive'],
			['POST', '/settle'],
			['POST', '/redrive'],
		] as const) {
			const problem = await refused(method, `/v1/queues/${queue}${path}`, { body });
			expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: '#' });
		}
	});

	it('is read whatever the content type says', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		expect(await ask('POST', `/v1/queues/${queue}/receive`, { headers, body: '{"max":1}' })).toMatchObject({
			status: 200,
		});
	});

	it('nested a hundred thousand deep is refused like any other', async () => {
		const queue = await newQueue();
		const body = `{"max":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
		expect((await refused('POST', `/v1/queues/${queue}/receive`, { body })).status).toBe(400);
	});
});

describe('routes and methods', () => {
	it.each(['/', '/v1', '/v1/queue', '/v1/queues/a/b', '/v1/queues/a/messages/', '/V1/queues', '/v1/queues//messages'])(
		'there is nothing at %s',
		async (path) => {
			expect(await refused('GET', path)).toMatchObject({ status: 404, code: 'not_found' });
		},
	);

	it.each([
		['POST', '/v1/queues', 'GET, HEAD'],
		['POST', '/v1/queues/a', 'GET, PUT, PATCH, DELETE, HEAD'],
		['GET', '/v1/queues/a/receive', 'POST'],
		['PUT', '/v1/queues/a/messages', 'GET, POST, HEAD'],
		['PATCH', '/v1/topics/a', 'GET, PUT, DELETE, HEAD'],
		['GET', '/v1/topics/a/messages', 'POST'],
		['POST', '/v1/topics/a/subscriptions/b', 'GET, PUT, DELETE, HEAD'],
		['DELETE', '/v1/keys', 'GET, POST, HEAD'],
		['POST', '/healthz', 'GET, HEAD'],
		['OPTIONS', '/metrics', 'GET, HEAD'],
	])('%s %s is 405 with Allow', async (method, path, allow) => {
		const problem = await refused(method, path);
		expect(problem).toMatchObject({ status: 405, code: 'method_not_allowed' });
		expect(problem.headers.get('allow')).toBe(allow);
	});

	it('HEAD is there where GET is', async () => {
		const queue = await newQueue();
		expect(await ask('HEAD', `/v1/queues/${queue}`)).toMatchObject({ status: 200, body: '' });
	});

	it('a query on a route that takes none is refused', async () => {
		const queue = await newQueue();
		for (const [method, path] of [
			['POST', '/receive'],
			['GET', ''],
			['POST', '/purge'],
		] as const) {
			const problem = await refused(method, `/v1/queues/${queue}${path}?max=1`);
			expect(problem).toMatchObject({ status: 400, errors: [{ parameter: 'max' }] });
		}
	});
});

describe('bodies', () => {
	it('a message of 1 MiB is taken, one byte more is 413', async () => {
		const queue = await newQueue();
		await publish(queue, new Uint8Array(1_048_576));
		const problem = await refused('POST', `/v1/queues/${queue}/messages`, { body: new Uint8Array(1_048_577) });
		expect(problem).toMatchObject({ status: 413, code: 'body_too_large' });
		const headers = { 'x-sluice-attribute-a': 'b' };
		const over = await refused('POST', `/v1/queues/${queue}/messages`, { headers, body: new Uint8Array(1_048_575) });
		expect(over).toMatchObject({ status: 413, code: 'message_too_large' });
		expect((await receiveOne(queue)).size).toBe(1_048_576);
	});

	it('one of unknown length is taken up to the bound', async () => {
		const queue = await newQueue();
		const { stream } = chunked(16, 65_536);
		await publish(queue, stream);
		expect(await receive(queue)).toMatchObject([{ size: 1_048_576 }]);
	});

	it('one of unknown length is cut off at the bound, not read to its end', async () => {
		const queue = await newQueue();
		for (const [path, bound] of [
			['messages', 1_048_576],
			['messages/batch', 12_582_912],
			['receive', 1_048_576],
		] as const) {
			const { sent, stream } = chunked(1_000, 65_536);
			const problem = await refused('POST', `/v1/queues/${queue}/${path}`, { body: stream });
			expect(problem).toMatchObject({ status: 413, code: 'body_too_large' });
			expect(sent.chunks * 65_536).toBeLessThan(bound + 64 * 65_536);
		}
	});

	it('one that says it is too large is refused unread', async () => {
		const queue = await newQueue();
		const { sent, stream } = chunked(1_000, 65_536);
		const request = requestOf('POST', `/v1/queues/${queue}/messages`, {
			headers: { 'content-length': '65536000' },
			body: stream,
		});
		const problem = problemIn(await read(await exports.default.fetch(request)));
		expect(problem.status).toBe(413);
		expect(sent.chunks).toBeLessThan(64);
	});
});

it('problems carry type, title, status, detail and code', async () => {
	const { headers, ...problem } = await refused('GET', '/v1/queues/none-such', { key: ROOT_KEY });
	expect(headers.get('content-type')).toBe('application/problem+json');
	expect(problem).toEqual({
		type: 'urn:sluice:problem:queue_not_found',
		title: 'No such queue',
		status: 404,
		code: 'queue_not_found',
		detail: expect.any(String),
	});
});

it('a body that breaks off is the fault of its client, not of Sluice', async () => {
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			controller.enqueue(new TextEncoder().encode('{"max": '));
			controller.error(new Error('Network connection lost.'));
		},
	});
	const reading = readBytes(requestOf('POST', '/v1/queues/q/receive', { body }), 1_000);
	await expect(reading).rejects.toMatchObject({ code: 'invalid_request' });
});
