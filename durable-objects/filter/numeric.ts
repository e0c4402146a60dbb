import type { Test } from './conditions';
import type { Place } from './place';

/** Amazon SNS, "Filter policy constraints": from -10^9 to 10^9, with five digits after the decimal point. */
const LARGEST = 1_000_000_000;
const DECIMALS = 5;

type Compare = (value: number, operand: number) => boolean;

const LOWER: ReadonlyMap<unknown, Compare> = new Map([
	['>', (value: number, operand: number) => value > operand],
	['>=', (value: number, operand: number) => value >= operand],
]);
const UPPER: ReadonlyMap<unknown, Compare> = new Map([
	['<', (value: number, operand: number) => value < operand],
	['<=', (value: number, operand: number) => value <= operand],
]);
const ALONE: ReadonlyMap<unknown, Compare> = new Map([
	['=', (value: number, operand: number) => value === operand],
	...LOWER,
	...UPPER,
]);

/**
 * An operator and a number, e.g. `["=", 301.5]`, or a range, its lower end first: `[">", 0, "<=", 150]`. A range
 * that nothing can be in is refused, as aws/event-ruler does. Messages' numbers are compared as they are, unrounded.
 */
export function numericTest(operand: unknown, place: Place): Test | undefined {
	if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
		return place.refuse('must be an array of an operator and a number, or of two of each');
	}
	const [first, bottom, second, top] = operand as unknown[];
	const isRange = operand.length === 4;
	const compare = readOperator(first, isRange ? LOWER : ALONE, place.at(0));
	const low = readOperand(bottom, place.at(1));
	if (!isRange) {
		if (compare === undefined || low === undefined) return undefined;
		return (_value, number) => number !== undefined && compare(number, low);
	}

	const compareTop = readOperator(second, UPPER, place.at(2));
	const high = readOperand(top, place.at(3));
	if (compare === undefined || low === undefined || compareTop === undefined || high === undefined) return undefined;
	if (low >= high) return place.at(3).refuse('must be greater than the lower end');
	return (_value, number) => number !== undefined && compare(number, low) && compareTop(number, high);
}

/** A number that a policy compares with. */
export function readOperand(value: unknown, place: Place): number | undefined {
	if (typeof value !== 'number') return place.refuse('must be a number');
	if (!(Math.abs(value) <= LARGEST)) return place.refuse(`must be from -${LARGEST} to ${LARGEST}`);
	if (Number(value.toFixed(DECIMALS)) !== value) return place.refuse(`must have at most ${DECIMALS} decimals`);
	return value;
}

function readOperator(value: unknown, known: ReadonlyMap<unknown, Compare>, place: Place): Compare | undefined {
	return known.get(value) ?? place.refuse(`must be one of ${[...known.keys()].join(' ')}`);
}
