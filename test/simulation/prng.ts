/** A small seeded generator (mulberry32): the same seed is the same workload, on every machine. */
export class Prng {
	private state: number;

	constructor(seed: number) {
		this.state = Math.imul(seed, 0x9e3779b1) >>> 0;
	}

	/** 0 ≤ x < 1 */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let z = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
		z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
		return ((z ^ (z >>> 14)) >>> 0) / 0x100000000;
	}

	/** A whole number from `low` to `high`, both included. */
	between(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<Item>(items: readonly Item[]): Item {
		return items[Math.floor(this.next() * items.length)] as Item;
	}

	/** Picks by weight; weights of 0 are never picked. */
	weighted<Item>(choices: readonly (readonly [weight: number, item: Item])[]): Item {
		let at = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
		for (const [weight, item] of choices) {
			at -= weight;
			if (at < 0) return item;
		}
		return (choices.at(-1) as readonly [number, Item])[1];
	}
}
