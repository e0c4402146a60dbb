import { describe, expect, test } from 'vitest';
import { filterFaults, matcherOf } from '../../durable-objects/filter/filter';
import type { FilterScope } from '../../durable-objects/protocol';

const lines = (policy: unknown, scope: FilterScope = 'body') =>
	filterFaults(policy, scope).map(({ path, rule }) => `${path.join('.')} ${rule}`);

const words = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);

describe('a policy', () => {
	test.each([undefined, null, 1, 'x', [], [{ a: ['x'] }]])('%j must be an object', (policy) => {
		expect(lines(policy)).toEqual([' must be an object']);
	});

	test.each<[unknown, string]>([
		[{}, ' must have a key'],
		[{ a: {} }, 'a must have a key'],
		[{ a: 'x' }, 'a must be an array or an object'],
		[{ a: null }, 'a must be an array or an object'],
		[{ a: [] }, 'a must not be empty'],
		[{ a: { b: [] } }, 'a.b must not be empty'],
		[{ $or: [{ a: ['x'] }, {}] }, '$or.1 must have a key'],
		[{ $or: [{ a: ['x'] }, { b: [] }] }, '$or.1.b must not be empty'],
		[{ a: { $or: [{ b: [1] }, { c: 1 }] } }, 'a.$or.1.c must be an array or an object'],
		[{ $or: [{ a: ['x'] }] }, '$or.0.a is not an operator'],
		[{ $or: [{ numeric: 123 }, { prefix: 'abc' }] }, '$or.0.numeric must be an array of an operator and a number'],
	])('%j: %s', (policy, line) => {
		expect(lines(policy)).toEqual([expect.stringContaining(line)]);
	});

	test('of attributes has no nested keys, but has $or', () => {
		expect(lines({ a: { b: ['x'] } }, 'attributes')).toEqual([
			'a must be an array: only a filter of scope body has nested keys',
		]);
		expect(lines({ a: 'x' }, 'attributes')).toEqual(['a must be an array']);
		expect(lines({ $or: [{ a: ['x'] }, { b: { c: ['x'] } }] }, 'attributes')).toEqual([
			'$or.1.b must be an array: only a filter of scope body has nested keys',
		]);
		expect(lines({ $or: [{ a: ['x'] }, { b: ['x'] }] }, 'attributes')).toEqual([]);
	});
});

test.each<[unknown, string]>([
	[['x'], ' must be a string, number, true, false, null or an object of one operator'],
	[Number.POSITIVE_INFINITY, ' must be a finite number'],
	[{}, ' must have exactly one operator'],
	[{ prefix: 'a', suffix: 'b' }, ' must have exactly one operator'],
	[
		{ regex: 'a' },
		'.regex is not an operator: prefix, suffix, wildcard, equals-ignore-case, cidr, anything-but, exists, numeric',
	],
	[JSON.parse('{"__proto__":"a"}'), '.__proto__ is not an operator'],
	[{ constructor: 'a' }, '.constructor is not an operator'],
	[{ prefix: 1 }, '.prefix must be a string'],
	[{ suffix: ['a'] }, '.suffix must be a string'],
	[{ 'equals-ignore-case': null }, '.equals-ignore-case must be a string'],
	[{ wildcard: 1 }, '.wildcard must be a string'],
	[{ wildcard: 'a**' }, '.wildcard must not have two * in a row'],
	[{ wildcard: 'a\\n' }, '.wildcard must have a backslash only before * or another backslash'],
	[{ wildcard: 'a\\' }, '.wildcard must have a backslash only before * or another backslash'],
	[{ exists: 'true' }, '.exists must be true or false'],
	[{ cidr: 1 }, '.cidr must be a string'],
	[{ cidr: '10.0.0.0' }, '.cidr must be an IP address, one / and a number of bits'],
	[{ cidr: '10.0.0.0/8/8' }, '.cidr must be an IP address, one / and a number of bits'],
	[{ cidr: '10.0.0/8' }, '.cidr must start with an IPv4 or IPv6 address'],
	[{ cidr: '10.0.0.0/33' }, '.cidr must end with a number of bits from 0 to 32'],
	[{ cidr: '10.0.0.0/' }, '.cidr must end with a number of bits from 0 to 32'],
	[{ cidr: '::/129' }, '.cidr must end with a number of bits from 0 to 128'],
	[{ 'anything-but': true }, '.anything-but must be a string or a number'],
	[{ 'anything-but': [] }, '.anything-but must not be empty'],
	[{ 'anything-but': ['a', null] }, '.anything-but.1 must be a string or a number'],
	[{ 'anything-but': ['a', 1] }, '.anything-but.1 must be of the same type as the first'],
	[{ 'anything-but': [1, 1e10] }, '.anything-but.1 must be from -1000000000 to 1000000000'],
	[{ 'anything-but': {} }, '.anything-but must have exactly one of prefix, suffix, wildcard'],
	[{ 'anything-but': { numeric: ['=', 1] } }, '.anything-but must have exactly one of prefix, suffix, wildcard'],
	[{ 'anything-but': { prefix: '' } }, '.anything-but.prefix must not be empty'],
	[{ 'anything-but': { suffix: ['a', 1] } }, '.anything-but.suffix.1 must be a string'],
	[{ 'anything-but': { wildcard: [] } }, '.anything-but.wildcard must not be empty'],
	[{ 'anything-but': { wildcard: 'a**' } }, '.anything-but.wildcard must not have two * in a row'],
	[{ numeric: 1 }, '.numeric must be an array of an operator and a number, or of two of each'],
	[{ numeric: [] }, '.numeric must be an array of an operator and a number, or of two of each'],
	[{ numeric: ['>', 1, '<'] }, '.numeric must be an array of an operator and a number, or of two of each'],
	[{ numeric: ['!', 1] }, '.numeric.0 must be one of = > >= < <='],
	[{ numeric: ['>', '1'] }, '.numeric.1 must be a number'],
	[{ numeric: ['=', 1_000_000_000.5] }, '.numeric.1 must be from -1000000000 to 1000000000'],
	[{ numeric: ['=', 0.123456] }, '.numeric.1 must have at most 5 decimals'],
	[{ numeric: ['<', 0, '<=', 1] }, '.numeric.0 must be one of > >='],
	[{ numeric: ['>', 1, '=', 2] }, '.numeric.2 must be one of < <='],
	[{ numeric: ['>', 1, '<', null] }, '.numeric.3 must be a number'],
	[{ numeric: ['>=', 1, '<=', 1] }, '.numeric.3 must be greater than the lower end'],
])('the value %j: %s', (value, line) => {
	expect(lines({ a: ['fine', value] })).toEqual([expect.stringContaining(`a.1${line}`)]);
	expect(() => matcherOf({ scope: 'body', policy: { a: [value] } })).toThrow('a filter policy with faults');
});

test('the bounds of numbers are within them', () => {
	expect(lines({ a: [{ numeric: ['>=', -1_000_000_000, '<=', 1_000_000_000] }] })).toEqual([]);
	expect(lines({ a: [{ numeric: ['=', 123_456_789.12345] }, { numeric: ['=', -0.00001] }] })).toEqual([]);
	// No range is asked of a number to be equal to: AWS takes account numbers, of 12 digits.
	expect(lines({ account: [123_456_789_012] })).toEqual([]);
});

test('faults are all found, in order, up to 20', () => {
	expect(lines({ a: [[], { x: 1 }], b: 1, c: { d: [] } })).toEqual([
		expect.stringMatching(/^a\.0 must/),
		expect.stringMatching(/^a\.1\.x is not/),
		expect.stringMatching(/^b must/),
		expect.stringMatching(/^c\.d must/),
	]);
	expect(lines({ a: Array(1_000).fill([]) })).toHaveLength(20);
});

/** The examples are those of the Amazon SNS Developer Guide; a key of 75 values doubles past what is allowed. */
describe('combinations', () => {
	const tooMany = [' must have at most 150 combinations of values'];
	const or = [
		{ metricName: ['CPUUtilization', 'ReadLatency'] },
		{ metricType: ['MetricType'], $or: [{ metricId: [1234, 4321] }, { spaceId: [1000, 2000, 3000] }] },
	];

	test.each<[string, object, number]>([
		['flat keys multiply', { key_a: words(3), key_b: words(1), key_c: words(2) }, 6],
		['nested keys count their level', { key_a: { key_b: { key_c: words(4) } }, key_d: { key_e: words(3) } }, 72],
		['$or adds up', { source: ['aws.cloudwatch'], $or: or }, 7],
		[
			'nested $or',
			{
				$or: [{ metricName: words(2) }, { namespace: words(2) }],
				detail: { scope: ['Service'], $or: [{ source: ['a'] }, { type: ['b'] }] },
			},
			32,
		],
		['lists behind anything-but count', { a: [{ 'anything-but': words(3) }, 'x'] }, 4],
		['lists behind anything-but prefix count', { a: [{ 'anything-but': { prefix: words(3) } }] }, 3],
	])('%s', (_name, policy, expected) => {
		const room = Math.floor(150 / expected);
		expect(lines({ ...policy, more: words(room) })).toEqual([]);
		expect(lines({ ...policy, more: words(room + 1) })).toEqual(tooMany);
	});

	test('150 values of one key are allowed', () => {
		expect(lines({ a: words(150) })).toEqual([]);
		expect(lines({ a: words(151) })).toEqual(tooMany);
	});
});

test('a policy has at most 10 wildcard patterns, wherever they stand', () => {
	const patterns = (count: number) => Array.from({ length: count }, (_, index) => `*${index}*`);
	const policy = (count: number) => ({
		a: { b: [{ 'anything-but': { wildcard: patterns(4) } }] },
		$or: [{ c: [{ wildcard: '*x' }, { prefix: 'x' }] }, { d: patterns(count).map((wildcard) => ({ wildcard })) }],
	});
	expect(lines(policy(5))).toEqual([]);
	expect(lines(policy(6))).toEqual([' must have at most 10 wildcard patterns']);
});

test('a policy has at most 16 KiB of JSON, counted as bytes', () => {
	const room = 16 * 1_024 - JSON.stringify({ a: [''] }).length;
	expect(lines({ a: ['x'.repeat(room)] })).toEqual([]);
	expect(lines({ a: ['x'.repeat(room + 1)] })).toEqual([' must be at most 16384 bytes of JSON: it has 16385']);
	expect(lines({ a: ['é'.repeat(room / 2 + 1)] })).toHaveLength(1);
});
