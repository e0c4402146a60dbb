import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { LIMITS } from '../../durable-objects/protocol';
import { promise } from './promise';

promise(
	'P11: a full queue refuses, counts what is leased and delayed, and takes again when there is room',
	`
   0  queue maxBacklog 3
   0  publish a, b delay 60, c, d   -> ok, ok, ok, backlog_full
   0  receive 1                     -> a#1
   0  publish e                     -> backlog_full
   1  ack a#1
   1  publish f, g                  -> ok, backlog_full
   1  remove b
   1  publish h                     -> ok
   1  purge                         -> purged 3
   1  publish i, j, k, l            -> ok, ok, ok, backlog_full
`,
);

promise(
	'P11: the bound in bytes counts bodies, to the byte',
	`
   0  queue maxBacklogBytes 100
   0  publish a bytes 60            -> ok
   0  publish b bytes 41            -> backlog_full
   0  publish c bytes 40            -> ok
   0  publish d bytes 1             -> backlog_full
   0  figures                       -> bytes 100
   0  receive 1                     -> a#1
   0  ack a#1
   0  publish e bytes 60            -> ok
`,
);

promise(
	'P11: a bound that is lowered refuses new messages and drops none; a duplicate needs no room',
	`
   0  publish a dedup d, b, c
   0  set maxBacklog 1
   0  publish e             -> backlog_full
   0  publish f dedup d     -> duplicate a
   0  receive 10            -> a#1, b#1, c#1
`,
);

promise(
	'P11: a partition leases no more than it can hold in memory, and says so',
	`
   ${Array.from({ length: LIMITS.inFlight / 100 + 1 }, (_, batch) => `0 publish ${names(batch).join(', ')}`).join('\n')}
   ${Array.from({ length: LIMITS.inFlight / 100 }, (_, batch) => `0 receive 100 lease 60 -> ${receipts(batch).join(', ')}`).join('\n')}
   1  receive 1             -> too_many_in_flight
   1  ack m0#1
   1  receive 2 lease 60    -> m${LIMITS.inFlight}#1
   1  receive 1             -> too_many_in_flight
  60  receive 1             -> m1#2
`,
	{ only: 'engine' },
);

function names(batch: number): string[] {
	return Array.from({ length: 100 }, (_, index) => `m${batch * 100 + index}`);
}

function receipts(batch: number): string[] {
	return names(batch).map((name) => `${name}#1`);
}

async function call(method: string, path: string, body?: BodyInit): Promise<Response> {
	const headers = { authorization: `Bearer ${env.SLUICE_ROOT_KEY}`, 'content-type': 'application/json' };
	return exports.default.fetch(`https://sluice.test/v1/queues/${path}`, { method, headers, body: body ?? null });
}

test('P11: the refusal of a full queue has a code, a reason and a Retry-After', async () => {
	await call('PUT', 'full', JSON.stringify({ maxBacklog: 1 }));
	expect((await call('POST', 'full/messages', 'one')).status).toBe(201);
	const refused = await call('POST', 'full/messages', 'two');
	expect(refused.status).toBe(429);
	expect(refused.headers.get('content-type')).toBe('application/problem+json');
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(await refused.json()).toMatchObject({
		code: 'backlog_full',
		status: 429,
		detail: expect.stringContaining('maxBacklog'),
	});
});

test('P11: a message of exactly the bound is taken, one byte more is refused and not stored', async () => {
	await call('PUT', 'large', '{}');
	expect((await call('POST', 'large/messages', 'x'.repeat(LIMITS.messageBytes))).status).toBe(201);
	const refused = await call('POST', 'large/messages', 'x'.repeat(LIMITS.messageBytes + 1));
	expect(refused.status).toBe(413);
	const queue = await (await call('GET', 'large')).json<{ figures: { visible: number } }>();
	expect(queue.figures.visible).toBe(1);
});
