import type { Env } from '../durable-objects/env';
import { isRefusal, LIMITS, type Refusal } from '../durable-objects/protocol';
import { Cache } from './cache';
import { orProblem } from './problems';

const CACHED = 5_000;

/** What the catalog says of all queues, or of all topics, by name: as of at most LIMITS.cacheMs ago. */
export class Directory<T extends { readonly name: string }> {
	private readonly known = new Cache<T>(LIMITS.cacheMs, CACHED);

	constructor(private readonly read: (env: Env, name: string) => Promise<T | Refusal>) {}

	/** Settings that may be a little old, or the problem that there is none of this name. */
	cached(env: Env, name: string): T | Promise<T> {
		return this.known.get(name, Date.now()) ?? this.fresh(env, name);
	}

	/** Settings as of now. */
	async fresh(env: Env, name: string): Promise<T> {
		this.known.drop(name);
		const found = orProblem(await this.read(env, name));
		this.known.set(name, found, Date.now());
		return found;
	}

	/** What was just changed here must not be overshadowed by an older answer. */
	remember(changed: T): void {
		this.known.set(changed.name, changed, Date.now());
	}

	forget(name: string): void {
		this.known.drop(name);
	}

	/**
	 * Runs a command with the settings. An object that says they are old, or that what they are of is gone, makes it run
	 * once more with new ones: between two looks it may have been changed, deleted or made again.
	 */
	async with<R>(env: Env, name: string, command: (settings: T) => Promise<R | Refusal>): Promise<R> {
		const result = await command(await this.cached(env, name));
		if (!isRefusal(result) || !isOutdated(result)) return orProblem(result);
		return orProblem(await command(await this.fresh(env, name)));
	}
}

export function isOutdated({ refused }: Refusal): boolean {
	return refused === 'settings_stale' || refused === 'queue_not_found' || refused === 'topic_not_found';
}
