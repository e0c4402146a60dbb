/** One page out of what was found, which is one more than the page takes if there is more. */
export function pageOf<T extends { readonly name: string }>(
	found: readonly T[],
	limit: number,
): { page: readonly T[]; next: string | null } {
	const page = found.slice(0, limit);
	return { page, next: found.length > limit ? (page.at(-1)?.name ?? null) : null };
}
