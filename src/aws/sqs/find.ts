import type { Env } from '../../../durable-objects/env';
import { isRefusal, type Queue } from '../../../durable-objects/protocol';
import { catalogOf } from '../../catalog';

/** The queue as it is now; undefined where there is none of this name. */
export async function findQueue(env: Env, name: string): Promise<Queue | undefined> {
	const queue = await catalogOf(env).getQueue(name);
	return isRefusal(queue) ? undefined : queue;
}
