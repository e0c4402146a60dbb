import { expect, it } from 'vitest';
import { type MessageRun, messagesOf, type ReceivedMessage } from '../../durable-objects/protocol';
import { minimalAnswer, minimalText, minimalTexts, receivedAnswer, receivedText } from '../../src/answers';
import { MinimalAnswer, ReceivedAnswer } from '../../src/schemas/messages';

const plain: ReceivedMessage = {
	id: '0123456789abcdef-2s',
	position: 100,
	sequence: 100,
	priority: 0,
	body: 'a body',
	size: 6,
	publishedAt: 1_700_000_000_000,
	attempt: 1,
	leaseExpiresAt: 1_700_000_030_000,
	firstReceivedAt: 1_700_000_001_000,
};

it.each<[string, Partial<ReceivedMessage>]>([
	['nothing but a body', {}],
	['an empty body', { body: '', size: 0 }],
	[
		'quotes, controls and other scripts',
		{ body: '"\\\b\u2028\u0000é漢😀\n</script>', key: 'k"\\\n', contentType: 'a"b\\' },
	],
	['base64', { body: 'YQ==', encoding: 'base64', size: 1 }],
	['a key and a content type', { key: 'k', contentType: 'text/plain' }],
	['a priority', { priority: 9, attempt: 12 }],
	['no lease', { leaseExpiresAt: null }],
	['attributes', { attributes: { a: '"' } }],
	['no attributes', { attributes: {} }],
	['a trace', { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }],
	['a time to live', { expiresAt: 1_700_000_100_000 }],
	['failures', { failures: [{ attempt: 1, at: 1_700_000_000_500, reason: '"' }] }],
	[
		'a life before',
		{ deadLetter: { queue: 'q', sequence: 1, publishedAt: 1, buriedAt: 2, attempts: 3, failures: [] } },
	],
	['a copy', { copyOf: { topic: 't', id: 'i' } }],
	['what the native API does not show', { dedupId: 'd', annotations: { n: 'v' } as never }],
])('a message with %s is written as its schema says', (_, more) => {
	const message = { ...plain, ...more };
	for (const receipt of ['A'.repeat(32), null]) {
		expect(receivedText(message, receipt)).toBe(JSON.stringify(receivedAnswer(message, receipt)));
		expect(minimalText(message, receipt)).toBe(JSON.stringify(minimalAnswer(message, receipt)));
		expect(ReceivedAnswer.safeParse(JSON.parse(receivedText(message, receipt)))).toMatchObject({ success: true });
		expect(MinimalAnswer.strict().safeParse(JSON.parse(minimalText(message, receipt)))).toMatchObject({
			success: true,
		});
	}
});

it('the messages of a run are written as each of them would be', () => {
	const run: MessageRun = {
		...{ position: 2_000, publishedAt: 1, leaseExpiresAt: 3, firstReceivedAt: 2 },
		...{ sizes: [1, 0, 4, 2], bodies: '"a\\b\nxy' },
	};
	const receipts = ['A', 'B', 'C', 'D'];
	const each = messagesOf('tag', run).map((message, index) => minimalText(message, receipts[index] as string));
	expect(minimalTexts('tag', run, receipts)).toEqual(each);
	expect(each.map((text) => JSON.parse(text).body)).toEqual(['"', '', 'a\\b\n', 'xy']);
});
