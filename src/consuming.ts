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

/** Receives from a queue: what `answer` makes of each message. */
export function consume<T>(env: Env, name: string, wish: Wish, answer: Answer<T>): Promise<T[]> {
	return queues.with(env, name, async (queue) => {
		const received = await receive({ env, queue, ...wish });
		return isRefusal(received) ? received : withReceipts(env, queue, received, answer);
	});
}

/** What was received of a queue, each message with its receipt. */
export function withReceipts<T>(env: Env, queue: Queue, received: Received, answer: Answer<T>): T[] {
	const keyring = keyringOf(env);
	return received.flatMap(({ partition, messages }) => {
		const receipts = sealReceipts(keyring, queue, partition, messages);
		return messages.map((message, index) =>
			answer(message, message.leaseExpiresAt === null ? null : (receipts[index] as string)),
		);
	});
}
