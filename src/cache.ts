interface Entry<T> {
	readonly value: T;
	readonly expiresAt: number;
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
		return entry !== undefined && entry.expiresAt > now ? entry.value : undefined;
	}

	set(key: string, value: T, now: number): void {
		this.entries.delete(key);
		if (this.entries.size >= this.capacity) {
			const oldest = this.entries.keys().next().value;
			if (oldest !== undefined) this.entries.delete(oldest);
		}
		this.entries.set(key, { value, expiresAt: now + this.lifetimeMs });
	}

	drop(key: string): void {
		this.entries.delete(key);
	}
}
