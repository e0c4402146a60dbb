import { LIMITS } from '../protocol';

/** Read at once: what one of them may take up, times these, is in memory for a page. */
const CHUNK = 32;

/**
 * One page, in the order of `nameOf`: fewer than `limit` where they are large, but none only where there are none.
 * `read` answers so many of those that come after a name.
 */
export function readPage<T>(
	after: string | null,
	limit: number,
	read: (after: string, limit: number) => readonly T[],
	nameOf: (item: T) => string,
): { page: readonly T[]; next: string | null } {
	const page: T[] = [];
	let units = 0;
	let last = after ?? '';
	for (;;) {
		const chunk = read(last, CHUNK);
		for (const item of chunk) {
			if (page.length >= limit || units > LIMITS.pageUnits) return { page, next: last };
			page.push(item);
			units += JSON.stringify(item).length;
			last = nameOf(item);
		}
		if (chunk.length < CHUNK) return { page, next: null };
	}
}

export function byName({ name }: { readonly name: string }): string {
	return name;
}
