import { expect, test } from 'vitest';
import { LIMITS, type ReceivedMessage } from '../../durable-objects/protocol';
import { acknowledging, atDesk, type Desk, numbered, publishing, receiving, text } from './bounds';

const HOUR_MS = 3_600_000;

function named(attemptId: string, max: number, leaseMs: number) {
	const { kind, command } = receiving(max, leaseMs);
	return { kind, command: { ...command, attemptId } } as const;
}

/** Rows that a commit writes; totals and the like were written before. */
function rowsOf(desk: Desk, play: () => void): number {
	const before = desk.site.database.rowsWritten;
	play();
	return desk.site.database.rowsWritten - before;
}

function remembered(desk: Desk): number {
	return desk.first<{ count: number }>('SELECT count(*) AS count FROM receive_attempt')?.count ?? 0;
}

test('a name costs one row when messages are handed out, and one when the first of them is settled', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(...numbered(40, () => text('a')))]);
		desk.receive(10, HOUR_MS);
		let plain: ReceivedMessage[] = [];
		let again: ReceivedMessage[] = [];
		const plainRows = rowsOf(desk, () => (plain = desk.receive(10, HOUR_MS)));
		const namedRows = rowsOf(desk, () => (again = desk.run(named('r', 10, HOUR_MS))));
		expect({ plainRows, namedRows }).toEqual({ plainRows: 1, namedRows: 2 });
		expect(rowsOf(desk, () => desk.run(named('none', 10, HOUR_MS)))).toBe(2);
		expect(rowsOf(desk, () => desk.run(named('empty', 10, HOUR_MS)))).toBe(0);
		expect(rowsOf(desk, () => desk.run(named('r', 10, HOUR_MS)))).toBe(1);

		const settled = (messages: ReceivedMessage[]) => rowsOf(desk, () => desk.commit([acknowledging(messages)]));
		expect(settled(again.slice(0, 1)) - settled(plain.slice(0, 1))).toBe(1);
		expect(settled(again.slice(1, 2)) - settled(plain.slice(1, 2))).toBe(0);
	}));

test('what is not asked again in its time is swept, though its messages are still held', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'))]);
		desk.run(named('r', 1, HOUR_MS));
		desk.run(named('s', 1, HOUR_MS));
		desk.site.restart();
		const { dueAt } = desk.commit([{ kind: 'tick' }]);
		expect(dueAt).toBe(desk.now + LIMITS.receiveAttemptMs);
		desk.now += LIMITS.receiveAttemptMs - 1;
		desk.commit([{ kind: 'tick' }]);
		expect(remembered(desk)).toBe(2);
		desk.now++;
		desk.commit([{ kind: 'tick' }]);
		expect(remembered(desk)).toBe(0);
		expect(desk.run<{ leased: number }>({ kind: 'figures' }).leased).toBe(2);
	}));

test('a purge, and the end of the queue, forget what could be repeated', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'))]);
		desk.run(named('r', 1, HOUR_MS));
		desk.commit([{ kind: 'purge' }]);
		expect(remembered(desk)).toBe(0);
		desk.commit([publishing(text('c'))]);
		expect(desk.run<ReceivedMessage[]>(named('r', 1, HOUR_MS))).toMatchObject([{ body: 'c', attempt: 1 }]);
		desk.commit([{ kind: 'destroy' }]);
		expect(remembered(desk)).toBe(0);
	}));

test('two receives of one name in one commit get the same', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'), text('c'))]);
		const { results } = desk.commit([named('r', 2, HOUR_MS), named('r', 2, 2 * HOUR_MS)]);
		const [first, second] = results as [ReceivedMessage[], ReceivedMessage[]];
		expect(second.map(({ body, attempt }) => `${body}#${attempt}`)).toEqual(['a#1', 'b#1']);
		expect(first.map(({ position }) => position)).toEqual(second.map(({ position }) => position));
		desk.site.restart();
		desk.now += HOUR_MS;
		expect(desk.receive(3).map(({ body }) => body)).toEqual(['c']);
	}));

test('a message that was handed out before the first time was noted has its last time for that', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'))]);
		desk.receive(1, 1_000);
		desk.now += 1_000;
		desk.receive(1, 1_000);
		const second = desk.now;
		desk.site.database.run('UPDATE straggler SET first_handed_out_at = NULL');
		desk.site.restart();
		desk.now += 1_000;
		const [again] = desk.receive(1, 1_000) as [ReceivedMessage];
		expect(again).toMatchObject({ attempt: 3, firstReceivedAt: second });
		expect(desk.first('SELECT first_handed_out_at AS first FROM straggler')).toEqual({ first: second });
	}));

test('a lease of no time at all ends a receive that is filled key by key, too', () =>
	atDesk({}, (desk) => {
		const keyed = (key: string) => text(key, { key });
		desk.commit([publishing(keyed('k'), keyed('l'), keyed('k'), text('free'), text('k', { key: 'k', delayMs: 5 }))]);
		const ask = {
			kind: 'receive',
			command: { max: 10, consumer: 'w', keyFirst: true, visibilityTimeoutMs: 0 },
		} as const;
		const given = () => desk.run<ReceivedMessage[]>(ask).map(({ sequence, attempt }) => `${sequence}#${attempt}`);
		expect(given().sort()).toEqual(['1#1', '2#1', '3#1', '4#1']);
		expect(given().sort()).toEqual(['1#2', '2#2', '4#2']);
	}));
