import type { QueueDeleted } from '../durable-objects/catalog-protocol';
import type { Env } from '../durable-objects/env';
import { isRefusal, told } from '../durable-objects/protocol';
import { catalogOf, queues, topics } from './catalog';
import { reach } from './objects';
import { everyPartition, partitionAt } from './partitioner';
import { orProblem } from './problems';

/** Deletes a queue, and makes this isolate forget what it knew of it and of those that it was tied to. */
export async function deleteQueue(env: Env, name: string, force: boolean): Promise<QueueDeleted> {
	const deleted = orProblem(await catalogOf(env).deleteQueue(name, force));
	for (const each of [name, ...deleted.cut]) queues.forget(each);
	for (const { topic } of deleted.subscriptions) topics.forget(topic);
	return deleted;
}

/** Removes all messages of a queue, those in flight included, and forgets its dedupIds where that is asked. Answers how many. */
export function purgeQueue(env: Env, name: string, forgetDedup: boolean): Promise<{ readonly purged: number }> {
	return queues.with(env, name, async (queue) => {
		const parts = await everyPartition(queue, (index) =>
			reach('repeatable', () => partitionAt(env, queue, index).purge(told(queue), forgetDedup)),
		);
		const refusal = parts.find(isRefusal);
		if (refusal !== undefined) return refusal;
		return { purged: parts.reduce((sum, part) => sum + (isRefusal(part) ? 0 : part.purged), 0) };
	});
}
