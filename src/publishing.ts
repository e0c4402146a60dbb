import type { Env } from '../durable-objects/env';
import { isRefusal, type NewMessage, type PublishOutcome, type Queue, type Refusal } from '../durable-objects/protocol';
import { cachedQueue, freshQueue, isOutdated } from './catalog';
import { checkDelays } from './content';
import { reach } from './objects';
import { anyPartition, partitionAt, partitionFor } from './partitioner';
import { Problem } from './problems';

const SAFE_AGAIN = 'Publishing again with the same dedupId is safe; without one it may publish twice.';

/** Where in the request the messages are, for faults that only the queue's settings show; null: in the query. */
export type Place = readonly PropertyKey[] | null;

/**
 * Publishes to the partitions that the messages belong to, one call each, at the same time: an outcome per message,
 * in order. What a partition refuses because its settings are newer is tried once more with new ones.
 */
export async function publishAll(
	env: Env,
	name: string,
	messages: readonly NewMessage[],
	place: Place,
): Promise<(PublishOutcome | Problem)[]> {
	const queue = await cachedQueue(env, name);
	checkDelays(queue, messages, Date.now(), place);
	const outcomes = await publishOnce(env, queue, messages);
	const outdated = outcomes.flatMap((outcome, index) => (isRefusal(outcome) && isOutdated(outcome) ? [index] : []));
	if (outdated.length === 0) return outcomes;
	const again = outdated.map((index) => messages[index] as NewMessage);
	const fresh = await freshQueue(env, name);
	const second = await publishOnce(env, fresh, again);
	outdated.forEach((index, at) => {
		outcomes[index] = second[at] as PublishOutcome | Problem;
	});
	return outcomes;
}

async function publishOnce(
	env: Env,
	queue: Queue,
	messages: readonly NewMessage[],
): Promise<(PublishOutcome | Problem)[]> {
	const { partitions } = queue.settings;
	const otherwise = anyPartition(partitions);
	if (partitions === 1 || messages.length === 1) {
		const partition = messages.length === 1 ? partitionFor(messages[0] as NewMessage, partitions, otherwise) : 0;
		return publishTo(env, queue, partition, messages);
	}
	const groups = new Map<number, number[]>();
	messages.forEach((message, index) => {
		const partition = partitionFor(message, partitions, otherwise);
		const group = groups.get(partition);
		if (group === undefined) groups.set(partition, [index]);
		else group.push(index);
	});
	const outcomes: (PublishOutcome | Problem)[] = new Array(messages.length);
	await Promise.all(
		[...groups].map(async ([partition, indexes]) => {
			const group = indexes.map((index) => messages[index] as NewMessage);
			const answered = await publishTo(env, queue, partition, group);
			indexes.forEach((index, at) => {
				outcomes[index] = answered[at] as PublishOutcome | Problem;
			});
		}),
	);
	return outcomes;
}

/** One partition's messages; a failure or a refusal of the whole call is the outcome of each of them. */
async function publishTo(
	env: Env,
	queue: Queue,
	partition: number,
	messages: readonly NewMessage[],
): Promise<(PublishOutcome | Problem)[]> {
	const repeat = messages.every((message) => message.dedupId !== undefined) ? 'repeatable' : 'once';
	let answer: Refusal | Problem | readonly PublishOutcome[];
	try {
		const call = () => partitionAt(env, queue, partition).publish(queue, messages as NewMessage[]);
		answer = await reach(repeat, call, SAFE_AGAIN);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		answer = error;
	}
	if (answer instanceof Problem || isRefusal(answer)) {
		const same = answer;
		return messages.map(() => same);
	}
	return answer as PublishOutcome[];
}
