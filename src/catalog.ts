import type { Catalog } from '../durable-objects/catalog';
import type { Env } from '../durable-objects/env';
import { isRefusal, LIMITS, type Queue, type Refusal } from '../durable-objects/protocol';
import { Cache } from './cache';
import { reach } from './objects';
import { orProblem } from './problems';

/** What the edge calls on the catalog. */
type CatalogCalls = Pick<
	Catalog,
	| 'putQueue'
	| 'patchQueue'
	| 'getQueue'
	| 'listQueues'
	| 'deleteQueue'
	| 'setPaused'
	| 'putKey'
	| 'listKeys'
	| 'getKey'
	| 'deleteKey'
>;

const QUEUES_CACHED = 5_000;
const queues = new Cache<Queue>(LIMITS.cacheMs, QUEUES_CACHED);

/** The catalog, with what may be asked twice asked again when its object is lost on the way. */
export function catalogOf(env: Env): CatalogCalls {
	const calls = () => env.CATALOG.getByName('catalog') as unknown as CatalogCalls;
	return {
		putQueue: (name, settings) => reach('repeatable', () => calls().putQueue(name, settings)),
		patchQueue: (name, patch) => reach('repeatable', () => calls().patchQueue(name, patch)),
		getQueue: (name) => reach('repeatable', () => calls().getQueue(name)),
		listQueues: (after, limit) => reach('repeatable', () => calls().listQueues(after, limit)),
		deleteQueue: (name, force) => reach('once', () => calls().deleteQueue(name, force)),
		setPaused: (name, paused) => reach('repeatable', () => calls().setPaused(name, paused)),
		putKey: (key) => reach('once', () => calls().putKey(key)),
		listKeys: () => reach('repeatable', () => calls().listKeys()),
		getKey: (id) => reach('repeatable', () => calls().getKey(id)),
		deleteKey: (id) => reach('once', () => calls().deleteKey(id)),
	};
}

/** The queue's settings as of at most LIMITS.cacheMs ago, or a `queue_not_found` problem. */
export function cachedQueue(env: Env, name: string): Queue | Promise<Queue> {
	return queues.get(name, Date.now()) ?? freshQueue(env, name);
}

/** The queue's settings as of now. */
export async function freshQueue(env: Env, name: string): Promise<Queue> {
	queues.drop(name);
	const queue = orProblem(await catalogOf(env).getQueue(name));
	queues.set(name, queue, Date.now());
	return queue;
}

/** What was just changed here must not be overshadowed by an older answer. */
export function rememberQueue(queue: Queue): void {
	queues.set(queue.name, queue, Date.now());
}

export function forgetQueue(name: string): void {
	queues.drop(name);
}

/**
 * Runs a command with the queue's settings. A partition that says they are old, or that the queue is gone, makes it
 * run once more with new ones: between two looks the queue may have been changed, deleted or made again.
 */
export async function withQueue<T>(
	env: Env,
	name: string,
	command: (queue: Queue) => Promise<T | Refusal>,
): Promise<T> {
	const result = await command(await cachedQueue(env, name));
	if (!isRefusal(result) || !isOutdated(result)) return orProblem(result);
	return orProblem(await command(await freshQueue(env, name)));
}

export function isOutdated(refusal: Refusal): boolean {
	return refusal.refused === 'settings_stale' || refusal.refused === 'queue_not_found';
}
