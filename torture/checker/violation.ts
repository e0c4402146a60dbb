import type { View } from './view.ts';

/** What must never be seen; each has a check of its own. */
export const PROPERTIES = {
	lost: 'acknowledged publishes lost',
	again: 'messages handed out again after a successful ack',
	holders: 'two holders at one instant',
	order: 'order broken within a key',
	duplicates: 'duplicates of one dedupId, or of one request',
	early: 'delivered early',
	deadLetters: 'dead letters lost',
	pipeline: 'pipeline outputs missing or doubled',
	fanOut: 'fan-out copies missing or doubled',
	strangers: 'delivered, but never accepted, or changed on the way',
	troubles: 'answers that no request may get',
	undrained: 'not drained in time',
} as const;

export type Property = keyof typeof PROPERTIES;

export interface Violation {
	readonly property: Property;
	/** What was seen, with the instants. */
	readonly evidence: string;
}

export type Check = (view: View) => Iterable<Violation>;

/** An instant as the reports show it: seconds since the round's first request. */
export function since(view: View, instant: number): string {
	return `${((instant - view.begun) / 1_000).toFixed(3)} s`;
}
