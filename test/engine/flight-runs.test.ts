import { expect, test } from 'vitest';
import type { EngineFigures } from '../../durable-objects/engine/figures';
import { isRefusal, LIMITS, type Refusal, type SettleResult } from '../../durable-objects/protocol';
import { acknowledging, atDesk, type Desk, numbered, publishing, receiving, text } from './bounds';

const second = 1_000;

function publish(desk: Desk, count: number, size = 1): void {
	desk.commit([publishing(...numbered(count, (index) => text(`${index}`.padEnd(size))))]);
}

function figuresOf(desk: Desk): EngineFigures {
	return desk.run({ kind: 'figures' });
}

/** Acknowledges so many from one position on, as one. */
function acknowledgeRun(desk: Desk, position: number, count: number): SettleResult {
	return desk.run({ kind: 'settle', command: { ack: [{ position, attempt: 1, count }], retry: [], extend: [] } });
}

test('what was received together is acknowledged as one, with an outcome for each', () =>
	atDesk({}, (desk) => {
		publish(desk, 10);
		const [first] = desk.receive(10);
		const position = first?.position ?? 0;
		expect(figuresOf(desk)).toMatchObject({ visible: 0, leased: 10 });
		expect(acknowledgeRun(desk, position, 10).ack).toEqual(numbered(10, () => ({ outcome: 'acked' })));
		expect(acknowledgeRun(desk, position, 10).ack).toEqual(numbered(10, () => ({ outcome: 'unknown' })));
		expect(figuresOf(desk)).toMatchObject({ visible: 0, leased: 0, totals: { delivered: 10, acknowledged: 10 } });
		expect(desk.first('SELECT 1 FROM segment')).toBeUndefined();
		expect(desk.site.build().snapshot()).toEqual(desk.site.engine.snapshot());
	}));

test('a part that is acknowledged leaves the rest, which comes again in its order', () =>
	atDesk({}, (desk) => {
		publish(desk, 6);
		const [first] = desk.receive(6, second);
		const position = first?.position ?? 0;
		expect(acknowledgeRun(desk, position + 1, 2).ack).toEqual(numbered(2, () => ({ outcome: 'acked' })));
		expect(desk.site.build().snapshot()).toEqual(desk.site.engine.snapshot());
		desk.now += second;
		expect(desk.receive(10).map(({ position: at, attempt }) => [at - position, attempt])).toEqual([
			[0, 2],
			[3, 2],
			[4, 2],
			[5, 2],
		]);
		// More than it was of, and at another attempt: each for itself.
		const { ack } = acknowledgeRun(desk, position, 6);
		expect(ack.map(({ outcome }) => outcome)).toEqual(['stale', 'unknown', 'unknown', 'stale', 'stale', 'stale']);
	}));

test('new settings hold for what was received before: its last attempt is over with its lease', () =>
	atDesk({ maxReceives: 3, deadLetter: 'dead' }, (desk) => {
		publish(desk, 4);
		desk.receive(4, second);
		const { queue } = desk;
		const settings = { ...queue.settings, maxReceives: 1 };
		desk.commit([{ kind: 'configure', queue: { ...queue, version: queue.version + 1, settings } }]);
		desk.now += second;
		desk.commit([{ kind: 'tick' }]);
		expect(figuresOf(desk)).toMatchObject({ visible: 0, leased: 0, owed: 4, totals: { deadLettered: 4 } });
	}));

test('a partition holds as many as it may, and no answer is larger than it may be', () =>
	atDesk({}, (desk) => {
		for (let published = 0; published < LIMITS.inFlight + 150; published += 150) publish(desk, 150);
		let held = 0;
		for (;;) {
			const received = desk.run<Refusal | unknown[]>(receiving(100));
			if (isRefusal(received)) break;
			held += received.length;
			desk.now++;
		}
		expect(held).toBe(LIMITS.inFlight);
		expect(figuresOf(desk).leased).toBe(LIMITS.inFlight);

		desk.commit([{ kind: 'purge', forgetDedup: false }]);
		const size = LIMITS.receiveBytes / 8;
		for (let published = 0; published < 20; published++) publish(desk, 1, size);
		for (let left = 20; left > 0; left -= 8) expect(desk.receive(100)).toHaveLength(Math.min(8, left));
		publish(desk, 20, size / 4);
		expect(desk.receive(100)).toHaveLength(20);
	}));

test('a late acknowledgement takes one out of a run before the rest is handed out again', () =>
	atDesk({}, (desk) => {
		publish(desk, 3);
		const received = desk.receive(3, second);
		desk.now += second;
		const { results } = desk.commit([receiving(10), acknowledging(received.slice(0, 1))]);
		expect(results[0]).toHaveLength(2);
		expect(desk.site.build().snapshot()).toEqual(desk.site.engine.snapshot());
	}));

test('messages of a priority are held as a run too, and answered with their own sequence numbers', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b', { priority: 3 }), text('c', { priority: 3 }))]);
		const received = desk.receive(10);
		expect(received.map(({ body, priority, sequence }) => [body, priority, sequence % 2 ** 48])).toEqual([
			['b', 3, 2],
			['c', 3, 3],
			['a', 0, 1],
		]);
		const [b] = received;
		expect(acknowledgeRun(desk, b?.position ?? 0, 2).ack).toEqual(numbered(2, () => ({ outcome: 'acked' })));
		expect(figuresOf(desk)).toMatchObject({ visible: 0, leased: 1 });
	}));
