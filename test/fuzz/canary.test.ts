import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Canary } from '../../fuzz/canary.ts';
import { Root } from '../../fuzz/root.ts';
import { type Server, serve } from '../../scripts/serve.ts';

// The canary must sing: each of these is what a hole in the fence would look like.

const key = 'canary-root-key-0123456789abcdef';
const folder = mkdtempSync(join(tmpdir(), 'sluice-canary-'));
let server: Server;
let root: Root;
let canary: Canary;

beforeAll(async () => {
	server = await serve({ stateDirectory: folder, secrets: { SLUICE_ROOT_KEY: key }, output: 'ignore' });
	root = new Root(server.url, key);
	canary = new Canary(root);
	await canary.settle();
});

afterAll(async () => {
	await server?.kill();
	rmSync(folder, { recursive: true, force: true });
});

it('is silent while nothing happens to it, and hears every touch', async () => {
	const touches: [what: string, touch: () => Promise<unknown>][] = [
		['a publish', () => root.call('POST', `queues/${canary.queue}/messages/batch`, { messages: [{ body: 'x' }] })],
		['a receive', () => root.call('POST', `queues/${canary.queue}/receive`, { max: 1 })],
		['a pause', () => root.call('POST', `queues/${canary.queue}/pause`)],
		[
			'a publish to its topic',
			() => root.call('POST', `topics/${canary.topic}/messages/batch`, { messages: [{ body: 'x' }] }),
		],
		['a redrive', () => root.call('POST', `queues/${canary.queue}-dlq/redrive`, {})],
	];
	for (const [what, touch] of touches) {
		const other = new Canary(root);
		await other.remember();
		expect(await other.faults(), `before ${what}`).toEqual([]);
		await touch();
		expect((await other.faults()).length, what).toBeGreaterThan(0);
	}
});

it('whose receipts were used says so', async () => {
	await root.call('POST', `queues/${canary.queue}/ack`, { receipts: canary.receipts });
	expect((await canary.faults()).length).toBeGreaterThan(0);
});
