import { describe, expect, test } from 'vitest';
import { formatLine } from './format';
import { parse } from './parse';
import { matches } from './script';

describe('the language of the scripts', () => {
	test('every line survives being printed and read again', () => {
		const script = `
			0 queue maxReceives 2 deadLetter none backoff 1/2/60 visibilityTimeout 2.5 onPoison block
			0 publish a key k dedup d delay 1.5 ttl 60, b at 90 bytes 100 priority 3
			& receive 10 lease 30 by w1 -> a#1
			1.001 wait w 20 max 2 -> ok
			2 settle ack a#1, retry b#1 delay 3 reason "no, not yet", extend c#2 lease 9 -> acked, retried, stale
			2 browse delayed on q-dlq -> nothing
			2 redrive only a+b rate 5 to other on q-dlq -> 2
			2 redrive as r1 on q-dlq -> 2
			2 redrives on q-dlq -> r1 running 1 of 2
			2 cancel r1 on q-dlq -> r1 cancelled 1 of 2
			2 receive 3 lease 0 as again -> nothing
			2 settle ack a#1 only leased, retry b#1 delay 3 only leased -> expired, retried
			3 answer w -> nothing
			3 look a -> visible
			4 remove a
			5 figures -> visible 1
			6 restart
			6 courier after on q
			7 topic retention 60 dedupWindow 300 on topic/t
			7 publish m attr kind=order+size=3 body '{"size":3,"from":"x, y"}' on topic/t
			8 subscribe s to q1 from 3.5 filter '{"kind":["order",{"prefix":"pay"}]}' on topic/t
			8 subscribe r to q1 from #7 filter '{"a":{"b":[1]}}' scope body on topic/t
			8 subscribe u to q1 on topic/t
			9 seek s earliest on topic/t
			9 seek s now on topic/t
			9 lag s on topic/t -> lag 0, delivered 3, filtered 1, missed 0, on-time
			9 unsubscribe s on topic/t
			9 settle ack a#1, publish x key k to q2, publish y delay 3 attr kind=order to topic/t -> acked, published 2
			9 settle ack a#1, ack b#1, publish x to q2 for a#1 -> acked, kept, published 1
			9 courier crash on topic/t
			9 delete on q1
			<5 tick
		`;
		const lines = parse(script);
		const printed = lines.map(
			(line) => formatLine(line) + (line.expected ? ` -> ${line.expected.join(',') || 'nothing'}` : ''),
		);
		const again = parse(printed.join('\n'));
		expect(again.map(({ text: _, number: __, ...rest }) => rest)).toEqual(
			lines.map(({ text: _, number: __, ...rest }) => rest),
		);
		expect(lines[4]?.action).toEqual({
			verb: 'settle',
			entries: [
				{ kind: 'ack', receipt: 'a#1' },
				{ kind: 'retry', receipt: 'b#1', delayMs: 3_000, reason: 'no, not yet' },
				{ kind: 'extend', receipt: 'c#2', leaseMs: 9_000 },
			],
		});
	});

	test.each([
		['0 fly', '"fly" is not a verb'],
		['x publish a', 'expected the instant in seconds, found "x"'],
		['5 publish a\n4 publish b', 'time runs backwards'],
		['0 publish', "expected the message's name, found the end"],
		['0 publish a color red', '"color" is none of key, dedup'],
		['0 publish a key k key l', '"key" stands twice'],
		['0 ack a', '"a" is no receipt'],
		['0 extend a#1', 'extend needs "lease <seconds>"'],
		['0 receive 1', '"receive" needs "-> <answer>"'],
		['0 receive 1 ->', 'an empty answer'],
		['& receive 1 -> nothing', '"&" needs a line before it'],
		['0 purge now', '"now" is one word too many'],
		['0 queue onPoison wait', '"wait" is none of dead-letter, block'],
		['0 queue backoff 1/2', '"1/2" is no backoff'],
		['0 subscribe s on topic/t', 'subscribe needs "to <queue>"'],
		['0 subscribe s to q from yesterday on topic/t', '"yesterday" is no place'],
		["0 subscribe s to q filter '{' on topic/t", 'expected a policy as JSON, found "{"'],
		['0 publish a attr kind', '"kind" is no name=value'],
		['0 settle ack a#1, publish x', 'what is published needs "to <queue>"'],
		['0 settle publish x to q2, ack a#1', '"ack" stands behind what is published'],
		['0 lag s on topic/t', '"lag" needs "-> <answer>"'],
	])('%s: says what is wrong', (script, message) => {
		expect(() => parse(script)).toThrow(message);
	});

	test('an error names the line and quotes it', () => {
		expect(() => parse('\n\n  0 publish a\n  1 fly away')).toThrow('line 4: "fly" is not a verb\n    1 fly away');
	});

	test('an answer may say less than it knows, but not another thing', () => {
		const receive = { verb: 'receive', max: 2 } as const;
		expect(matches(receive, ['a#1'], ['a#1 until 30'])).toBe(true);
		expect(matches(receive, ['a#1'], ['a#10'])).toBe(false);
		expect(matches(receive, ['a#1'], ['a#1', 'b#1'])).toBe(false);
		expect(matches(receive, ['a#1 replay'], ['a#1 replay until 30'])).toBe(true);
		expect(matches(receive, ['a#1'], ['a#1 replay until 30'])).toBe(false);
		expect(matches(receive, ['a#1 replay'], ['a#1 until 30'])).toBe(false);
		expect(matches({ verb: 'figures' }, ['leased 1'], ['visible 0', 'leased 1'])).toBe(true);
		expect(matches({ verb: 'figures' }, ['leased 1'], ['visible 0', 'leased 10'])).toBe(false);
	});
});
