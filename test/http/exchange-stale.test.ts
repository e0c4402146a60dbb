import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { Env } from '../../durable-objects/env';
import { refuse, toText } from '../../durable-objects/protocol';
import { acknowledgeFirst } from '../../src/exchanging';
import { newQueue, publish, receiveOne } from './client';

/** A partition that acknowledges, and is closed for a new layout before it comes to the receive of the same call. */
const closing = {
	settleAndReceive: async () => ({ settled: toText(1), received: refuse('settings_stale', 'It has moved.') }),
};

it('what was acknowledged is told where receiving must begin anew: the receipts would not be good a second time', async () => {
	const queue = await newQueue();
	await publish(queue, 'a');
	const { receipt } = await receiveOne(queue);
	const moved = { ...env, PARTITION: { getByName: () => closing } } as unknown as Env;
	const command = { max: 1, consumer: 'somebody' };
	const entry = { verb: 'ack', path: ['ack', 0], receipt } as const;
	expect(await acknowledgeFirst(moved, queue, [entry], { command, deadline: 0 })).toEqual({
		settled: { entries: [entry], outcomes: [{ outcome: 'acked' }], published: 0 },
		taken: null,
	});
});
