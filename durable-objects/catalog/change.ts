import type { Refusal } from '../protocol';
import type { LayoutKey } from './duties';

/** A change that is written, and the duties that it brings. */
export interface Change<T> {
	readonly duties: readonly LayoutKey[];
	/** What is answered once the duties have been tried; `refusal`: why one of them has not come about, if so. */
	readonly outcome: (refusal: Refusal | null) => Refusal | T;
}

/** Stands however its duties end: the alarm sees to what is left of them. */
export function done<T>(answer: T, ...duties: LayoutKey[]): Change<T> {
	return { duties, outcome: () => answer };
}
