import type { Env } from '../durable-objects/env';
import { isRefusal, type ReceiveCommand, type ReceivedMessage } from '../durable-objects/protocol';
import { queues } from './catalog';
import { keyringOf } from './keyring';
import { sealReceipts } from './receipts';
import { receive } from './receiving';

/** What is asked of a queue: see `Reception`. */
interface Wish {
	readonly command: ReceiveCommand;
	readonly deadline: number;
	readonly signal: AbortSignal;
}

/** Receives from a queue: what `answer` makes of each message and of its receipt, which is null where there is nothing to settle. */
export function consume<T>(
	env: Env,
	name: string,
	wish: Wish,
	answer: (message: ReceivedMessage, receipt: string | null) => T,
): Promise<T[]> {
	const keyring = keyringOf(env);
	return queues.with(env, name, async (queue) => {
		const received = await receive({ env, queue, ...wish });
		if (isRefusal(received)) return received;
		return received.flatMap(({ partition, messages }) => {
			const receipts = sealReceipts(keyring, queue, partition, messages);
			return messages.map((message, index) =>
				answer(message, message.leaseExpiresAt === null ? null : (receipts[index] as string)),
			);
		});
	});
}
