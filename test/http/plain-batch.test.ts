import { expect, it } from 'vitest';
import { LIMITS } from '../../durable-objects/protocol';
import { BatchBody, plainBatch } from '../../src/schemas/messages';

const long = 'k'.repeat(LIMITS.keyLength);

it.each<[string, unknown]>([
	['bodies', { messages: [{ body: 'a' }, { body: '' }] }],
	['bodies, to be counted,', { messages: [{ body: 'a' }], minimal: true }],
	['bodies, to be listed,', { messages: [{ body: 'a' }], minimal: false }],
	[
		'keys and dedupIds',
		{
			messages: [
				{ body: 'a', key: 'k', dedupId: 'd' },
				{ body: 'é', key: long },
			],
		},
	],
	['as many as there may be', { messages: Array.from({ length: LIMITS.batchMessages }, () => ({ body: 'a' })) }],
])('a batch of %s is known at a glance, as the schema would have it', (_, batch) => {
	const parsed = BatchBody.parse(batch);
	expect(plainBatch(batch)).toEqual(parsed);
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['no object', []],
	['no messages', {}],
	['an empty batch', { messages: [] }],
	['too many', { messages: Array.from({ length: LIMITS.batchMessages + 1 }, () => ({ body: 'a' })) }],
	['another field beside', { messages: [{ body: 'a' }], more: 1 }],
	['an answer of an unknown length', { messages: [{ body: 'a' }], minimal: 'yes' }],
	['a message that is none', { messages: ['a'] }],
	['null for a message', { messages: [null] }],
	['a message without a body', { messages: [{ key: 'k' }] }],
	['a body that is no text', { messages: [{ body: 1 }] }],
	['a lone surrogate', { messages: [{ body: '\ud800' }] }],
	['an empty key', { messages: [{ body: 'a', key: '' }] }],
	['a key too long', { messages: [{ body: 'a', key: `${long}k` }] }],
	['a dedupId that is no text', { messages: [{ body: 'a', dedupId: 7 }] }],
	['an option', { messages: [{ body: 'a', delaySeconds: 1 }] }],
	['an unknown field', { messages: [{ body: 'a', bodi: 'b' }] }],
	['an encoding', { messages: [{ body: 'YQ==', encoding: 'base64' }] }],
])('%s is left to the schema', (_, batch) => {
	expect(plainBatch(batch)).toBeNull();
});
