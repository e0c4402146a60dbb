import TinyQueue from 'tinyqueue';

/** Items that fall due at one instant, in the order in which they were noted; some may have been moved or deleted since. */
interface Together<Item> {
	readonly at: number;
	items: Item[];
	/** Where the first item stands that was not taken off. */
	from: number;
	/** How many are still here. */
	live: number;
}

/** Entries that may be left over beside as many as are in use. */
const LEFT_OVER = 1_000;

/**
 * What falls due when: each item at most once, the earliest first; of two that fall due together, the one noted first. The
 * messages of one receive fall due together, so the heap holds instants, not items: to note one, or to forget one, is a
 * step in one map. A moved or deleted item leaves its old entry behind, which is skipped; all is built anew when such entries
 * outnumber the items.
 */
export class Agenda<Item> {
	private readonly places = new Map<Item, Together<Item>>();
	private readonly instants = new Map<number, Together<Item>>();
	private heap = heapOf<Item>([]);
	private entries = 0;

	get size(): number {
		return this.places.size;
	}

	set(item: Item, at: number): void {
		if (this.places.get(item)?.at === at) return;
		this.delete(item);
		if (this.entries > 2 * this.places.size + LEFT_OVER) this.rebuild();
		const together = this.instants.get(at) ?? this.open(at);
		together.items.push(item);
		together.live++;
		this.entries++;
		this.places.set(item, together);
	}

	delete(item: Item): void {
		const together = this.places.get(item);
		if (together === undefined) return;
		together.live--;
		this.places.delete(item);
	}

	clear(): void {
		this.places.clear();
		this.rebuild();
	}

	/** The earliest instant, or undefined when there is nothing. */
	next(): number | undefined {
		return this.first()?.at;
	}

	/** Takes off the earliest item that is due at `now`. */
	pop(now: number): Item | undefined {
		const together = this.first();
		if (together === undefined || together.at > now) return undefined;
		for (;;) {
			const item = together.items[together.from++] as Item;
			this.entries--;
			if (this.places.get(item) !== together) continue;
			this.delete(item);
			return item;
		}
	}

	private first(): Together<Item> | undefined {
		for (let together = this.heap.peek(); together !== undefined; together = this.heap.peek()) {
			if (together.live > 0) return together;
			this.heap.pop();
			this.instants.delete(together.at);
			this.entries -= together.items.length - together.from;
		}
		return undefined;
	}

	private open(at: number): Together<Item> {
		const together: Together<Item> = { at, items: [], from: 0, live: 0 };
		this.instants.set(at, together);
		this.heap.push(together);
		return together;
	}

	private rebuild(): void {
		this.entries = this.places.size;
		for (const together of this.instants.values()) {
			const here = together.items.slice(together.from).filter((item) => this.places.get(item) === together);
			// One that was moved away and back has an entry too many.
			together.items = [...new Set(here)];
			together.from = 0;
			together.live = together.items.length;
			if (together.live === 0) this.instants.delete(together.at);
		}
		this.heap = heapOf([...this.instants.values()]);
	}
}

function heapOf<Item>(instants: Together<Item>[]): TinyQueue<Together<Item>> {
	return new TinyQueue(instants, (a, b) => a.at - b.at);
}

/** The first of some instants, of which any may be missing; null when all are. */
export function earliest(...instants: (number | undefined)[]): number | null {
	const at = Math.min(...instants.map((instant) => instant ?? Number.POSITIVE_INFINITY));
	return at === Number.POSITIVE_INFINITY ? null : at;
}
