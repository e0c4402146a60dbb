import { type Caller, covers } from './auth';

export interface Found<T> {
	readonly found: readonly T[];
	/** The name to go on after, or null at the end. */
	readonly next: string | null;
}

interface PageQuery {
	readonly after?: string;
	readonly limit: number;
}

/**
 * A page of what the caller may see, by name: filled from as many pages of the catalog as that takes. `placeOf`: what one is
 * gone on after, where that is not its name.
 */
export async function visiblePage<T extends { readonly name: string }>(
	caller: Caller,
	{ after, limit }: PageQuery,
	read: (after: string | null, limit: number) => Promise<Found<T>>,
	placeOf: (item: T) => string = ({ name }) => name,
): Promise<Found<T>> {
	const found: T[] = [];
	let next: string | null = after ?? null;
	do {
		const page = await read(next, limit);
		const visible = page.found.filter(({ name }) => covers(caller, name));
		const room = limit - found.length;
		found.push(...visible.slice(0, room));
		next = page.next;
		// Where the page of the catalog ends is a name that the caller may not see.
		const last = found.at(-1);
		if (found.length === limit && last !== undefined && (next !== null || visible.length > room)) next = placeOf(last);
	} while (next !== null && found.length < limit);
	return { found, next };
}
