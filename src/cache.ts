interface Entry<T> {
	readonly value: T;
	readonly setAt: number;
}

/**
 * Values that are trusted for a while, in one Worker isolate. Bounded: the oldest entry makes room. Values, not
 * promises: a request must not wait on what another request started.
 */
export class Cache<T> {
	private readonly entries = new Map<string, Entry<T>>();

	constructor(
		private readonly lifetimeMs: number,
		private readonly capacity: number,
	) {}

	get(key: string, now: number): T | undefined {
		const entry = this.entries.get(key);
		// Not before it was set either: a clock that was set back must not make it trusted for longer.
		const ageMs = entry === undefined ? Number.NaN : now - entry.setAt;
		return ageMs >= 0 && ageMs < this.lifetimeMs ? entry?.value : undefined;
	}

	set(key: string, value: T, now: number): void {
		this.entries.delete(key);
		if (this.entries.size >= this.capacity) {
			const oldest = this.entries.keys().next().value;
			if (oldest !== undefined) this.entries.delete(oldest);
		}
		this.entries.set(key, { value, setAt: now });
	}

	drop(key: string): void {
		this.entries.delete(key);
	}
}
