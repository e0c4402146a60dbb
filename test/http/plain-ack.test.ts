import { expect, it } from 'vitest';
import { LIMITS } from '../../durable-objects/protocol';
import { AckBody, plainAck } from '../../src/schemas/consuming';

const receipts = Array.from({ length: LIMITS.batchMessages }, (_, index) => String(index).padStart(32, 'A'));

it.each<[string, unknown]>([
	['one receipt', { receipts: ['a'] }],
	['as many as there may be', { receipts }],
	['a receipt as long as one may be', { receipts: ['a'.repeat(64)] }],
	['one with a short answer', { receipts: ['a'], minimal: true }],
	['one with a full answer', { receipts: ['a'], minimal: false }],
])('%s is known at a glance, as the schema would have it', (_, body) => {
	expect(plainAck(body)).toEqual(AckBody.parse(body));
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['no object', []],
	['no receipts', {}],
	['none at all', { receipts: [] }],
	['too many', { receipts: [...receipts, 'a'] }],
	['another field beside', { receipts: ['a'], onlyLeased: true }],
	['an unknown field', { receipts: ['a'], receipt: 'b' }],
	['an answer of an unknown length', { receipts: ['a'], minimal: 1 }],
	['one that is no text', { receipts: [1] }],
	['an empty one', { receipts: [''] }],
	['one too long', { receipts: ['a'.repeat(65)] }],
])('%s is left to the schema', (_, body) => {
	expect(plainAck(body)).toBeNull();
});
