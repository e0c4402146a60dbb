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

/** A page of what the caller may see, by name: filled from as many pages of the catalog as that takes. */
export async function visiblePage<T extends { readonly name: string }>(
	caller: Caller,
	{ after, limit }: PageQuery,
	read: (after: string | null, limit: number) => Promise<Found<T>>,
): Promise<Found<T>> {
	const found: T[] = [];
	let next: string | null = after ?? null;
	do {
		const page = await read(next, limit);
		const visible = page.found.filter(({ name }) => covers(caller, name));
		const room = limit - found.length;
		found.push(...visible.slice(0, room));
		next = visible.length > room ? (found.at(-1)?.name ?? null) : page.next;
	} while (next !== null && found.length < limit);
	return { found, next };
}
