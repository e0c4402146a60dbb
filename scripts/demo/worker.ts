import type { Client, Failed, Message } from './client.ts';
import type { Journal } from './journal.ts';

const waitSeconds = 20;

/** Whether the work on a message fails: on purpose, and the same in every run of the same input. */
export type Failing = (index: number, attempt: number) => boolean;

/** One in 20 fails once, one in 500 fails always. */
export const someFail: Failing = (index, attempt) => index % 500 === 250 || (index % 20 === 7 && attempt === 1);

export interface Work {
	readonly client: Client;
	readonly queue: string;
	readonly journal: Journal;
	/** Messages of one receive, at most. */
	readonly batch: number;
	readonly failing: Failing;
}

/** Receives, works and settles until every message is finished; the long poll that waits then is abandoned. */
export async function work({ client, queue, journal, batch, failing }: Work): Promise<void> {
	const { complete } = journal;
	while (!complete.aborted) {
		const messages = await client.receive(queue, batch, waitSeconds, complete).catch((error) => {
			if (complete.aborted) return [];
			throw error;
		});
		const { done, failed } = workOn(messages, journal, failing);
		if (messages.length > 0) await settle({ client, queue, journal }, done, failed);
	}
}

interface Worked {
	readonly done: readonly Message[];
	readonly failed: readonly (Omit<Failed, 'receipt'> & { readonly message: Message })[];
}

/**
 * Who wants the order of a key must not go on with it after a failure: the rest of that key goes back at once, and is
 * handed out again when the failed one is finished.
 */
function workOn(messages: readonly Message[], journal: Journal, failing: Failing): Worked {
	const done: Message[] = [];
	const failed: Worked['failed'][number][] = [];
	const stuck = new Set<string | null>();
	for (const message of messages) {
		journal.received(message);
		if (stuck.has(message.key)) {
			failed.push({ message, delaySeconds: 0, reason: 'given back: one before it failed' });
		} else if (failing(journal.indexOf(message), message.attempt)) {
			stuck.add(message.key);
			failed.push({ message, reason: 'failed on purpose' });
		} else done.push(message);
	}
	return { done, failed };
}

type Settled = Pick<Work, 'client' | 'queue' | 'journal'>;

async function settle(
	{ client, queue, journal }: Settled,
	done: Worked['done'],
	failed: Worked['failed'],
): Promise<void> {
	const retry = failed.map(({ message, ...entry }) => ({ receipt: message.receipt, ...entry }));
	const outcomes = await client.settle(
		queue,
		done.map(({ receipt }) => receipt),
		retry,
	);
	for (const [index, message] of done.entries()) journal.settled(message, outcomes.ack[index]?.outcome);
	for (const [index, { message }] of failed.entries()) journal.settled(message, outcomes.retry[index]?.outcome);
}
