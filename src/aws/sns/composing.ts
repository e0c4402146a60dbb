import { Buffer } from 'node:buffer';
import { z } from '@hono/zod-openapi';
import type { NewMessage, Topic } from '../../../durable-objects/protocol';
import { type Draft, newMessage, sizeOfAttributes } from '../attributes';
import { contentDedupId, dedupIdInGroup } from '../deduplication';
import { isFifo } from '../names';
import { textParameter } from '../parameters';
import { jsonObjectOf } from '../values';
import { invalid } from './action';
import { messageAttributesParameter, readAttributes } from './message-attributes';
import { deduplicationOf } from './topic-attributes';

/** Bytes of a message with its attributes, and of all messages of a batch. */
export const MOST_BYTES = 262_144;

/** What publishing one message takes, alone or in a batch. */
export const messageFields = {
	Message: textParameter,
	Subject: textParameter.optional(),
	MessageStructure: z.string().optional(),
	MessageAttributes: messageAttributesParameter,
	MessageGroupId: z.string().optional(),
	MessageDeduplicationId: z.string().optional(),
};

const Fields = z.object(messageFields);
type Fields = z.output<typeof Fields>;

/** The message that is to be published, and its bytes as SNS counts them; refuses, in AWS's words, what the topic would not take. */
export function compose(topic: Topic, fields: Fields): { readonly message: NewMessage; readonly bytes: number } {
	const { Message, Subject } = fields;
	if (Subject !== undefined && !isSubject(Subject)) throw invalid('Subject');
	if (Message === '') throw invalid('Empty message');
	const attributes = readAttributes(fields.MessageAttributes);
	const placed = isFifo(topic.name) ? inGroup(topic, fields) : inNoOrder(fields);
	const body = bodyOf(fields);
	const kept = { ...placed.kept, ...(Subject === undefined ? {} : { subject: Subject }) };
	return {
		message: newMessage({ ...placed.fields, body, attributes, kept }),
		bytes: Buffer.byteLength(Message) + sizeOfAttributes(attributes),
	};
}

const LONGEST_SUBJECT = 100;

function isSubject(text: string): boolean {
	return text !== '' && text.length <= LONGEST_SUBJECT && !/\p{Cc}/u.test(text);
}

/** Of a message with a text per protocol, that of queues. What is no text is ignored. */
function bodyOf({ Message, MessageStructure }: Fields): string {
	if (MessageStructure === undefined || MessageStructure === '') return Message;
	if (MessageStructure !== 'json') throw invalid('MessageStructure');
	const texts = jsonObjectOf(Message);
	if (texts === undefined) throw invalid('Message Structure - JSON message body failed to parse');
	if (typeof texts.default !== 'string') {
		throw invalid('Message Structure - No default entry in JSON message body');
	}
	const body = typeof texts.sqs === 'string' ? texts.sqs : texts.default;
	if (!body.isWellFormed()) throw invalid('Message Structure - JSON message body has a lone surrogate');
	if (body === '') throw invalid('Empty message');
	return body;
}

/** What a message's order and repeats come to: natively, and beside it. */
interface Placed {
	readonly fields: Pick<Draft, 'key' | 'dedupId'>;
	readonly kept: Draft['kept'];
}

/** In a FIFO topic the group is the key. The queues get the deduplication id to tell it, not to go by it: the topic has. */
function inGroup(topic: Topic, { Message, MessageGroupId: key, MessageDeduplicationId }: Fields): Placed {
	if (!key) throw invalid('The MessageGroupId parameter is required for FIFO topics');
	checkId('MessageGroupId', key);
	const { byContent, byGroup } = deduplicationOf(topic);
	if (!MessageDeduplicationId && !byContent) {
		throw invalid(
			'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
		);
	}
	const dedupId = MessageDeduplicationId ?? contentDedupId(Message);
	checkId('MessageDeduplicationId', dedupId);
	return { fields: { key, dedupId: byGroup ? dedupIdInGroup(key, dedupId) : dedupId }, kept: { dedupId } };
}

/** In any other topic the group orders nothing: it is told to who receives the message. */
function inNoOrder({ MessageGroupId: group, MessageDeduplicationId }: Fields): Placed {
	if (MessageDeduplicationId !== undefined) {
		throw invalid(
			'MessageDeduplicationId',
			'The request includes MessageDeduplicationId parameter that is not valid for this topic type',
		);
	}
	if (group === undefined) return { fields: {}, kept: {} };
	checkId('MessageGroupId', group);
	return { fields: {}, kept: { group } };
}

/** Letters, digits and punctuation of ASCII. */
function checkId(parameter: string, id: string): void {
	if (/^[!-~]{1,128}$/.test(id)) return;
	throw invalid(parameter, `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length`);
}
