/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	if (sorted.length === 0) throw new Error('a median needs a value');
	if (Number.isInteger(middle)) return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
	return sorted[Math.floor(middle)] ?? 0;
}

export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
	return sum(values) / values.length;
}

/**
 * Measures the same things round after round, in reversed order every second time, so that whatever drifts (the
 * machine's other work, a warming compiler, a growing file) hits each of them alike.
 */
export async function inTurn<Name extends string>(
	rounds: number,
	measures: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, number[]>> {
	const names = Object.keys(measures) as Name[];
	const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
	for (let round = 0; round < rounds; round++) {
		for (const name of round % 2 === 0 ? names : names.toReversed()) values[name].push(await measures[name](round));
	}
	return values;
}

/** The median over the rounds of one value divided by another of the same round. */
export function medianRatio(numerators: readonly number[], denominators: readonly number[]): number {
	return median(numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN)));
}
