import { Buffer } from 'node:buffer';
import { z } from '@hono/zod-openapi';
import {
	LIMITS,
	type NewMessage,
	type PublishOutcome,
	type Queue,
	type Refusal,
} from '../../../durable-objects/protocol';
import { checkDelays } from '../../delays';
import { milliseconds } from '../../schemas/common';
import { type Draft, type MessageAttribute, newMessage, sizeOfAttributes } from '../attributes';
import { CHARACTERS_RULE, isCarried } from '../characters';
import { contentDedupId, dedupIdInGroup } from '../deduplication';
import { AwsError } from '../errors';
import type { Call } from '../facade';
import { messageIdOf } from '../message-ids';
import { isFifo } from '../names';
import { numberParameter } from '../parameters';
import { sequenceNumber } from '../sequence';
import { idParameter, notForThisType } from './action';
import { SQS_ERRORS } from './errors';
import { traitsOf } from './kept';
import { md5, md5OfAttributes } from './md5';
import { readAttributes, readTraceHeader } from './message-attributes';

const LONGEST_DELAY_SECONDS = 900;

/** What sending one message takes, alone or in a batch. */
export const messageFields = {
	MessageBody: z.string(),
	DelaySeconds: numberParameter(
		0,
		LONGEST_DELAY_SECONDS,
		`DelaySeconds must be >= 0 and <= ${LONGEST_DELAY_SECONDS}.`,
	).optional(),
	MessageAttributes: z.unknown().optional(),
	MessageSystemAttributes: z.unknown().optional(),
	MessageDeduplicationId: idParameter('MessageDeduplicationId').optional(),
	MessageGroupId: idParameter('MessageGroupId').optional(),
};

const Message = z.object(messageFields);
type Fields = z.output<typeof Message>;

/** A message on its way to a queue. */
export interface Outgoing {
	readonly message: NewMessage;
	/** Bytes as SQS counts them. */
	readonly bytes: number;
	readonly attributes: readonly MessageAttribute[];
	readonly trace?: MessageAttribute;
}

/** The message that is to be published; refuses, in AWS's words, what the queue would not take. */
export function compose(call: Call, queue: Queue, fields: Fields): Outgoing {
	const { MessageBody: body } = fields;
	if (body === '')
		throw new AwsError(SQS_ERRORS.missingParameter, 'The request must contain the parameter MessageBody.');
	if (!isCarried(body)) throw new AwsError(SQS_ERRORS.invalidContents, CHARACTERS_RULE);
	const attributes = readAttributes(fields.MessageAttributes);
	const trace = readTraceHeader(fields.MessageSystemAttributes);
	const placed = isFifo(queue.name) ? inGroup(queue, fields) : inNoOrder(fields);
	const message = newMessage({
		...placed.fields,
		body,
		attributes,
		kept: { ...placed.kept, trace: trace?.value, sender: call.caller.scope && call.accessKeyId },
	});
	checkDelays(queue, [message], Date.now(), null);
	return { message, bytes: Buffer.byteLength(body) + sizeOfAttributes(attributes), attributes, trace };
}

/**
 * What a row holds of the largest message of the native API: body as base64, attributes escaped. Only messages of little but
 * attributes full of quotes are larger when they are stored.
 */
const STORED_BYTES = (4 * LIMITS.messageBytes) / 3 + 6 * LIMITS.attributeBytes;

/** Refuses a message that is larger than the queue takes, by what SQS counts, or than can be stored. */
export function checkSize(queue: Queue, { message, bytes }: Outgoing): void {
	const most = Math.min(traitsOf(queue).maximumMessageBytes, LIMITS.messageBytes);
	if (bytes > most) throw tooLong(most);
	const { body, attributes } = message;
	if (attributes === undefined) return;
	if (Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) > STORED_BYTES) throw tooLong(most);
}

/** What is answered of a message that the queue has taken. */
export function sentAnswer(
	{ name }: Queue,
	{ message, attributes, trace }: Outgoing,
	outcome: Exclude<PublishOutcome, Refusal>,
) {
	return {
		MessageId: messageIdOf(outcome.id),
		MD5OfMessageBody: md5(message.body),
		MD5OfMessageAttributes: md5OfAttributes(attributes),
		MD5OfMessageSystemAttributes: trace && md5OfAttributes([trace]),
		SequenceNumber: isFifo(name) ? sequenceNumber(outcome.sequence) : undefined,
	};
}

/** What a message's order, repeats and delay come to: natively, and beside it. */
interface Placed {
	readonly fields: Pick<Draft, 'key' | 'dedupId' | 'delayMs'>;
	readonly kept: Draft['kept'];
}

/** On a FIFO queue the group is the key. */
function inGroup(queue: Queue, { MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds }: Fields): Placed {
	if (MessageGroupId === undefined) {
		throw new AwsError(SQS_ERRORS.missingParameter, 'The request must contain the parameter MessageGroupId.');
	}
	// The queue may delay its messages; 0 is taken, and means nothing.
	if (DelaySeconds !== undefined && DelaySeconds > 0) throw notForThisType('DelaySeconds', DelaySeconds);
	const { isContentDeduplicated, isGroupDeduplicated } = traitsOf(queue);
	const id = MessageDeduplicationId ?? (isContentDeduplicated ? contentDedupId(MessageBody) : undefined);
	if (id === undefined) {
		throw new AwsError(
			SQS_ERRORS.invalidParameter,
			'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
		);
	}
	if (!isGroupDeduplicated) return { fields: { key: MessageGroupId, dedupId: id }, kept: {} };
	return { fields: { key: MessageGroupId, dedupId: dedupIdInGroup(MessageGroupId, id) }, kept: { dedupId: id } };
}

/** On any other queue the group orders nothing: it is told to who receives the message. */
function inNoOrder({ MessageGroupId: group, MessageDeduplicationId, DelaySeconds }: Fields): Placed {
	if (MessageDeduplicationId !== undefined) throw notForThisType('MessageDeduplicationId', MessageDeduplicationId);
	return { fields: DelaySeconds === undefined ? {} : { delayMs: milliseconds(DelaySeconds) }, kept: { group } };
}

function tooLong(most: number): AwsError {
	const rule = `Message must be shorter than ${most} bytes.`;
	return new AwsError(SQS_ERRORS.invalidParameter, `One or more parameters are invalid. Reason: ${rule}`);
}
