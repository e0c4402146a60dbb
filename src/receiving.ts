import type { Env } from '../durable-objects/env';
import {
	countOf,
	isRefusal,
	type PackedReceived,
	type Queue,
	type ReceiveCommand,
	type Refusal,
	told,
	type Unpacked,
	unpackReceived,
} from '../durable-objects/protocol';
import { objectProblem, reach } from './objects';
import { everyPartition, partitionAt, receiveAt, rotation } from './partitioner';
import { Problem } from './problems';

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

/** Messages, by their partitions. */
export type Received = readonly (Unpacked & { readonly partition: number })[];

/** Messages as they are there, or that come before the deadline; none is an empty answer. */
export async function receive(reception: Reception): Promise<Refusal | Received> {
	const { queue, command } = reception;
	const deadline = new Deadline(reception.deadline);
	if (queue.settings.partitions > 1) return receiveFromMany(reception, deadline);
	const isPatient = deadline.leftMs() > 0;
	const answer = isPatient ? await waitAndTake(reception, deadline) : await take(reception, 0, command.max);
	return isRefusal(answer) ? answer : [{ partition: 0, ...answer }];
}

/**
 * Several partitions: the next one in turn is asked first, which is all it takes while there is a backlog. Else all
 * others are asked, without leasing, whether they have something; those that have fill the batch. Nothing anywhere:
 * wait on all of them without leasing, and ask those that wake. A receive that is asked again gets what it got before.
 */
async function receiveFromMany(reception: Reception, deadline: Deadline): Promise<Refusal | Received> {
	const { queue, command, signal } = reception;
	const again = command.attemptId === undefined ? [] : await receiveAgain(reception);
	if (isRefusal(again) || again.length > 0) return again;
	const order = rotation(queue.settings.partitions);
	const batch = new Batch(reception, deadline, command.max);
	await batch.ask(order[0] as number);
	while (!batch.isFull() && batch.refusal === undefined && !signal.aborted) {
		const isLast = batch.holdsSome() || deadline.leftMs() === 0;
		// A batch that has something does not wait for more; a wait includes the partition that was asked first.
		const watch = new Watch(reception, isLast ? order.slice(1) : order, isLast ? NO_TIME : deadline);
		try {
			await watch.some();
			// The rest go on answering meanwhile: what is there on several partitions comes in one batch.
			for (let next = watch.next(); next !== undefined && !batch.isFull(); next = watch.next()) await batch.ask(next);
		} finally {
			watch.end();
		}
		batch.refusal ??= watch.refusal;
		if (isLast || batch.holdsSome() || deadline.leftMs() === 0) break;
		// Somebody else was faster, or all are overloaded: asking on at once would be a busy loop.
		await scheduler.wait(AGAIN_MS);
	}
	return batch.answer();
}

/**
 * What an earlier receive of the same name got: only the partitions that it came from know, so all are asked before any
 * hands out something new.
 */
async function receiveAgain({ env, queue, command }: Reception): Promise<Refusal | Received> {
	const parts = await everyPartition(queue, (partition) =>
		reach('repeatable', () => receiveAt(env, queue, partition, { ...command, onlyRepeat: true })),
	);
	const received: Received[number][] = [];
	for (const [partition, some] of parts.entries()) {
		if (isRefusal(some)) return some;
		if (some.parts.length > 0) received.push({ partition, ...some });
	}
	return received;
}

/** The end of a wait. A clock that is set back does not make it longer than it was at first. */
class Deadline {
	private readonly mostMs: number;

	constructor(private at: number) {
		this.mostMs = Math.max(0, at - Date.now());
	}

	leftMs(): number {
		const now = Date.now();
		this.at = Math.min(this.at, now + this.mostMs);
		return Math.max(0, this.at - now);
	}
}

const NO_TIME = new Deadline(0);

/** What a receive has got so far. */
class Batch {
	private readonly received: Received[number][] = [];
	refusal: Refusal | undefined;

	constructor(
		private readonly reception: Reception,
		private readonly deadline: Deadline,
		private missing: number,
	) {}

	/** Takes what the partition has, at once. */
	async ask(partition: number): Promise<void> {
		try {
			const some = await take(this.reception, partition, this.missing);
			if (isRefusal(some)) this.refusal ??= some;
			else if (some.parts.length > 0) {
				this.received.push({ partition, ...some });
				this.missing -= countOf(some.parts);
			}
		} catch (error) {
			// Lost or overloaded: it must not cost what others have leased, nor end a wait that can ask it again.
			const isPatient = this.holdsSome() || this.deadline.leftMs() > 0;
			if (!isPatient || !(error instanceof Problem)) throw error;
			await scheduler.wait(AGAIN_MS);
		}
	}

	isFull(): boolean {
		return this.missing <= 0;
	}

	holdsSome(): boolean {
		return this.received.length > 0;
	}

	/** A refusal counts where nothing was leased: what was leased must reach the client. */
	answer(): Refusal | Received {
		return this.holdsSome() ? this.received : (this.refusal ?? []);
	}
}

/** Long polls on several partitions that lease nothing. */
class Watch {
	refusal: Refusal | undefined;
	private readonly done = new AbortController();
	private readonly awake: number[] = [];
	private readonly polls: Promise<boolean>[];

	constructor(
		reception: Reception,
		partitions: readonly number[],
		private readonly deadline: Deadline,
	) {
		const signal = AbortSignal.any([reception.signal, this.done.signal]);
		this.polls = partitions.map((partition) => this.watch(reception, partition, signal));
	}

	/** Until the first has something, or all have answered; all of them where there is no time to wait. */
	async some(): Promise<void> {
		const all = Promise.all(this.polls);
		if (this.deadline.leftMs() === 0) await all;
		else await Promise.race(this.polls.map(async (poll) => void ((await poll) || (await all))));
	}

	/** A partition that has woken and has not been asked yet. */
	next(): number | undefined {
		return this.awake.shift();
	}

	end(): void {
		this.done.abort();
	}

	/** Is there something to do: a message or a refusal? A partition that cannot be reached has nothing. */
	private async watch(reception: Reception, partition: number, signal: AbortSignal): Promise<boolean> {
		const answer = await poll<{ available: boolean }>(reception, partition, false, this.deadline, signal).catch(notBug);
		if (answer === null) return false;
		if (isRefusal(answer)) this.refusal ??= answer;
		else if (answer.available) this.awake.push(partition);
		return isRefusal(answer) || answer.available;
	}
}

function notBug(error: unknown): null {
	if (error instanceof Problem) return null;
	throw error;
}

/** At once, without waiting. */
function take({ env, queue, command }: Reception, partition: number, max: number): Promise<Refusal | Unpacked> {
	return reach('repeatable', () => receiveAt(env, queue, partition, { ...command, max }));
}

/** A long poll on the only partition: it leases when a message is there. A lost object is asked again in what is left. */
async function waitAndTake(reception: Reception, deadline: Deadline): Promise<Refusal | Unpacked> {
	const answer = await poll<PackedReceived>(reception, 0, true, deadline, reception.signal);
	return answer === null ? { tag: '', parts: [] } : unpackReceived(answer);
}

/** One partition's long poll; null where nothing came, the client went away, or the object stayed lost. */
async function poll<T>(
	{ env, queue, command }: Reception,
	partition: number,
	lease: boolean,
	deadline: Deadline,
	signal: AbortSignal,
): Promise<Refusal | T | null> {
	for (let pauseMs = AGAIN_MS; ; pauseMs *= 2) {
		const waitMs = deadline.leftMs();
		try {
			const body = JSON.stringify({ queue: told(queue), command, waitMs, lease });
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
			if (deadline.leftMs() <= pauseMs) return null;
			await scheduler.wait(pauseMs);
		}
	}
}
