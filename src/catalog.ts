import type { Catalog } from '../durable-objects/catalog';
import type { PutOptions } from '../durable-objects/catalog-protocol';
import type { Env } from '../durable-objects/env';
import type { Queue, Topic } from '../durable-objects/protocol';
import { Directory } from './directory';
import { type Repeat, reach } from './objects';

/** What the edge calls on the catalog. */
type CatalogCalls = Pick<
	Catalog,
	| 'putQueue'
	| 'patchQueue'
	| 'getQueue'
	| 'listQueues'
	| 'queuesWithDeadLetter'
	| 'deleteQueue'
	| 'setPaused'
	| 'putTopic'
	| 'annotateTopic'
	| 'getTopic'
	| 'listTopics'
	| 'deleteTopic'
	| 'putSubscription'
	| 'patchSubscription'
	| 'getSubscription'
	| 'listSubscriptions'
	| 'listAllSubscriptions'
	| 'deleteSubscription'
	| 'seek'
	| 'putKey'
	| 'listKeys'
	| 'getKey'
	| 'deleteKey'
>;

export const queues = new Directory<Queue>((env, name) => catalogOf(env).getQueue(name));
export const topics = new Directory<Topic>((env, name) => catalogOf(env).getTopic(name));

/** The catalog, with what may be asked twice asked again when its object is lost on the way. */
export function catalogOf(env: Env): CatalogCalls {
	const calls = () => env.CATALOG.getByName('catalog') as unknown as CatalogCalls;
	return {
		putQueue: (name, settings, options) => reach(repeatOf(options), () => calls().putQueue(name, settings, options)),
		patchQueue: (name, patch) => reach('repeatable', () => calls().patchQueue(name, patch)),
		getQueue: (name) => reach('repeatable', () => calls().getQueue(name)),
		listQueues: (after, limit) => reach('repeatable', () => calls().listQueues(after, limit)),
		queuesWithDeadLetter: (name, after, limit) =>
			reach('repeatable', () => calls().queuesWithDeadLetter(name, after, limit)),
		deleteQueue: (name, force) => reach('once', () => calls().deleteQueue(name, force)),
		setPaused: (name, paused) => reach('repeatable', () => calls().setPaused(name, paused)),
		putTopic: (name, settings, options) => reach(repeatOf(options), () => calls().putTopic(name, settings, options)),
		annotateTopic: (name, patch) => reach('repeatable', () => calls().annotateTopic(name, patch)),
		getTopic: (name) => reach('repeatable', () => calls().getTopic(name)),
		listTopics: (after, limit) => reach('repeatable', () => calls().listTopics(after, limit)),
		deleteTopic: (name, force) => reach('once', () => calls().deleteTopic(name, force)),
		putSubscription: (topic, name, wanted) =>
			reach(repeatOf(wanted), () => calls().putSubscription(topic, name, wanted)),
		patchSubscription: (topic, name, patch) => reach('repeatable', () => calls().patchSubscription(topic, name, patch)),
		getSubscription: (topic, name) => reach('repeatable', () => calls().getSubscription(topic, name)),
		listSubscriptions: (topic, after, limit) =>
			reach('repeatable', () => calls().listSubscriptions(topic, after, limit)),
		listAllSubscriptions: (after, limit) => reach('repeatable', () => calls().listAllSubscriptions(after, limit)),
		deleteSubscription: (topic, name) => reach('once', () => calls().deleteSubscription(topic, name)),
		// Each seek replays anew.
		seek: (topic, name, start) => reach('once', () => calls().seek(topic, name, start)),
		putKey: (key) => reach('once', () => calls().putKey(key)),
		listKeys: () => reach('repeatable', () => calls().listKeys()),
		getKey: (id) => reach('repeatable', () => calls().getKey(id)),
		deleteKey: (id) => reach('once', () => calls().deleteKey(id)),
	};
}

/** What must be new would be refused for its own sake the second time. */
function repeatOf(options: Pick<PutOptions, 'onlyNew'> | undefined): Repeat {
	return options?.onlyNew ? 'once' : 'repeatable';
}
