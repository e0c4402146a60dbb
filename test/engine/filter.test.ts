import { describe, expect, test } from 'vitest';
import { matcherOf, Subject } from '../../durable-objects/filter/filter';
import { fits, inBody } from './filter';

test('all keys must fit; those that the policy does not name are ignored', () => {
	const policy = { customer_interests: ['rugby'], price_usd: [{ numeric: ['>', 100] }] };
	const isFit = (attributes: Record<string, string>) => fits(policy, 'attributes', { attributes });
	expect(isFit({ customer_interests: 'rugby', price_usd: '101', store: 'x' })).toBe(true);
	expect(isFit({ customer_interests: 'rugby', price_usd: '100' })).toBe(false);
	expect(isFit({ price_usd: '101' })).toBe(false);
});

test('a body that is no JSON object fits nothing, not even exists: false', () => {
	const isFit = matcherOf({ scope: 'body', policy: { key: [{ exists: false }] } });
	const bodies = ['', 'x', '1', 'null', '"x"', '[{}]', '{"a":', '{} {}'];
	expect(bodies.filter((body) => isFit(new Subject({ body })))).toEqual([]);
	expect(isFit(new Subject({ body: ' {} ' }))).toBe(true);
	expect(isFit(new Subject({ body: '{}', encoding: 'text' }))).toBe(true);
	expect(isFit(new Subject({ body: btoa('{}'), encoding: 'base64' }))).toBe(false);
	// `{}` is no base64, but what the encoding says is what counts.
	expect(isFit(new Subject({ body: '{}', encoding: 'base64' }))).toBe(false);
});

test('nested keys, through objects and arrays of them', () => {
	const policy = { order: { lines: { sku: [{ prefix: 'A' }], count: [{ numeric: ['>', 1] }] } } };
	expect(inBody(policy, { order: { lines: { sku: 'A1', count: 2 } } })).toBe(true);
	expect(inBody(policy, { order: { lines: [{ sku: 'B' }, [{ sku: 'A1', count: 2 }]] } })).toBe(true);
	expect(inBody(policy, { order: [{}, { lines: [{ sku: 'A1', count: 2 }] }] })).toBe(true);
	// One element must fit it all, not one element each key.
	expect(
		inBody(policy, {
			order: {
				lines: [
					{ sku: 'A1', count: 1 },
					{ sku: 'B', count: 2 },
				],
			},
		}),
	).toBe(false);
	expect(inBody(policy, { 'order.lines.sku': 'A1' })).toBe(false);
	expect(inBody(policy, { order: 'A1' })).toBe(false);
	const absent = { a: { b: [{ exists: false }] } };
	expect([{}, { a: 1 }, { a: [] }, { a: {} }, { a: { b: { c: 1 } } }].filter((body) => !inBody(absent, body))).toEqual(
		[],
	);
	expect([{ a: { b: 1 } }, { a: [1, { b: 1 }] }].filter((body) => inBody(absent, body))).toEqual([]);
});

describe('$or', () => {
	const cpu = { metricName: ['CPUUtilization', 'ReadLatency'] };
	const standard = { source: ['aws.cloudwatch'], $or: [cpu, { namespace: ['AWS/EC2'] }] };

	test.each([
		[{ source: 'aws.cloudwatch', metricName: 'CPUUtilization' }, true],
		[{ source: 'aws.cloudwatch', namespace: 'AWS/EC2' }, true],
		[{ source: 'aws.cloudwatch', namespace: 'AWS/ES' }, false],
		[{ source: 'aws.cloudwatch' }, false],
		[{ metricName: 'CPUUtilization' }, false],
	])('%j: %s', (message, expected) => {
		expect(fits(standard, 'attributes', { attributes: message as Record<string, string> })).toBe(expected);
		expect(inBody(standard, message)).toBe(expected);
	});

	test('within $or, and under a nested key', () => {
		const choices = { $or: [cpu, { metricType: ['T'], $or: [{ metricId: [1234] }, { spaceId: [1000] }] }] };
		expect(inBody(choices, { metricType: 'T', spaceId: 1000 })).toBe(true);
		expect(inBody(choices, { metricType: 'T', spaceId: 1234 })).toBe(false);
		expect(inBody(choices, { spaceId: 1000 })).toBe(false);
		expect(inBody({ detail: choices }, { detail: [{ metricType: 'T' }, { metricName: 'ReadLatency' }] })).toBe(true);
		expect(inBody({ detail: choices }, { metricName: 'ReadLatency' })).toBe(false);
	});

	test('is a key like any other where it is no array of two objects or more, or names a reserved word', () => {
		expect(inBody({ $or: ['x', 'y'] }, { $or: 'y' })).toBe(true);
		expect(inBody({ $or: { a: ['x'] } }, { $or: { a: 'x' } })).toBe(true);
		expect(inBody({ $or: [{ prefix: 'abc' }, { suffix: 'z' }] }, { $or: 'xyz' })).toBe(true);
		expect(inBody({ $or: [{ prefix: 'abc' }, { suffix: 'z' }] }, { $or: 'x' })).toBe(false);
	});
});
