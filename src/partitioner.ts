import type { Env } from '../durable-objects/env';
import type { Partition } from '../durable-objects/partition';
import {
	isTopic,
	type NewMessage,
	type PublishOutcomes,
	pack,
	packSettle,
	partitionObjectName,
	partitionOfKey,
	type Queue,
	type ReceiveCommand,
	type Refusal,
	type SettleCommand,
	type SettleResult,
	type Target,
	type Text,
	type Told,
	type Topic,
	told,
	topicObjectName,
	toText,
	type Unpacked,
	unpackReceived,
	unpackResult,
} from '../durable-objects/protocol';
import type { TopicPartition } from '../durable-objects/topic';

/** Methods of an object, which are told what they are of: `told` queues and topics, and texts of these. */
type Telling<Methods> = {
	[Name in keyof Methods]: Methods[Name] extends (target: infer T, ...rest: infer Rest) => infer Answer
		? (target: T extends Target ? Told<T> : T, ...rest: Rest) => Answer
		: never;
};

/** What the edge calls on a partition's object. */
type PartitionCalls = Telling<
	Pick<
		Partition,
		| 'publish'
		| 'receive'
		| 'settle'
		| 'handOver'
		| 'settleAndReceive'
		| 'browse'
		| 'look'
		| 'remove'
		| 'redrive'
		| 'redrives'
		| 'cancelRedrive'
		| 'purge'
		| 'figures'
	>
> & { fetch(address: string, init: RequestInit): Promise<Response> };

/** What the edge calls on the object of a topic's partition. */
type TopicPartitionCalls = Telling<Pick<TopicPartition, 'publish' | 'figures'>>;

const texts = new WeakMap<Target, Text<never>>();

/** Settings as they travel with a hot call: written once while they are cached. */
function textOf<T extends Target>(target: T): Text<T> {
	let text: Text<T> | undefined = texts.get(target);
	if (text === undefined) {
		text = toText(told(target));
		texts.set(target, text as Text<never>);
	}
	return text;
}

/** Outcomes as JSON; where all are accepted, it is the very text that the edge answers: see `isAccepted`. */
export async function publishAt(
	env: Env,
	target: Target,
	index: number,
	messages: readonly NewMessage[],
	isMinimal = false,
): Promise<Text<PublishOutcomes>> {
	const object = isTopic(target) ? topicPartitionAt(env, target, index) : partitionAt(env, target, index);
	return object.publish(textOf(target) as Text<never>, pack(messages, isMinimal));
}

/** Whether outcomes, as JSON, have no refusal among them. */
export function isAccepted(outcomes: Text<PublishOutcomes>): boolean {
	return outcomes.startsWith('{"results":') || outcomes.startsWith('{"accepted":');
}

export async function receiveAt(
	env: Env,
	queue: Queue,
	index: number,
	command: ReceiveCommand,
): Promise<Refusal | Unpacked> {
	return unpackReceived(await partitionAt(env, queue, index).receive(textOf(queue), toText(command)));
}

export async function settleAt(
	env: Env,
	queue: Queue,
	index: number,
	command: SettleCommand,
): Promise<Refusal | SettleResult> {
	const partition = partitionAt(env, queue, index);
	const verb = command.handovers === undefined ? 'settle' : 'handOver';
	return unpackResult(await partition[verb](textOf(queue), packSettle(command)));
}

/** Settles without handovers, then receives, in one call and one commit. */
export async function exchangeAt(
	env: Env,
	queue: Queue,
	index: number,
	settlement: SettleCommand,
	command: ReceiveCommand,
): Promise<{ readonly settled: Refusal | SettleResult; readonly received: Refusal | Unpacked }> {
	const partition = partitionAt(env, queue, index);
	const answer = await partition.settleAndReceive(textOf(queue), packSettle(settlement), toText(command));
	return { settled: unpackResult(answer.settled), received: unpackReceived(answer.received) };
}

/** A new stub: cheap, and an old one is broken after an exception. */
export function partitionAt(env: Env, queue: Queue, index: number): PartitionCalls {
	const name = partitionObjectName(queue, index);
	const { location } = queue.settings;
	const stub =
		location === null ? env.PARTITION.getByName(name) : env.PARTITION.getByName(name, { locationHint: location });
	return stub as unknown as PartitionCalls;
}

export function topicPartitionAt(env: Env, topic: Topic, index: number): TopicPartitionCalls {
	const name = topicObjectName(topic, index);
	const { location } = topic.settings;
	const stub = location === null ? env.TOPIC.getByName(name) : env.TOPIC.getByName(name, { locationHint: location });
	return stub as unknown as TopicPartitionCalls;
}

/** Where a message goes: by key, else by dedupId so that duplicates meet, else to `otherwise`. */
export function partitionFor(message: NewMessage, partitions: number, otherwise: number): number {
	if (partitions === 1) return 0;
	const name = message.key ?? message.dedupId;
	return name === undefined ? otherwise : partitionOfKey(name, partitions);
}

/** A partition for what may go to any. */
export function anyPartition(partitions: number): number {
	return partitions === 1 ? 0 : Math.floor(Math.random() * partitions);
}

/** All partitions, from one that moves on with every call, so that none is always asked last. */
export function rotation(partitions: number): number[] {
	const first = partitions === 1 ? 0 : turn++ % partitions;
	return Array.from({ length: partitions }, (_, offset) => (first + offset) % partitions);
}

let turn = 0;

/** Asks every partition at once; the answers are in their order. */
export function everyPartition<T>({ settings }: Target, ask: (index: number) => Promise<T>): Promise<T[]> {
	return Promise.all(Array.from({ length: settings.partitions }, (_, index) => ask(index)));
}
