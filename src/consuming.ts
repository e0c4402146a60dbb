import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	isRun,
	type MessageRun,
	messagesOf,
	type Queue,
	type ReceiveCommand,
	type ReceivedMessage,
} from '../durable-objects/protocol';
import { queues } from './catalog';
import { keyringOf } from './keyring';
import { type Leases, sealReceipts } from './receipts';
import { type Received, receive } from './receiving';

/** What is asked of a queue: see `Reception`. */
interface Wish {
	readonly command: ReceiveCommand;
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** What is made of a message and of its receipt, which is null where there is nothing to settle. */
interface Answer<T> {
	readonly message: (message: ReceivedMessage, receipt: string | null) => T;
	/** Of a run, which has a receipt for each of its messages; absent: of each message by itself. */
	readonly run?: (tag: string, run: MessageRun, receipts: readonly string[]) => readonly T[];
}

/** What was made of each message, and as few receipts as stand for all of them. */
export interface Consumed<T> {
	readonly messages: readonly T[];
	readonly receipts: readonly string[];
}

/** Receives from a queue: what `answer` makes of each message. */
export function consume<T>(env: Env, name: string, wish: Wish, answer: Answer<T>): Promise<Consumed<T>> {
	return queues.with(env, name, async (queue) => {
		const received = await receive({ env, queue, ...wish });
		return isRefusal(received) ? received : withReceipts(env, queue, received, answer);
	});
}

/** What was received of a queue, each message with its receipt. */
export function withReceipts<T>(env: Env, queue: Queue, received: Received, answer: Answer<T>): Consumed<T> {
	const keyring = keyringOf(env);
	const receipts: string[] = [];
	const answers = received.flatMap(({ partition, tag, parts }) => {
		// Delivered at most once: there is nothing to settle.
		if (parts[0]?.leaseExpiresAt === null) return parts.flatMap((part) => each(tag, part, [], answer));
		const sealed = sealReceipts(keyring, queue, partition, parts.map(leasesOf));
		receipts.push(...sealed.all);
		let at = 0;
		return parts.flatMap((part) => {
			const from = at;
			at += isRun(part) ? part.sizes.length : 1;
			return each(tag, part, sealed.each.slice(from, at), answer);
		});
	});
	return { messages: answers, receipts };
}

function leasesOf(part: ReceivedMessage | MessageRun): Leases {
	return isRun(part) ? { position: part.position, attempt: 1, count: part.sizes.length } : part;
}

function each<T>(
	tag: string,
	part: ReceivedMessage | MessageRun,
	receipts: readonly string[],
	answer: Answer<T>,
): readonly T[] {
	if (!isRun(part)) return [answer.message(part, receipts[0] ?? null)];
	if (answer.run !== undefined) return answer.run(tag, part, receipts);
	return messagesOf(tag, part).map((message, index) => answer.message(message, receipts[index] ?? null));
}
