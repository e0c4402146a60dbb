import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	type Queue,
	type ReceiveCommand,
	type ReceivedMessage,
	type Refusal,
} from '../durable-objects/protocol';
import { objectProblem, reach } from './objects';
import { partitionAt, rotation } from './partitioner';

/** A partition that was lost is asked again after this, doubling: a deploy resets many objects at once. */
const AGAIN_MS = 100;

/** Who receives, what, and until when. */
export interface Reception {
	readonly env: Env;
	readonly queue: Queue;
	readonly command: ReceiveCommand;
	/** Instant; now or before: do not wait. */
	readonly deadline: number;
	/** Aborted when the client has gone: its waiters must not swallow messages. */
	readonly signal: AbortSignal;
}

/** Messages and the partition of each. */
export type Received = readonly { readonly partition: number; readonly messages: readonly ReceivedMessage[] }[];

/** Messages as they are there, or that come before the deadline; none is an empty answer. */
export async function receive(reception: Reception): Promise<Refusal | Received> {
	const { queue, command, deadline } = reception;
	if (queue.settings.partitions > 1) return receiveFromMany(reception);
	const answer = deadline <= Date.now() ? await take(reception, 0, command.max) : await waitAndTake(reception);
	return isRefusal(answer) ? answer : [{ partition: 0, messages: answer }];
}

/**
 * Several partitions: the next one in turn is asked first, which is all it takes while there is a backlog. Else all
 * others are asked, without leasing, whether they have something; those that have fill the batch. Nothing anywhere:
 * wait on all of them without leasing, and ask the first that wakes.
 */
async function receiveFromMany(reception: Reception): Promise<Refusal | Received> {
	const { queue, command, deadline, signal } = reception;
	const order = rotation(queue.settings.partitions);
	const received: { partition: number; messages: readonly ReceivedMessage[] }[] = [];
	let missing = command.max;
	let candidates: readonly number[] = order.slice(0, 1);
	for (let round = 0; ; round++) {
		for (const partition of candidates) {
			if (missing === 0) break;
			const messages = await take(reception, partition, missing);
			if (isRefusal(messages)) {
				if (received.length === 0) return messages;
				continue;
			}
			if (messages.length === 0) continue;
			received.push({ partition, messages });
			missing -= messages.length;
		}
		const askedAll = round > 0;
		if (missing === 0 || (askedAll && received.length > 0) || signal.aborted) return received;
		const isOver = deadline <= Date.now();
		if (askedAll && isOver) return received;
		// A batch that has something does not wait for more; a wait includes the partition that was asked first.
		const awake =
			received.length > 0 || isOver
				? await whichHave(reception, order.slice(1), 0)
				: await whichHave(reception, order, deadline);
		if (isRefusal(awake)) return received.length > 0 ? received : awake;
		if (awake.length === 0) return received;
		candidates = awake;
	}
}

/** At once, without waiting. */
function take(
	{ env, queue, command }: Reception,
	partition: number,
	max: number,
): Promise<Refusal | ReceivedMessage[]> {
	return reach('repeatable', () => partitionAt(env, queue, partition).receive(queue, { ...command, max }));
}

/** A long poll on the only partition: it leases when a message is there. A lost object is asked again in what is left. */
async function waitAndTake(reception: Reception): Promise<Refusal | readonly ReceivedMessage[]> {
	const answer = await poll<{ messages: readonly ReceivedMessage[] }>(
		reception,
		0,
		true,
		reception.deadline,
		reception.signal,
	);
	return answer === null || isRefusal(answer) ? (answer ?? []) : answer.messages;
}

/** The partitions that have something by the deadline, in the order given; the first one is enough once there is a wait. */
async function whichHave(
	reception: Reception,
	partitions: readonly number[],
	deadline: number,
): Promise<Refusal | readonly number[]> {
	const done = new AbortController();
	const signal = AbortSignal.any([reception.signal, done.signal]);
	const awake = new Set<number>();
	let refusal: Refusal | undefined;
	const polls = partitions.map(async (partition) => {
		const answer = await poll<{ available: boolean }>(reception, partition, false, deadline, signal);
		if (answer === null) return false;
		if (isRefusal(answer)) {
			refusal ??= answer;
			return true;
		}
		if (answer.available) awake.add(partition);
		return answer.available;
	});
	if (deadline <= Date.now()) await Promise.all(polls);
	else await firstTrue(polls);
	done.abort();
	if (awake.size === 0 && refusal !== undefined) return refusal;
	return partitions.filter((partition) => awake.has(partition));
}

/** Resolves with the first that is true, or when all are false. */
function firstTrue(promises: readonly Promise<boolean>[]): Promise<void> {
	return new Promise((resolve, reject) => {
		for (const promise of promises) promise.then((value) => value && resolve(), reject);
		Promise.all(promises).then(() => resolve(), reject);
	});
}

/** One partition's long poll; null where nothing came, the client went away, or the object stayed lost. */
async function poll<T>(
	{ env, queue, command }: Reception,
	partition: number,
	lease: boolean,
	deadline: number,
	signal: AbortSignal,
): Promise<Refusal | T | null> {
	for (let pauseMs = AGAIN_MS; ; pauseMs *= 2) {
		const waitMs = Math.max(0, deadline - Date.now());
		try {
			const body = JSON.stringify({ queue, command, waitMs, lease });
			const response = await partitionAt(env, queue, partition).fetch('https://partition/wait', {
				method: 'POST',
				body,
				signal,
			});
			if (response.ok) return await response.json<Refusal | T>();
			throw new Error(`partition ${partition} of ${queue.name} answered a wait with ${response.status}`);
		} catch (error) {
			if (signal.aborted) return null;
			const problem = objectProblem(error);
			if (problem === null || problem.code === 'overloaded') throw problem ?? error;
			if (deadline - Date.now() <= pauseMs) return null;
			await scheduler.wait(pauseMs);
		}
	}
}
