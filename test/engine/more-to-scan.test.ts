import { expect, test } from 'vitest';
import { LIMITS, type ReceiveCommand } from '../../durable-objects/protocol';
import { atDesk, type Desk, numbered, publishing, receiving, text } from './bounds';
import { servedIn } from './site';

// A receive that has looked at as much as it may says so: who waits is then asked again at once, and not left to the next commit.

const waiting: readonly ReceiveCommand[] = [{ max: 1, consumer: 'waiter', keyFirst: true }];

/** More delayed messages whose own time is over before it than one receive looks at, and one behind them that is good. */
function bury(desk: Desk): void {
	for (let sent = 0; sent <= LIMITS.scannedMessages; sent += 100) {
		desk.commit([publishing(...numbered(100, () => text('over', { delayMs: 10, ttlMs: 20 })))]);
	}
	desk.commit([publishing(text('good', { delayMs: 30 }))]);
	desk.now += 1_000;
}

test('a receive that is tired before it comes to the keys has more to scan, also key by key', () =>
	atDesk({}, (desk) => {
		bury(desk);
		const first = desk.commit([], waiting);
		expect([first.served, first.again]).toEqual([[], true]);
		let served = servedIn(desk.commit([], waiting));
		for (let commits = 0; served.length === 0 && commits < 3; commits++) served = servedIn(desk.commit([], waiting));
		expect(served.flat().map(({ body }) => body)).toEqual(['good']);
	}));

test('a receive that scans nothing does not make it forgotten that somebody who waits has more to scan', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('held', { key: 'k' }))]);
		const named = { kind: 'receive', command: { max: 1, consumer: 'a', attemptId: 'x' } } as const;
		desk.commit([named]);
		const blocked = numbered(LIMITS.scannedMessages, () => text('blocked', { key: 'k' }));
		for (const behind of [named, receiving(1)]) {
			const { served, again } = desk.commit([publishing(...blocked, text('good'), text('good')), behind], waiting);
			expect([served, again]).toEqual([[], true]);
			expect(desk.commit([], [...waiting, ...waiting]).served.flat().length).toBeGreaterThan(0);
		}
	}));
