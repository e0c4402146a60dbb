import type { SendMessageBatchCommandOutput, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { bodyOf } from './body.ts';
import type { Draft, Sent } from './journal.ts';
import type { Site } from './site.ts';
import type { SqsReply } from './sqs-client.ts';
import { nativeIdOf } from './sqs-ids.ts';

/** One batch of SQS; undefined where it was never sent. Its drafts have a key and a `dedupId`, as on a FIFO queue. */
export async function publishOverSqs(
	{ sqs, journal }: Site,
	client: string,
	to: string,
	drafts: readonly Draft[],
): Promise<readonly Sent[] | undefined> {
	const Entries = drafts.map(entryOf);
	const reply = await sqs.ask(to, (sqs, QueueUrl) => sqs.sendMessageBatch({ QueueUrl, Entries }));
	const { start, end, state, trouble } = reply;
	if (state === 'unsent') return undefined;
	const messages = drafts.map((draft, index) => sentOf(draft, reply, String(index)));
	const told = trouble === undefined ? {} : { trouble };
	journal.add({ kind: 'publish', client, start, end, state, to, messages, ...told });
	return messages;
}

function entryOf({ label, key, dedupId }: Draft, index: number): SendMessageBatchRequestEntry {
	return { Id: String(index), MessageBody: bodyOf(label), MessageGroupId: key, MessageDeduplicationId: dedupId };
}

/** SQS does not tell a duplicate, but by its id. */
function sentOf(
	{ label, key, rank, dedupId }: Draft,
	{ state, body }: SqsReply<SendMessageBatchCommandOutput>,
	entry: string,
): Sent {
	const message = { label, key, rank, dedupId };
	if (state !== 'answered') return { ...message, fate: state === 'refused' ? 'refused' : 'maybe' };
	const id = body?.Successful?.find(({ Id }) => Id === entry)?.MessageId;
	if (id !== undefined) return { ...message, fate: 'accepted', id: nativeIdOf(id) };
	const isSenders = body?.Failed?.find(({ Id }) => Id === entry)?.SenderFault === true;
	return { ...message, fate: isSenders ? 'refused' : 'maybe' };
}
