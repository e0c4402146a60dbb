import type { Database } from '../database';
import { LIMITS, type QueueSettings, type Refusal, refuse } from '../protocol';
import { countQueues, findQueue, insertQueue } from './rows';
import { deadLetterSettings } from './settings';

/**
 * Whether a queue with these settings can exist: its dead letters must end somewhere, so following dead-letter
 * queues never leads back to it (`invalid_dead_letter`); and there must be room for the queues that would have
 * to be made, the dead-letter queue included (`too_many_queues`).
 */
export function checkSettings(database: Database, name: string, settings: QueueSettings): Refusal | null {
	for (let next = settings.deadLetter; next !== null; ) {
		if (next === name) {
			// The queues in between are not told: who asks may know nothing of them.
			const detail = `Dead letters of ${name} would come back to it by way of ${settings.deadLetter}: name another deadLetter, or null.`;
			return refuse('invalid_dead_letter', detail);
		}
		next = findQueue(database, next)?.settings.deadLetter ?? null;
	}
	const missing = [name, settings.deadLetter].filter((each) => each !== null && !findQueue(database, each)).length;
	if (missing > 0 && countQueues(database) + missing > LIMITS.queues) {
		return refuse('too_many_queues', `There are ${LIMITS.queues} queues at most: delete some that are not needed.`);
	}
	return null;
}

/** Makes the dead-letter queue that the settings name, unless it is there. `checkSettings` comes first. */
export function makeDeadLetterQueue(database: Database, settings: QueueSettings, now: number): void {
	const name = settings.deadLetter;
	if (name !== null && !findQueue(database, name))
		insertQueue(database, name, { settings: deadLetterSettings(settings) }, now);
}
