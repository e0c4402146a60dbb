import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, type Exchange, type Outcome } from '../../fuzz/wire.ts';

// The client on bare sockets tells what a server does, however odd.

let server: Server | undefined;

afterEach(() => {
	server?.close();
	server = undefined;
});

/** A server that says this to each connection that has sent something. */
async function saying(...pieces: string[]): Promise<Client> {
	return serving((socket) => {
		for (const piece of pieces) socket.write(piece, 'latin1');
	});
}

async function serving(answer: (socket: Socket) => void): Promise<Client> {
	const listening = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', () => answer(socket));
	});
	server = listening;
	await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
	return new Client(`http://localhost:${(listening.address() as { port: number }).port}`, 200);
}

const get: Exchange = { method: 'GET', steps: [Buffer.from('GET / HTTP/1.1\r\n\r\n')], keepsConnection: false };

async function told(client: Client, exchange = get): Promise<string> {
	const outcome: Outcome = await client.exchange(exchange);
	return outcome.kind === 'answered' ? `${outcome.status} ${outcome.body}` : outcome.kind;
}

describe('an answer', () => {
	it.each([
		['with its length', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab'], '200 ab'],
		['in pieces', ['HTTP/1.1 200 O', 'K\r\ncontent-length: 2\r\n', '\r\na', 'b'], '200 ab'],
		['in chunks', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n', '1\r\nb\r\n0\r\n\r\n'], '200 ab'],
		['after another', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na'], '200 a'],
		['before another', ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 400 No\r\n\r\n'], '200 a'],
		['without a body', ['HTTP/1.1 204 No Content\r\n\r\n'], '204 '],
		['that is none', ['nonsense\r\n\r\n'], 'garbled'],
		['that does not end', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na'], 'hung'],
		['that does not begin', [], 'hung'],
	] as [string, string[], string][])('%s', async (_, pieces, expected) => {
		expect(await told(await saying(...pieces))).toBe(expected);
	});

	it('that ends with its connection', async () => {
		const client = await serving((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nab'));
		expect(await told(client)).toBe('200 ab');
	});

	it('that is not given before the connection ends', async () => {
		expect(await told(await serving((socket) => socket.destroy()))).toBe('closed');
	});

	it('to HEAD has no body, whatever its length', async () => {
		const client = await saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
		expect(await told(client, { ...get, method: 'HEAD' })).toBe('200 ');
	});
});

it('a client that vanishes or does not wait has left', async () => {
	const client = await saying();
	expect(await told(client, { ...get, steps: [...get.steps, 'vanish'] })).toBe('left');
	expect(await told(client, { ...get, leavesAfterMs: 10 })).toBe('left');
});

it('a kept connection that the server has ended meanwhile is no fault', async () => {
	const client = await serving((socket) => {
		socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na');
		socket.once('data', () => socket.destroy());
	});
	const kept = { ...get, keepsConnection: true };
	expect([await told(client, kept), await told(client, kept)]).toEqual(['200 a', '200 a']);
	client.close();
});
