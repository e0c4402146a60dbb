import { describe, expect, test } from 'vitest';
import { filterFaults, matcherOf, Subject } from '../../durable-objects/filter/filter';
import { Prng } from '../simulation/prng';

const levels = 10_000;

function nested(depth: number, inmost: unknown): unknown {
	let policy = inmost;
	for (let level = 0; level < depth; level++) policy = { a: policy };
	return policy;
}

function fits(policy: Record<string, unknown>, body: string): boolean {
	expect(filterFaults(policy, 'body')).toEqual([]);
	return matcherOf({ scope: 'body', policy })(new Subject({ body }));
}

describe('deep nesting', () => {
	test('of a policy is refused at its seventeenth level', () => {
		expect(filterFaults(nested(16, ['x']), 'body')).toEqual([]);
		const fault = { path: Array(16).fill('a'), rule: 'must not be nested deeper than 16 levels' };
		expect(filterFaults(nested(17, ['x']), 'body')).toEqual([fault]);
		expect(filterFaults(nested(levels, ['x']), 'body')).toEqual([fault]);
	});

	test('of $or, arrays and operators is refused, too', () => {
		let choice: unknown = { a: ['x'] };
		for (let level = 0; level < levels; level++) choice = { $or: [{ b: ['x'] }, choice] };
		const rules = filterFaults(choice, 'body').map(({ rule }) => rule);
		expect(new Set(rules)).toEqual(new Set(['must not be nested deeper than 16 levels']));
		const array = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
		expect(filterFaults({ a: array }, 'body')).toHaveLength(1);
		for (const operator of ['prefix', 'cidr', 'numeric', 'anything-but', 'exists']) {
			expect(filterFaults({ a: [{ [operator]: array }] }, 'body').length).toBeGreaterThan(0);
			expect(filterFaults({ a: [{ [operator]: nested(levels, 'x') }] }, 'body').length).toBeGreaterThan(0);
		}
	});

	test('of a body is walked', () => {
		const within = (value: string) => `{"a":${'['.repeat(levels)}${value}${']'.repeat(levels)}}`;
		expect(fits({ a: ['x'] }, within('"x"'))).toBe(true);
		expect(fits({ a: ['x'] }, within('"y"'))).toBe(false);
		expect(fits({ a: { b: ['x'] } }, within('{"b":"x"}'))).toBe(true);
		expect(
			fits(
				{ a: ['x'] },
				JSON.stringify({ a: 'x', b: 1 }).replace('1', `${'{"c":'.repeat(levels)}1${'}'.repeat(levels)}`),
			),
		).toBe(true);
	});
});

describe('__proto__ and its like', () => {
	test('are keys of a body like any other', () => {
		const policy = JSON.parse('{"__proto__":{"admin":[true]}}');
		expect(fits(policy, '{"__proto__":{"admin":true}}')).toBe(true);
		expect(fits(policy, '{"admin":true}')).toBe(false);
		expect(fits({ admin: [true] }, '{"__proto__":{"admin":true}}')).toBe(false);
		expect(fits({ a: { admin: [{ exists: true }] } }, '{"a":{"__proto__":{"admin":true}}}')).toBe(false);
		expect(fits({ constructor: { name: [{ exists: true }] } }, '{}')).toBe(false);
		expect(fits({ toString: [{ exists: false }] }, '{}')).toBe(true);
	});

	test('are names of attributes like any other', () => {
		const isFit = matcherOf({ scope: 'attributes', policy: JSON.parse('{"__proto__":["x"]}') });
		expect(isFit(new Subject({ body: '', attributes: JSON.parse('{"__proto__":"x"}') }))).toBe(true);
		expect(isFit(new Subject({ body: '', attributes: {} }))).toBe(false);
		expect(isFit(new Subject({ body: '' }))).toBe(false);
	});
});

describe('wildcards', () => {
	/** Every way to let `*` stand for some text, tried. */
	function naive(pattern: string, text: string): boolean {
		if (pattern === '') return text === '';
		if (pattern.startsWith('*')) {
			return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)));
		}
		const literal = pattern.startsWith('\\') ? pattern.slice(0, 2) : pattern.slice(0, 1);
		return text.startsWith(literal.slice(-1)) && naive(pattern.slice(literal.length), text.slice(1));
	}

	test('answer as a naive reference does', () => {
		const prng = new Prng(20_261_123);
		const pieces = (count: number, alphabet: readonly string[]) =>
			Array.from({ length: prng.between(0, count) }, () => prng.pick(alphabet)).join('');
		let fitting = 0;
		for (let round = 0; round < 5_000; round++) {
			const pattern = pieces(9, ['a', 'a', 'b', '*', '*', '\\*', '\\\\']).replaceAll(/(?<!\\)\*{2,}/g, '*');
			if (filterFaults({ a: [{ wildcard: pattern }] }, 'body').length > 0) continue;
			const text = pieces(12, ['a', 'a', 'a', 'b', 'b', '*', '\\']);
			const isFit = fits({ a: [{ wildcard: pattern }] }, JSON.stringify({ a: text }));
			expect({ pattern, text, isFit }).toEqual({ pattern, text, isFit: naive(pattern, text) });
			if (isFit) fitting++;
		}
		expect(fitting).toBeGreaterThan(300);
	});

	test('end on long texts that almost fit', () => {
		const text = 'a'.repeat(250_000);
		const body = JSON.stringify({ a: text });
		expect(fits({ a: [{ wildcard: `${'a*'.repeat(5_000)}b` }] }, body)).toBe(false);
		expect(fits({ a: [{ wildcard: `*${'a*'.repeat(5_000)}` }] }, body)).toBe(true);
		// A search that begins anew at every place takes 10^10 steps here.
		expect(fits({ a: [{ wildcard: `*${'a'.repeat(10_000)}b*` }] }, body)).toBe(false);
		expect(fits({ a: [{ 'anything-but': { wildcard: `*b${'a'.repeat(10_000)}*` } }] }, body)).toBe(true);
	});
});

test('a body is looked at up to 256 KiB, where the messages of SNS end', () => {
	const body = (units: number) => JSON.stringify({ a: 'x', b: 'y'.repeat(units) });
	const room = 262_144 - body(0).length;
	expect(fits({ a: ['x'] }, body(room))).toBe(true);
	expect(fits({ a: ['x'] }, body(room + 1))).toBe(false);
	expect(fits({ a: [{ exists: false }] }, body(room + 1))).toBe(false);
});

test('a large body that several messages take turns with is read right each time', () => {
	const [one, other] = ['x', 'z'].map((a) => new Subject({ body: JSON.stringify({ a, b: 'y'.repeat(100_000) }) }));
	const isFit = matcherOf({ scope: 'body', policy: { a: ['x'] } });
	for (let turn = 0; turn < 3; turn++)
		expect([one, other].map((subject) => isFit(subject as Subject))).toEqual([true, false]);
});

test('a body is parsed once, however many filters look at it', () => {
	let reads = 0;
	const subject = new Subject({
		get body() {
			reads++;
			return '{"a":"x"}';
		},
	});
	const filters = [['x'], ['y'], [{ prefix: 'x' }]].map((a) => matcherOf({ scope: 'body', policy: { a } }));
	expect(filters.map((isFit) => isFit(subject))).toEqual([true, false, true]);
	expect(reads).toBe(1);
});

test('a body that does not parse is not tried again', () => {
	let reads = 0;
	const subject = new Subject({
		get body() {
			reads++;
			return 'x';
		},
	});
	const isFit = matcherOf({ scope: 'body', policy: { a: ['x'] } });
	expect([isFit(subject), isFit(subject), reads]).toEqual([false, false, 1]);
});
