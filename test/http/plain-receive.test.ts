import { expect, it } from 'vitest';
import { LIMITS } from '../../durable-objects/protocol';
import { plainReceive, ReceiveBody } from '../../src/schemas/consuming';

const ack = Array.from({ length: LIMITS.batchMessages }, (_, index) => String(index).padStart(32, 'A'));

it.each<[string, unknown]>([
	['nothing said', {}],
	['a number of messages', { max: 1 }],
	['as many as there may be', { max: LIMITS.batchMessages, ack }],
	['no receipts', { ack: [] }],
	['a receipt as long as one may be', { max: 5, ack: ['a'.repeat(64)] }],
	['a short answer', { minimal: true, ack: ['a'] }],
	['a full answer', { minimal: false }],
])('a receive with %s is known at a glance, as the schema would have it', (_, body) => {
	expect(plainReceive(body)).toStrictEqual(ReceiveBody.parse(body));
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['null', null],
	['no object', []],
	['a text', 'max'],
	['none', { max: 0 }],
	['too many', { max: LIMITS.batchMessages + 1 }],
	['a part of a message', { max: 1.5 }],
	['a number as text', { max: '1' }],
	['a wait', { waitSeconds: 20 }],
	['an unknown field', { max: 1, maximum: 1 }],
	['too many receipts', { ack: [...ack, 'a'] }],
	['a receipt that is no text', { ack: [1] }],
	['an empty receipt', { ack: [''] }],
	['a receipt too long', { ack: ['a'.repeat(65)] }],
	['an answer of an unknown length', { minimal: null }],
])('%s is left to the schema', (_, body) => {
	expect(plainReceive(body)).toBeNull();
});
