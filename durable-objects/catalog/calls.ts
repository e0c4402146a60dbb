import type { Database } from '../database';
import { isRefusal, type Queue, type Refusal, type Subscription, type Topic } from '../protocol';
import { type Duty, dutyTarget, type QueueDuty } from './duties';
import type { DutyResult } from './progress';
import { subscriptionsOf } from './subscription-rows';

/** What the catalog asks of a partition; every call is idempotent. */
export interface PartitionCalls {
	configure(queue: Queue): Promise<Refusal | null>;
	seal(queue: Queue): Promise<Refusal | null>;
	unseal(queue: Queue): Promise<Refusal | null>;
	destroy(queue: Queue): Promise<null>;
}

/** The same of a partition of a topic. */
export interface TopicCalls {
	/** `subscriptions`: all that the topic has in its version; an older version than one heard before changes nothing. */
	configure(topic: Topic, subscriptions: readonly Subscription[]): Promise<Refusal | null>;
	destroy(topic: Topic): Promise<null>;
}

/** Fresh stubs: one that has thrown is broken. */
export interface Objects {
	partitionAt(queue: Queue, index: number): PartitionCalls;
	topicAt(topic: Topic, index: number): TopicCalls;
}

const callsAtOnce = 16;

/** Makes the calls of a duty on every partition of its layout. */
export async function performDuty(database: Database, duty: Duty, objects: Objects): Promise<DutyResult> {
	const { kind } = duty;
	const { name, settings } = dutyTarget(duty);
	const call = callOf(database, duty, objects);
	let result: DutyResult = { ended: 'done' };
	const indexes = Array.from({ length: settings.partitions }, (_, index) => index);
	await inParallel(indexes, callsAtOnce, async (index) => {
		// What one partition refuses or fails to answer does not excuse the others from hearing it; only a seal is void.
		if (kind === 'seal' && result.ended !== 'done') return;
		try {
			const answer = await twice(() => call(index));
			if (isRefusal(answer) && result.ended === 'done') result = { ended: 'refused', refusal: answer };
		} catch (error) {
			console.warn(`catalog: ${kind} of partition ${index} of ${name} failed: ${String(error)}`);
			result = { ended: 'failed' };
		}
	});
	return result;
}

/** The call that each partition gets. A topic's subscriptions are read here, so in the turn that has read the duty. */
function callOf(database: Database, duty: Duty, objects: Objects): (index: number) => Promise<Refusal | null> {
	if (!('topic' in duty)) return (index) => callPartition(duty, objects.partitionAt(duty.queue, index));
	const { kind, topic } = duty;
	if (kind === 'destroy') return (index) => objects.topicAt(topic, index).destroy(topic);
	const subscriptions = subscriptionsOf(database, topic.name);
	return (index) => objects.topicAt(topic, index).configure(topic, subscriptions);
}

async function callPartition({ kind, queue }: QueueDuty, partition: PartitionCalls): Promise<Refusal | null> {
	if (kind !== 'unseal') return partition[kind](queue);
	// The seal may have come before an earlier configure was heard.
	return (await partition.unseal(queue)) ?? partition.configure(queue);
}

/** A reset of the partition, as after a deploy, fails the call that it meets; the next one finds the new object. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch {
		return call();
	}
}

/** Runs `run` for each item, at most `limit` at once. */
export async function inParallel<T>(
	items: readonly T[],
	limit: number,
	run: (item: T) => Promise<void>,
): Promise<void> {
	const rest = items.values();
	const lane = async () => {
		for (const item of rest) await run(item);
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
