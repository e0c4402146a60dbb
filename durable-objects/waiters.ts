import type { Command } from './engine/commands';
import { isRefusal, LIMITS, type Queue, type ReceiveCommand, type Received, type Refusal, refuse } from './protocol';

/** The body of a long poll (`fetch`). */
export interface Wait {
	readonly queue: Queue;
	readonly command: ReceiveCommand;
	readonly waitMs: number;
	/** False: wait until there is something, but lease nothing. */
	readonly lease: boolean;
}

export type WaitAnswer = Refusal | { readonly messages: Received } | { readonly available: boolean };

/** A command on its way through the funnel. */
export interface Entry {
	readonly command: Command;
	readonly resolve: (result: unknown) => void;
	readonly reject: (error: unknown) => void;
	/** A receive that found nothing parks here, in the same turn, so that no message slips by. */
	readonly park?: (() => void) | undefined;
}

/** A command as an entry, and its result. */
export function entryOf<Result>(command: Command): { readonly entry: Entry; readonly result: Promise<Result> } {
	const { promise, resolve, reject } = Promise.withResolvers<Result>();
	return { entry: { command, resolve: resolve as (result: unknown) => void, reject }, result: promise };
}

/** A long poll that found nothing. `isLeasing` ones get messages; the others are only told that there are some. */
export interface Waiter {
	readonly command: ReceiveCommand;
	readonly isLeasing: boolean;
	/** Called once: with messages, with nothing when the time is over, or with `true` for "there is something". */
	readonly answer: (messages: Received, available: boolean) => void;
	readonly refuse: (refusal: Refusal) => void;
}

/**
 * Long polls parked in memory, first come first served. A restart loses them: their clients get an empty answer or
 * a broken connection, and ask again; no message is leased for a waiter before it is answered.
 */
export class Waiters {
	private readonly parked = new Map<Waiter, { stop: () => void }>();

	get size(): number {
		return this.parked.size;
	}

	/** The command of a long poll: one that finds nothing parks instead of being answered. */
	entry(wait: Wait, gone: AbortSignal, resolve: (answer: WaitAnswer) => void): Omit<Entry, 'reject'> {
		const { queue, command, waitMs, lease } = wait;
		const answer: Waiter['answer'] = (messages, available) => resolve(lease ? { messages } : { available });
		return {
			command: lease ? { kind: 'receive', queue, command } : { kind: 'configure', queue },
			resolve: (result) => {
				if (isRefusal(result)) resolve(result);
				else answer(result as Received, true);
			},
			park: () => {
				if (waitMs <= 0 || gone.aborted) answer([], false);
				else if (this.parked.size < LIMITS.waiters)
					this.park({ command, isLeasing: lease, answer, refuse: resolve }, waitMs, gone);
				else
					resolve(
						refuse('too_many_waiters', `${LIMITS.waiters} long polls wait here already; try again later.`, 5_000),
					);
			},
		};
	}

	/** Parks until served, until `waitMs` are over, or until the client is gone: then no message may go to it. */
	private park(waiter: Waiter, waitMs: number, gone: AbortSignal): void {
		const end = () => {
			if (this.leave(waiter)) waiter.answer([], false);
		};
		const timer = setTimeout(end, waitMs);
		gone.addEventListener('abort', end);
		this.parked.set(waiter, {
			stop: () => {
				clearTimeout(timer);
				gone.removeEventListener('abort', end);
			},
		});
	}

	/** What the leasing ones ask for, in the order they came; read only as far as they can be served. */
	*commands(): Generator<ReceiveCommand> {
		for (const waiter of this.parked.keys()) if (waiter.isLeasing) yield waiter.command;
	}

	/** Answers the first leasing waiters, one per list of messages. */
	serve(served: readonly Received[]): void {
		let index = 0;
		for (const waiter of this.parked.keys()) {
			if (index >= served.length) return;
			if (!waiter.isLeasing) continue;
			this.leave(waiter);
			waiter.answer(served[index++] as Received, true);
		}
	}

	/** The queue has moved or gone: nothing will come here any more, whoever waits must ask anew. */
	dismiss(refusal: Refusal): void {
		for (const waiter of this.parked.keys()) {
			this.leave(waiter);
			waiter.refuse(refusal);
		}
	}

	/** Wakes as many of those that lease nothing as there are messages, not all. */
	wake(messages: number): void {
		let left = messages;
		for (const waiter of this.parked.keys()) {
			if (left <= 0) return;
			if (waiter.isLeasing) continue;
			this.leave(waiter);
			waiter.answer([], true);
			left--;
		}
	}

	hasLeasing(): boolean {
		for (const waiter of this.parked.keys()) if (waiter.isLeasing) return true;
		return false;
	}

	hasSleeping(): boolean {
		for (const waiter of this.parked.keys()) if (!waiter.isLeasing) return true;
		return false;
	}

	private leave(waiter: Waiter): boolean {
		this.parked.get(waiter)?.stop();
		return this.parked.delete(waiter);
	}
}

/** Whether a long poll must wait: its receive came back empty, or there is nothing to be told of. */
export function isNothing(command: Command, result: unknown, available: () => number): boolean {
	if (isRefusal(result)) return false;
	return command.kind === 'receive' ? (result as Received).length === 0 : available() === 0;
}
