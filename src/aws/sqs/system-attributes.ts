import type { ReceivedMessage } from '../../../durable-objects/protocol';
import { AwsError } from '../errors';
import { ACCOUNT, isFifo, queueArn } from '../names';
import { sequenceNumber } from '../sequence';
import { SQS_ERRORS } from './errors';
import { type Kept, keptBy } from './kept';
import { TRACE_HEADER } from './message-attributes';

/** What is told of a message, and where: each as text, or undefined where there is nothing to tell. */
interface Known {
	readonly message: ReceivedMessage;
	readonly kept: Kept;
	readonly queue: string;
	readonly region: string;
}

const READERS: Readonly<Record<string, (known: Known) => string | undefined>> = {
	// Who sent it is known of scoped keys alone; everything else is the account's own.
	SenderId: ({ kept }) => kept.sender ?? ACCOUNT,
	SentTimestamp: ({ message }) => String(message.publishedAt),
	ApproximateReceiveCount: ({ message }) => String(message.attempt),
	ApproximateFirstReceiveTimestamp: ({ message }) => String(message.firstReceivedAt),
	SequenceNumber: ({ message, queue }) => (isFifo(queue) ? sequenceNumber(message.sequence) : undefined),
	MessageDeduplicationId: ({ message, kept, queue }) => (isFifo(queue) ? (kept.dedupId ?? message.dedupId) : undefined),
	MessageGroupId: ({ message, kept }) => message.key ?? kept.group,
	[TRACE_HEADER]: ({ kept }) => kept.trace,
	DeadLetterQueueSourceArn: ({ message: { deadLetter }, region }) => deadLetter && queueArn(region, deadLetter.queue),
};

const ALL = 'All';

/**
 * The attributes that a receive names. Its older list is of the same names as queues' attributes: what it has of those tells nothing
 * of a message.
 */
export function wantedAttributes(names: readonly string[], olderNames: readonly string[]): readonly string[] {
	const unknown = names.find((name) => name !== ALL && !Object.hasOwn(READERS, name));
	if (unknown !== undefined) {
		const shown = unknown.slice(0, 80).toWellFormed();
		throw new AwsError(SQS_ERRORS.invalidAttributeName, `Unknown Attribute ${shown}.`);
	}
	const wanted = new Set([...names, ...olderNames]);
	return Object.keys(READERS).filter((name) => wanted.has(ALL) || wanted.has(name));
}

/** These of a message; undefined where there are none. */
export function systemAttributes(
	at: { readonly queue: string; readonly region: string },
	message: ReceivedMessage,
	wanted: readonly string[],
): Record<string, string> | undefined {
	const known = { ...at, message, kept: keptBy(message) };
	const told = wanted.flatMap((name) => {
		const value = READERS[name]?.(known);
		return value === undefined ? [] : [[name, value] as const];
	});
	return told.length === 0 ? undefined : Object.fromEntries(told);
}
