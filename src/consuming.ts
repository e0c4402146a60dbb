import type { Env } from '../durable-objects/env';
import { isRefusal, type Queue, type ReceiveCommand, type ReceivedMessage } from '../durable-objects/protocol';
import { queues } from './catalog';
import { keyringOf } from './keyring';
import { sealReceipts } from './receipts';
import { type Received, receive } from './receiving';

/** What is asked of a queue: see `Reception`. */
interface Wish {
	readonly command: ReceiveCommand;
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** What is made of a message and of its receipt, which is null where there is nothing to settle. */
type Answer<T> = (message: ReceivedMessage, receipt: string | null) => T;

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
	const answers = received.flatMap(({ partition, messages }) => {
		// Delivered at most once: there is nothing to settle.
		if (messages[0]?.leaseExpiresAt === null) return messages.map((message) => answer(message, null));
		const { each, all } = sealReceipts(keyring, queue, partition, messages);
		receipts.push(...all);
		return messages.map((message, index) => answer(message, each[index] as string));
	});
	return { messages: answers, receipts };
}
