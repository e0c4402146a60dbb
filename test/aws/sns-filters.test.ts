import { describe, expect, test } from 'vitest';
import { bodiesUntil, newTopic, publish, raw, subscribed } from './topics.ts';

// One topic, a subscription per policy. Each message is named by what it carries; `last` passes none of the policies but
// one that takes anything, so the end is told by a second subscription of the same queue's topic: see `passing`.

type Attributes = Record<string, string | number | readonly string[]>;

function attributesFor(values: Attributes) {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => {
			if (typeof value === 'number') return [name, { DataType: 'Number', StringValue: String(value) }];
			if (typeof value === 'string') return [name, { DataType: 'String', StringValue: value }];
			return [name, { DataType: 'String.Array', StringValue: JSON.stringify(value) }];
		}),
	);
}

/** Which of the messages come through; one that carries `end` passes every policy, and comes last. */
async function passing(policy: object, scope: string, send: (topic: string) => Promise<void>): Promise<string[]> {
	const topic = await newTopic();
	const withEnd = { $or: [policy, { end: [{ exists: true }] }] };
	const { queue } = await subscribed(
		{ ...raw, FilterPolicy: JSON.stringify(withEnd), FilterPolicyScope: scope },
		{ topic },
	);
	await send(topic);
	const end = { MessageAttributes: attributesFor({ end: 'end' }) };
	await publish(topic, '{"end":"end"}', end);
	return (await bodiesUntil(queue, '{"end":"end"}')).slice(0, -1);
}

describe('a filter policy on attributes', () => {
	const messages: Record<string, Attributes> = {
		paid: { kind: 'paid', amount: 50 },
		refunded: { kind: 'refunded', amount: -5 },
		shipped: { kind: 'Shipped', amount: 100.5, address: '10.1.2.3' },
		listed: { kind: ['paid', 'late'] },
		bare: {},
	};
	const cases: readonly [string, object, readonly string[]][] = [
		['exact', { kind: ['paid'] }, ['paid', 'listed']],
		['several values', { kind: ['paid', 'refunded'] }, ['paid', 'refunded', 'listed']],
		['several names', { kind: ['paid'], amount: [50] }, ['paid']],
		['anything-but', { kind: [{ 'anything-but': ['paid'] }] }, ['refunded', 'shipped', 'listed']],
		['anything-but a prefix', { kind: [{ 'anything-but': { prefix: 're' } }] }, ['paid', 'shipped', 'listed']],
		['prefix', { kind: [{ prefix: 're' }] }, ['refunded']],
		['suffix', { kind: [{ suffix: 'ed' }] }, ['refunded', 'shipped']],
		['equals-ignore-case', { kind: [{ 'equals-ignore-case': 'SHIPPED' }] }, ['shipped']],
		['wildcard', { kind: [{ wildcard: 'r*d' }] }, ['refunded']],
		['a range of numbers', { amount: [{ numeric: ['>', 0, '<=', 50] }] }, ['paid']],
		['a number', { amount: [{ numeric: ['=', 100.5] }] }, ['shipped']],
		['exists', { amount: [{ exists: true }] }, ['paid', 'refunded', 'shipped']],
		['exists not', { amount: [{ exists: false }] }, ['listed', 'bare']],
		['an address', { address: [{ cidr: '10.1.0.0/16' }] }, ['shipped']],
		['$or', { $or: [{ kind: ['refunded'] }, { amount: [100.5] }] }, ['refunded', 'shipped']],
	];
	test.each(cases)('%s', async (_, policy, expected) => {
		const through = await passing(policy, 'MessageAttributes', async (topic) => {
			for (const [name, attributes] of Object.entries(messages)) {
				await publish(topic, name, { MessageAttributes: attributesFor(attributes) });
			}
		});
		expect(through.toSorted()).toEqual(expected.toSorted());
	});
});

describe('a filter policy on the body', () => {
	const bodies = [
		'{"kind":"paid","order":{"total":120,"items":[{"sku":"a"},{"sku":"b"}]}}',
		'{"kind":"refunded","order":{"total":20,"items":[]},"reason":null}',
		'{"kind":"paid"}',
		'not JSON',
	] as const;
	const cases: readonly [string, object, readonly number[]][] = [
		['a key', { kind: ['paid'] }, [0, 2]],
		['nested keys', { order: { total: [{ numeric: ['>', 100] }] } }, [0]],
		['what is in a list', { order: { items: { sku: ['b'] } } }, [0]],
		['null', { reason: [null] }, [1]],
		['exists not', { order: { total: [{ exists: false }] } }, [2]],
	];
	test.each(cases)('%s', async (_, policy, expected) => {
		const through = await passing(policy, 'MessageBody', async (topic) => {
			for (const body of bodies) await publish(topic, body);
		});
		expect(through.toSorted()).toEqual(expected.map((index) => bodies[index]).toSorted());
	});
});
