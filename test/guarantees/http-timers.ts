import { vi } from 'vitest';

interface Timer {
	readonly at: number;
	readonly fire: () => void;
	/** The storage of the object that set it; undefined where it was none that is known. */
	readonly owner: DurableObjectStorage | undefined;
}

/**
 * Timers on a clock that stands still. A timer belongs to the object that set it, since the runtime lets nobody else do what
 * it is to do; all objects of a test share one isolate and so one `setTimeout`.
 */
export class ObjectTimers {
	private readonly timers = new Map<number, Timer>();
	private readonly owners = new Map<string, DurableObjectStorage>();
	private readonly real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
	private nextId = 1;

	constructor(now: number) {
		vi.useFakeTimers({ now, toFake: ['Date'] });
		const setTimeout = (action: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
			const fire = () => action(...given);
			this.timers.set(this.nextId, { at: Date.now() + ms, fire, owner: this.presentOwner() });
			return this.nextId++;
		};
		Object.assign(globalThis, { setTimeout, clearTimeout: (id: number) => this.timers.delete(id) });
	}

	close(): void {
		Object.assign(globalThis, this.real);
		vi.useRealTimers();
	}

	/** To be told from inside each object, of each of its lives. */
	meet(name: string, storage: DurableObjectStorage): void {
		this.owners.set(name, storage);
	}

	/** When the next timer is due. */
	next(): number {
		return Math.min(Number.POSITIVE_INFINITY, ...[...this.timers.values()].map(({ at }) => at));
	}

	/** Fires what this object has set and what is due now; to be called inside it. */
	fire(storage: DurableObjectStorage): void {
		for (const [id, { at, fire, owner }] of this.timers) {
			if (at > Date.now() || (owner !== undefined && owner !== storage)) continue;
			this.timers.delete(id);
			fire();
		}
	}

	/** They die with the objects that set them. */
	forget(): void {
		this.timers.clear();
		this.owners.clear();
	}

	/** Whose code this is: nobody else may touch the object's storage. */
	private presentOwner(): DurableObjectStorage | undefined {
		return [...this.owners.values()].find((storage) => {
			try {
				return storage.sql.databaseSize > 0;
			} catch {
				return false;
			}
		});
	}
}
