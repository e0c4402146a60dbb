/**
 * Delta debugging: the shortest list it finds, by leaving out ever smaller parts, on which `fails` still holds.
 * `fails(items)` must hold to begin with.
 */
export async function shrink<Item>(
	items: readonly Item[],
	fails: (items: readonly Item[]) => boolean | Promise<boolean>,
): Promise<Item[]> {
	let kept = [...items];
	for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
		let removed = false;
		for (let from = kept.length - size; from > -size; from -= size) {
			const start = Math.max(0, from);
			const fewer = [...kept.slice(0, start), ...kept.slice(start + size)];
			if (fewer.length === kept.length || !(await fails(fewer))) continue;
			kept = fewer;
			removed = true;
		}
		if (!removed || kept.length <= 1) size = size === 1 ? 0 : Math.floor(size / 2);
	}
	return kept;
}
