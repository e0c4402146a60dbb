import { expect, test } from 'vitest';
import type { ReceivedMessage, SettleOutcome, SettleResult } from '../../durable-objects/protocol';
import { atDesk, type Desk, publishing, text } from './bounds';

const second = 1_000;

function extend(desk: Desk, message: ReceivedMessage, visibilityTimeoutMs: number, totalMs?: number): SettleOutcome {
	const entry = { ...message, visibilityTimeoutMs, ...(totalMs === undefined ? {} : { totalMs }) };
	const { extend: outcomes } = desk.run<SettleResult>({
		kind: 'settle',
		command: { ack: [], retry: [], extend: [entry] },
	});
	return outcomes[0] as SettleOutcome;
}

test('a lease may be extended up to a total since the receive, and not beyond: then it runs on as it was', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'))]);
		const [message] = desk.receive(1, 10 * second) as [ReceivedMessage];
		desk.now += 5 * second;
		expect(extend(desk, message, 55 * second + 1, 60 * second)).toEqual({ outcome: 'too_long' });
		desk.now += 5 * second;
		// The lease of 10 s is over: a longer one was not made of it.
		const [again] = desk.receive(1, 10 * second) as [ReceivedMessage];
		expect(again.attempt).toBe(2);
		// The total begins with each receive.
		expect(extend(desk, again, 60 * second, 60 * second)).toMatchObject({ outcome: 'extended' });
	}));

test('extending again does not begin the total anew, neither does a restart', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'))]);
		const [message] = desk.receive(1, 10 * second) as [ReceivedMessage];
		desk.now += 5 * second;
		expect(extend(desk, message, 30 * second, 60 * second)).toMatchObject({ outcome: 'extended' });
		desk.now += 20 * second;
		desk.site.restart();
		expect(extend(desk, message, 35 * second + 1, 60 * second)).toEqual({ outcome: 'too_long' });
		expect(extend(desk, message, 35 * second, 60 * second)).toMatchObject({ outcome: 'extended' });
		expect(extend(desk, message, 1_000 * second)).toMatchObject({ outcome: 'extended' });
	}));

test('it holds too for a message that was given back and is taken back', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'))]);
		const [message] = desk.receive(1) as [ReceivedMessage];
		desk.run({ kind: 'settle', command: { ack: [], retry: [{ ...message, delayMs: 100 * second }], extend: [] } });
		desk.now += 30 * second;
		expect(extend(desk, message, 30 * second + 1, 60 * second)).toEqual({ outcome: 'too_long' });
		expect(extend(desk, message, 30 * second, 60 * second)).toMatchObject({ outcome: 'extended' });
	}));
