import { expect, test } from 'vitest';
import type { EngineFigures } from '../../durable-objects/engine/figures';
import { type Handover, LIMITS, type ReceivedMessage, type SettleResult } from '../../durable-objects/protocol';
import { atDesk, publishing, text } from './bounds';

function handover(acks: readonly number[], to: string, ...bodies: string[]): Handover {
	return { acks, publish: [{ to, messages: bodies.map((body) => ({ body, size: body.length })) }] };
}

function settling(messages: readonly ReceivedMessage[], handovers: readonly Handover[]) {
	return { kind: 'settle', command: { ack: messages, retry: [], extend: [], handovers } } as const;
}

test('what one commit hands over to one target shares a row, in the order of its receipts', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'), text('c'))]);
		const messages = desk.receive(10);
		const before = desk.site.database.rowsWritten;
		const handovers = messages.map((_, index) => handover([index], 'next', `of ${index}`));
		desk.commit([settling(messages, handovers)]);
		// The segment's end, the outbox row, the tally.
		expect(desk.site.database.rowsWritten - before).toBe(3);
		const { parcel } = desk.site.engine.parcelFor('next');
		expect(parcel?.messages.map(({ body }) => body)).toEqual(['of 0', 'of 1', 'of 2']);
	}));

test('a partition that owes too much hands over nothing more, and acknowledges nothing by it', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'))]);
		const [first, second] = desk.receive(10) as [ReceivedMessage, ReceivedMessage];
		const many = Array.from({ length: LIMITS.owedMessages }, (_, index) => `${index}`);
		desk.commit([settling([first], [handover([0], 'away', ...many)])]);
		expect(desk.run<EngineFigures>({ kind: 'figures' }).owed).toBe(LIMITS.owedMessages);
		expect(desk.run(settling([second], [handover([0], 'away', 'one more')]))).toMatchObject({
			refused: 'courier_busy',
			retryAfterMs: LIMITS.courierInitialBackoffMs,
		});
		expect(desk.run<EngineFigures>({ kind: 'figures' })).toMatchObject({ leased: 1, owed: LIMITS.owedMessages });
		const plain = desk.run<SettleResult>({ kind: 'settle', command: { ack: [second], retry: [], extend: [] } });
		expect(plain.ack).toEqual([{ outcome: 'acked' }]);
	}));

test('targets do not look through what is owed to others: each knows its oldest parcel', () =>
	atDesk({}, (desk) => {
		for (const [index, to] of ['away', 'next', 'away', 'next'].entries()) {
			desk.commit([publishing(text('x'))]);
			desk.commit([settling(desk.receive(1), [handover([0], to, `${to} ${index}`)])]);
		}
		const oldest = (to: string) => desk.site.engine.parcelFor(to).parcel;
		const take = (to: string) => {
			const parcel = oldest(to);
			if (parcel === undefined) throw new Error(`${to} is owed nothing`);
			desk.commit([{ kind: 'taken', parcel, positions: new Set(parcel.messages.map((one) => one.courierPosition)) }]);
			return parcel.messages.map(({ body }) => body);
		};
		expect(take('next')).toEqual(['next 1']);
		desk.site.restart();
		expect(take('next')).toEqual(['next 3']);
		expect(oldest('next')).toBeUndefined();
		expect(desk.site.engine.owedTargets).toEqual(['away']);
		expect([take('away'), take('away')]).toEqual([['away 0'], ['away 2']]);
		expect(desk.site.engine.owedTargets).toEqual([]);
	}));
