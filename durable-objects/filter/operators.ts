// The operators of a policy's values: Amazon SNS Developer Guide, "String value matching", "Numeric value matching"
// and "Key matching"; where the guide is silent, aws/event-ruler, AWS's open library for the same language.
import { rangeOf } from './address';
import type { Condition, Test } from './conditions';
import { isObject, isScalar, type Scalar } from './json';
import { numericTest, readOperand } from './numeric';
import type { Place } from './place';
import { wildcardParts, wildcardTest } from './wildcard';

/** Reads what stands behind an operator; undefined means that the place has the fault. */
type Read<Result> = (operand: unknown, place: Place) => Result | undefined;

const WILDCARD = 'wildcard';

const TEXT_TESTS: ReadonlyMap<string, Read<(text: string) => boolean>> = new Map([
	['prefix', reading((prefix) => (text) => text.startsWith(prefix))],
	['suffix', reading((suffix) => (text) => text.endsWith(suffix))],
	[WILDCARD, reading(readWildcard)],
]);

const OPERATORS: ReadonlyMap<string, Read<Condition>> = new Map<string, Read<Condition>>([
	...[...TEXT_TESTS].map(([name, read]): [string, Read<Condition>] => [
		name,
		(operand, place) => {
			const passes = read(operand, place);
			const test: Test = (value) => typeof value === 'string' && passes !== undefined && passes(value);
			return passes && { kind: 'test', test, wildcards: name === WILDCARD ? 1 : 0 };
		},
	]),
	['equals-ignore-case', reading((text) => ({ kind: 'equalsIgnoreCase', text }))],
	['cidr', reading(readRange)],
	['anything-but', readAnythingBut],
	['exists', readExists],
	[
		'numeric',
		(operand, place) => {
			const test = numericTest(operand, place);
			return test && { kind: 'test', test };
		},
	],
]);

/** One value of a key's array: a string, number, boolean or null to be equal to, or an object of one operator. */
export function readCondition(value: unknown, place: Place): Condition | undefined {
	if (typeof value === 'number' && !Number.isFinite(value)) return place.refuse('must be a finite number');
	if (isScalar(value)) return { kind: 'equals', value };
	if (!isObject(value)) return place.refuse('must be a string, number, true, false, null or an object of one operator');
	const [name, ...others] = Object.keys(value);
	if (name === undefined || others.length > 0) return place.refuse('must have exactly one operator');
	const read = OPERATORS.get(name);
	const names = [...OPERATORS.keys()].join(', ');
	return read ? read(value[name], place.at(name)) : place.at(name).refuse(`is not an operator: ${names} are`);
}

function reading<Result>(make: (text: string, place: Place) => Result | undefined): Read<Result> {
	return (operand, place) => (typeof operand === 'string' ? make(operand, place) : place.refuse('must be a string'));
}

function readWildcard(pattern: string, place: Place): ((text: string) => boolean) | undefined {
	const read = wildcardParts(pattern);
	return 'rule' in read ? place.refuse(read.rule) : wildcardTest(read.parts);
}

function readRange(text: string, place: Place): Condition | undefined {
	const range = rangeOf(text);
	return 'rule' in range ? place.refuse(range.rule) : { kind: 'cidr', range };
}

function readExists(operand: unknown, place: Place): Condition | undefined {
	return typeof operand === 'boolean' ? { kind: 'exists', isPresent: operand } : place.refuse('must be true or false');
}

/**
 * What is present and none of the values: a string or number, a list of either, or `prefix`, `suffix` or
 * `wildcard` with one string or a list. A value of another type than the list's is not among it, so it passes.
 */
function readAnythingBut(operand: unknown, place: Place): Condition | undefined {
	if (isObject(operand)) return readAnythingButLike(operand, place);
	const list = listOf(operand, place);
	if (list === undefined) return undefined;
	const type = typeof list[0]?.value;
	for (const { value, place: here } of list) {
		if (typeof value !== 'string' && typeof value !== 'number') here.refuse('must be a string or a number');
		else if (typeof value !== type) here.refuse('must be of the same type as the first');
		else if (typeof value === 'number') readOperand(value, here);
	}
	const values = new Set(list.map(({ value }) => value as Scalar));
	const test: Test = (value, number) => !values.has(value) && (number === undefined || !values.has(number));
	return { kind: 'test', test, values: list.length };
}

function readAnythingButLike(operand: Readonly<Record<string, unknown>>, place: Place): Condition | undefined {
	const [name, ...others] = Object.keys(operand);
	const read = name !== undefined && others.length === 0 ? TEXT_TESTS.get(name) : undefined;
	if (name === undefined || read === undefined) {
		return place.refuse(`must have exactly one of ${[...TEXT_TESTS.keys()].join(', ')}`);
	}
	const list = listOf(operand[name], place.at(name));
	const tests = list?.map(({ value, place: here }) =>
		value === '' && name !== WILDCARD ? here.refuse('must not be empty') : read(value, here),
	);
	if (!tests?.every((test) => test !== undefined)) return undefined;
	const test: Test = (value) => typeof value !== 'string' || !tests.some((passes) => passes(value));
	return { kind: 'test', test, values: tests.length, wildcards: name === WILDCARD ? tests.length : 0 };
}

/** A value alone is a list of it. Refused: an empty list. */
function listOf(operand: unknown, place: Place): { value: unknown; place: Place }[] | undefined {
	if (!Array.isArray(operand)) return [{ value: operand, place }];
	if (operand.length === 0) return place.refuse('must not be empty');
	return operand.map((value, index) => ({ value, place: place.at(index) }));
}
