import TinyQueue from 'tinyqueue';

/**
 * What falls due when: each item at most once, the earliest first; of two that fall due together, the one noted first. A moved or deleted item leaves its old entry
 * in the heap, which is skipped; the heap is built anew when such entries outnumber the items.
 */
export class Agenda<Item> {
	private readonly instants = new Map<Item, number>();
	private heap = this.heapOf([]);
	private entries = 0;

	get size(): number {
		return this.instants.size;
	}

	set(item: Item, at: number): void {
		if (this.instants.get(item) === at) return;
		this.instants.set(item, at);
		if (this.heap.length > 2 * this.instants.size + 1_000) {
			this.heap = this.heapOf(Array.from(this.instants, ([item, at]) => ({ at, item, number: this.entries++ })));
		} else this.heap.push({ at, item, number: this.entries++ });
	}

	delete(item: Item): void {
		this.instants.delete(item);
	}

	clear(): void {
		this.instants.clear();
		this.heap = this.heapOf([]);
	}

	/** The earliest instant, or undefined when there is nothing. */
	next(): number | undefined {
		for (let entry = this.heap.peek(); entry !== undefined; entry = this.heap.peek()) {
			if (this.instants.get(entry.item) === entry.at) return entry.at;
			this.heap.pop();
		}
		return undefined;
	}

	/** Takes off the earliest item that is due at `now`. */
	pop(now: number): Item | undefined {
		const at = this.next();
		if (at === undefined || at > now) return undefined;
		const entry = this.heap.pop() as Entry<Item>;
		this.instants.delete(entry.item);
		return entry.item;
	}

	private heapOf(entries: Entry<Item>[]): TinyQueue<Entry<Item>> {
		return new TinyQueue(entries, (a, b) => a.at - b.at || a.number - b.number);
	}
}

interface Entry<Item> {
	readonly at: number;
	readonly item: Item;
	readonly number: number;
}

/** The first of some instants, of which any may be missing; null when all are. */
export function earliest(...instants: (number | undefined)[]): number | null {
	const at = Math.min(...instants.map((instant) => instant ?? Number.POSITIVE_INFINITY));
	return at === Number.POSITIVE_INFINITY ? null : at;
}
