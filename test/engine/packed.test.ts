import { describe, expect, it } from 'vitest';
import {
	countOf,
	type MessageRun,
	messagesIn,
	messagesOf,
	type NewMessage,
	oneByOne,
	outcomesOf,
	ownId,
	pack,
	packReceived,
	packResult,
	packSettle,
	publishAnswer,
	type Received,
	type ReceivedMessage,
	type SettleCommand,
	type SettleResult,
	type Unpacked,
	unpack,
	unpackReceived,
	unpackResult,
	unpackSettle,
} from '../../durable-objects/protocol';

const TAG = '0123456789abcdef';

/** What comes of it at the edge, message by message. */
function crossed(received: Received): ReceivedMessage[] {
	const { tag, parts } = unpackReceived(packReceived(TAG, received)) as Unpacked;
	return oneByOne(tag, parts);
}

describe('what is published', () => {
	const messages: NewMessage[] = [
		{ body: 'plain', size: 5 },
		{ body: '', size: 0 },
		{ body: 'é"\n😀', size: 9 },
		{ body: 'YQ==', encoding: 'base64', size: 1 },
		{ body: 'k', size: 1, key: 'key', dedupId: 'd' },
		{ body: 'a', size: 3, attributes: { b: 'c' }, priority: 4, delayMs: 5 },
		{ body: 'unheard of', size: 10, more: 1 } as NewMessage,
		{ body: 'last', size: 4 },
	];

	it('arrives as it was, alone and together', () => {
		expect(unpack(pack(messages))).toEqual(messages);
		for (const message of messages) expect(messagesIn(unpack(pack([message])))).toEqual([message]);
		expect(unpack(pack([]))).toEqual([]);
	});

	it('arrives as one batch where all of it is nothing but bodies', () => {
		const plain = ['abc', '', 'de'].map((body) => ({ body, size: body.length }));
		expect(unpack(pack(plain))).toEqual({ sizes: [3, 0, 2], bodies: 'abcde' });
		expect(messagesIn(unpack(pack(plain)))).toEqual(plain);
		const keyed = [...plain, { body: 'k', size: 1, key: 'key' }];
		expect(unpack(pack(keyed))).toEqual(keyed);
	});

	it('costs a number where it is nothing but a body', () => {
		expect(pack(Array.from({ length: 3 }, () => ({ body: 'abc', size: 3 })))).toEqual({
			messages: '[3,3,3]',
			bodies: 'abcabcabc',
		});
	});

	it('is answered as results only where all of it was accepted', () => {
		const accepted = { id: 'i', sequence: 1, duplicate: false };
		const refusal = { refused: 'backlog_full', detail: '' } as const;
		expect(publishAnswer(TAG, [accepted], {})).toBe(JSON.stringify({ results: [accepted] }));
		expect(publishAnswer(TAG, [accepted, refusal], {})).toBe(JSON.stringify([accepted, refusal]));
		expect(publishAnswer(TAG, refusal, {})).toBe(JSON.stringify(refusal));
	});

	it('is answered with ids or counted where all was accepted as one', () => {
		const run = { first: 35, count: 2 };
		const each = [
			{ id: `${TAG}-z`, sequence: 35, duplicate: false },
			{ id: `${TAG}-10`, sequence: 36, duplicate: false },
		];
		expect(outcomesOf(TAG, run)).toEqual(each);
		expect(publishAnswer(TAG, run, {})).toBe(JSON.stringify({ results: each }));
		expect(publishAnswer(TAG, run, { isMinimal: true })).toBe(JSON.stringify({ accepted: 2, duplicates: 0 }));
	});

	it('is counted where that is enough, and all of it was accepted', () => {
		const accepted = { id: 'i', sequence: 1, duplicate: false };
		const refusal = { refused: 'backlog_full', detail: '' } as const;
		const counted = publishAnswer(TAG, [accepted, { ...accepted, duplicate: true }], { isMinimal: true });
		expect(counted).toBe(JSON.stringify({ accepted: 2, duplicates: 1 }));
		expect(publishAnswer(TAG, [accepted, refusal], { isMinimal: true })).toBe(JSON.stringify([accepted, refusal]));
		expect(publishAnswer(TAG, refusal, { isMinimal: true })).toBe(JSON.stringify(refusal));
	});
});

describe('what is received', () => {
	const plain = (position: number, more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
		id: ownId(TAG, position),
		position,
		sequence: position,
		priority: 0,
		body: `body ${position}`,
		size: `body ${position}`.length,
		publishedAt: 1_000 + position,
		attempt: 1,
		leaseExpiresAt: 31_000,
		firstReceivedAt: 1_500,
		...more,
	});

	it('arrives as it was, whatever is beside it', () => {
		const received = [
			plain(1),
			plain(2, { key: 'k' }),
			plain(3, { contentType: 'text/plain' }),
			plain(4, { key: '', contentType: 'text/plain' }),
			plain(5, { attempt: 2, failures: [{ attempt: 1, at: 3, reason: 'r' }] }),
			plain(6, { id: 'elsewhere-7' }),
			plain(7, { body: 'é', size: 2 }),
			plain(8, { leaseExpiresAt: 32_000 }),
			plain(9, { firstReceivedAt: 1_400 }),
			plain(2 ** 48 + 10, { sequence: 10, priority: 1 }),
			plain(11, { attributes: { a: 'b' }, dedupId: 'd', expiresAt: 7 }),
			plain(12, { copyOf: { topic: 't', id: 'i' } }),
			plain(13),
		];
		expect(crossed(received)).toEqual(received);
		for (const message of received) expect(crossed([message])).toEqual([message]);
		expect(crossed([])).toEqual([]);
		const run: MessageRun = {
			...{ position: 200, publishedAt: 7, leaseExpiresAt: 30, firstReceivedAt: 10 },
			...{ sizes: [1, 0, 3], bodies: 'axyz' },
		};
		const [first, second, third] = messagesOf(TAG, run);
		expect([first, second, third].map((message) => message?.body)).toEqual(['a', '', 'xyz']);
		expect(second).toEqual(plain(201, { publishedAt: 7, leaseExpiresAt: 30, firstReceivedAt: 10, body: '', size: 0 }));
		// Runs decide how the others are written, wherever they stand.
		const mixed = [...received, run, plain(300, { key: 'k', leaseExpiresAt: 30, firstReceivedAt: 10 }), run];
		const each = oneByOne(TAG, mixed);
		expect(crossed(mixed)).toEqual(each);
		expect(crossed(each)).toEqual(each);
		expect(unpackReceived(packReceived(TAG, mixed))).toEqual({ tag: TAG, parts: mixed });
		expect([countOf(mixed), countOf(each)]).toEqual([each.length, each.length]);
		expect(crossed([run])).toEqual([first, second, third]);
		const atMostOnce = [plain(1, { leaseExpiresAt: null })];
		expect(crossed(atMostOnce)).toEqual(atMostOnce);
	});
});

describe('what is settled', () => {
	const none = { ack: [], retry: [], extend: [] };

	it('arrives as it was, in its order', () => {
		const command: SettleCommand = {
			...none,
			ack: [
				{ position: 5, attempt: 1 },
				{ position: 6, attempt: 1 },
				{ position: 7, attempt: 2 },
				{ position: 8, attempt: 2, onlyLeased: true },
				{ position: 9, attempt: 2, onlyLeased: true },
				{ position: 10, attempt: 2 },
				{ position: 3, attempt: 2 },
				{ position: 3, attempt: 1 },
			],
			retry: [{ position: 20, attempt: 1, delayMs: 5 }],
		};
		const acked = [{ acks: [0], publish: [] }];
		expect(unpackSettle(packSettle({ ...command, handovers: acked }))).toEqual({ ...command, handovers: acked });
		expect(unpackSettle(packSettle(none))).toEqual(none);
		const run = Array.from({ length: 100 }, (_, index) => ({ position: 50 + index, attempt: 1 }));
		expect(packSettle({ ...none, ack: run })).toBe('{"ack":[[50,100,1]],"retry":[],"extend":[]}');
	});

	it('arrives as one where it stands one after the other, unless something is published by it', () => {
		const ack = [
			...[5, 6, 7].map((position) => ({ position, attempt: 1 })),
			{ position: 8, attempt: 2 },
			...[9, 10].map((position) => ({ position, attempt: 2, onlyLeased: true as const })),
		];
		const [first, second, third] = [
			{ position: 5, attempt: 1, count: 3 },
			{ position: 8, attempt: 2 },
			{ position: 9, attempt: 2, onlyLeased: true, count: 2 },
		];
		expect(unpackSettle(packSettle({ ...none, ack })).ack).toEqual([first, second, third]);
		const again = unpackSettle(packSettle({ ...none, ack }));
		expect(unpackSettle(packSettle(again))).toEqual(again);
		const handovers = [{ acks: [5], publish: [] }];
		expect(unpackSettle(packSettle({ ...none, ack, handovers })).ack).toEqual(ack);
	});

	it('is answered as it was', () => {
		const acked = { outcome: 'acked' } as const;
		const results: SettleResult[] = [
			none,
			{ ...none, ack: [acked, acked] },
			{ ...none, ack: [acked, { outcome: 'unknown' }] },
			{ ack: [acked], retry: [{ outcome: 'retried', visibleAt: 3 }], extend: [] },
			{ ack: [acked], retry: [], extend: [{ outcome: 'extended', leaseExpiresAt: 3 }] },
		];
		for (const result of results) expect(unpackResult(packResult(result))).toEqual(result);
		const refusal = { refused: 'settings_stale', detail: '' } as const;
		expect(unpackResult(packResult(refusal))).toEqual(refusal);
	});
});
