/** Sequence numbers from the first one up to, but not with, the second. */
export type Interval = readonly [from: number, until: number];

/** Each seek forward that is followed by one back leaves another gap. */
const MOST_INTERVALS = 100;

/**
 * What a subscription has come by, with one stretch more; apart and in order. Beyond the most that are kept the oldest is
 * forgotten: a repeat that is not marked does less harm than a first copy that is.
 */
export function withSeen(seen: readonly Interval[], [from, until]: Interval): readonly Interval[] {
	const united: [number, number][] = [];
	for (const [start, end] of [...seen, [from, until] as const].sort((a, b) => a[0] - b[0])) {
		const last = united.at(-1);
		if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
		else if (end > start) united.push([start, end]);
	}
	return united.slice(-MOST_INTERVALS);
}

export function isSeen(seen: readonly Interval[], sequence: number): boolean {
	return seen.some(([from, until]) => from <= sequence && sequence < until);
}
