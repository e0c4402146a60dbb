import type { Env } from '../env';
import { type LocationHint, partitionObjectName, topicObjectName } from '../protocol';
import type { Objects } from './calls';

/** The objects that the catalog calls, where their queue or topic wants them to be. */
export function objectsOf(env: Env): Objects {
	const at = (location: LocationHint | null) => (location === null ? {} : { locationHint: location });
	return {
		partitionAt: (queue, index) =>
			env.PARTITION.getByName(partitionObjectName(queue, index), at(queue.settings.location)),
		topicAt: (topic, index) => env.TOPIC.getByName(topicObjectName(topic, index), at(topic.settings.location)),
	};
}
