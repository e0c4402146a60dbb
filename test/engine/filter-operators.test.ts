import { describe, expect, test } from 'vitest';
import { fits, inBody } from './filter';

/** The values of one key, with what fits them and what does not: as attributes' texts and as bodies' values. */
interface Row {
	readonly values: readonly unknown[];
	readonly texts?: { readonly fit: readonly string[]; readonly not: readonly string[] };
	readonly bodies: { readonly fit: readonly unknown[]; readonly not: readonly unknown[] };
}

const words = (fit: readonly string[], not: readonly string[]) => ({ texts: { fit, not }, bodies: { fit, not } });

/** Most are the examples of the Amazon SNS Developer Guide, "String value matching" and "Numeric value matching". */
const ROWS: Readonly<Record<string, Row>> = {
	'equal to a string': {
		values: ['rugby', 'tennis'],
		texts: {
			fit: ['rugby', 'tennis', '["rugby", "tennis"]', '["x","tennis"]'],
			not: ['baseball', '["baseball"]', 'Rugby'],
		},
		bodies: { fit: ['rugby', ['x', 'tennis'], [['x', ['rugby']]]], not: ['baseball', [], null, { rugby: 'rugby' }] },
	},
	'equal to an empty string': { values: [''], ...words([''], ['x']) },
	'equal to a number': {
		values: [301.5],
		texts: { fit: ['301.5', '3.015e2', '[1, 301.5]'], not: ['301', '0301.5', ' 301.5', '301.5px', '["301.5"]', ''] },
		bodies: { fit: [301.5, [1, 301.5]], not: ['301.5', 301, null] },
	},
	'a string of digits': {
		values: ['100'],
		texts: { fit: ['100'], not: ['1e2', '[100]'] },
		bodies: { fit: ['100'], not: [100] },
	},
	'equal to true, false or null': {
		values: [true, null],
		texts: { fit: ['[true]', '[null]'], not: ['true', 'null', '[false]'] },
		bodies: { fit: [true, null, [null]], not: ['true', false, 0, [], 'null'] },
	},
	prefix: {
		values: [{ prefix: 'bas' }],
		...words(['baseball', 'basketball', 'bas'], ['rugby', 'Baseball', 'ba', 'abas']),
	},
	suffix: { values: [{ suffix: 'ball' }], ...words(['baseball', 'ball'], ['rugby', 'balls', 'all']) },
	'prefix of what is no string': { values: [{ prefix: '1' }], bodies: { fit: ['12'], not: [12, true, null, [1]] } },
	'equals-ignore-case': {
		values: [{ 'equals-ignore-case': 'Tennis' }],
		...words(['TENNIS', 'tennis'], ['rugby', 'tenni']),
	},
	wildcard: { values: [{ wildcard: '*ball' }], ...words(['baseball', 'ball'], ['rugby', 'balls']) },
	'wildcard in the middle': {
		values: [{ wildcard: 'a*b*c' }],
		...words(['abc', 'a-b-b-c'], ['ac', 'acb', 'abcd', 'xabc']),
	},
	'wildcard does not use a character twice': {
		values: [{ wildcard: 'ab*ba' }],
		...words(['abba', 'abxba'], ['aba', 'ab']),
	},
	'wildcard escaped': { values: [{ wildcard: '\\**\\\\' }], ...words(['*\\', '*x\\'], ['x\\', '*', '\\*\\x']) },
	'wildcard of everything': { values: [{ wildcard: '*' }], ...words(['', 'x', '**'], []) },
	'wildcard without one': { values: [{ wildcard: 'a' }], ...words(['a'], ['', 'aa']) },
	'cidr of IPv4': {
		values: [{ cidr: '10.0.0.0/24' }],
		...words(['10.0.0.0', '10.0.0.255'], ['10.1.1.0', '10.0.1.0', '10.0.0.256', '10.0.0', '10.0.0.01', '::a00:0', 'x']),
	},
	'cidr not of whole octets': {
		values: [{ cidr: '172.16.77.1/12' }],
		...words(['172.31.0.0'], ['172.32.0.0', '172.15.0.0']),
	},
	'cidr of one and of all': {
		values: [{ cidr: '1.2.3.4/32' }, { cidr: '::/0' }],
		...words(['1.2.3.4', '::', 'f::1'], ['1.2.3.5']),
	},
	'cidr of IPv6': {
		values: [{ cidr: '2001:db8::/33' }],
		...words(
			['2001:db8::1', '2001:DB8:7fff::', '2001:db8:0:1:2:3:4:5', '2001:db8::1.2.3.4'],
			[
				'2001:db8:8000::',
				'2001:db9::',
				'2001:db8',
				'2001:db8::1::2',
				'2001:db8::1%0',
				':::',
				'2001:db8:0:1:2:3:4:5:6',
				'32.1.13.184',
			],
		),
	},
	'anything-but a list': {
		values: [{ 'anything-but': ['rugby', 'tennis'] }],
		texts: {
			fit: ['baseball', 'football', '["rugby", "baseball"]', '1'],
			not: ['rugby', '["rugby"]', '["tennis","rugby"]', '[]'],
		},
		bodies: { fit: ['baseball', ['rugby', 'baseball'], 1, false, null], not: ['rugby', ['rugby'], [], { a: 'x' }] },
	},
	'anything-but a string': { values: [{ 'anything-but': 'rugby' }], ...words(['tennis'], ['rugby']) },
	'anything-but numbers': {
		values: [{ 'anything-but': [100, 500] }],
		texts: { fit: ['101', '100.1', '[100, 50]', 'x'], not: ['100', '5e2', '[100]'] },
		bodies: { fit: [101, 100.1, [100, 50], '100'], not: [100, [100, 500]] },
	},
	'anything-but a prefix': {
		values: [{ 'anything-but': { prefix: 'order-' } }],
		...words(['data-entry', 'order_number'], ['order-cancelled']),
	},
	'anything-but a suffix': { values: [{ 'anything-but': { suffix: 'ball' } }], ...words(['rugby'], ['baseball']) },
	'anything-but a wildcard': {
		values: [{ 'anything-but': { wildcard: '*/lib/*' } }],
		...words(['/usr/bin'], ['/usr/lib/x']),
	},
	'anything-but some prefixes': {
		values: [{ 'anything-but': { prefix: ['a', 'b'] } }],
		...words(['c', ''], ['ax', 'bx']),
	},
	'numeric equality': {
		values: [{ numeric: ['=', 301.5] }],
		texts: { fit: ['301.5', '3.015e2'], not: ['301', 'x', '0x10', ''] },
		bodies: { fit: [301.5], not: [301, '301.5', true, null] },
	},
	'numeric below': {
		values: [{ numeric: ['<', 0] }],
		texts: { fit: ['-1'], not: ['0'] },
		bodies: { fit: [-0.5], not: [0, null] },
	},
	'numeric at most': {
		values: [{ numeric: ['<=', 0] }],
		texts: { fit: ['0', '-0'], not: ['0.1'] },
		bodies: { fit: [0], not: [1] },
	},
	'numeric at least': {
		values: [{ numeric: ['>=', 1] }],
		texts: { fit: ['1'], not: ['0.9'] },
		bodies: { fit: [1, 2e9], not: [0.9] },
	},
	'numeric range': {
		values: [{ numeric: ['>', 0, '<=', 150] }],
		texts: { fit: ['0.1', '150'], not: ['0', '150.1', '-1'] },
		bodies: { fit: [1, 150, [200, 100]], not: [0, 151, [-1, 200]] },
	},
	'anything-but, or absent': {
		values: [{ 'anything-but': ['rugby'] }, { exists: false }],
		texts: { fit: ['tennis'], not: ['rugby'] },
		bodies: { fit: ['tennis', undefined, []], not: ['rugby'] },
	},
	'exists: true': {
		values: [{ exists: true }],
		texts: { fit: ['fans', '["a"]'], not: ['', '[]', '[""]'] },
		bodies: { fit: ['fans', 0, false, ['a']], not: [undefined, null, '', [], { a: 1 }, [{ a: 1 }]] },
	},
	'exists: false': {
		values: [{ exists: false }],
		texts: { fit: ['', '[]'], not: ['fans', '["a"]'] },
		bodies: { fit: [undefined, null, '', [], { a: 1 }], not: ['fans', 0, ['a']] },
	},
};

describe.each(Object.entries(ROWS))('%s', (_name, { values, texts, bodies }) => {
	test('of attributes', () => {
		const isFit = (text: string) => fits({ key: values }, 'attributes', { attributes: { other: 'x', key: text } });
		expect(texts?.fit.filter((text) => !isFit(text)) ?? []).toEqual([]);
		expect(texts?.not.filter(isFit) ?? []).toEqual([]);
	});

	test('of bodies', () => {
		const isFit = (value: unknown) => inBody({ key: values }, { other: 'x', key: value });
		expect(bodies.fit.filter((value) => !isFit(value))).toEqual([]);
		expect(bodies.not.filter(isFit)).toEqual([]);
	});
});

test('an absent key fits exists: false, and nothing else', () => {
	const fitting = Object.entries(ROWS).filter(([, { values }]) => fits({ key: values }, 'attributes', {}));
	expect(fitting.map(([name]) => name)).toEqual(['anything-but, or absent', 'exists: false']);
});
