import { createHash } from 'node:crypto';
import { type Answer, getQueue, read } from '../http/client';
import { done, send, urlOf } from './client';
import { fifoQueue, sqsQueue } from './queues';

export { fifoQueue, sqsQueue };

// What the suites of messages share.

export function md5(text: string | Uint8Array): string {
	return createHash('md5').update(text).digest('hex');
}

/** What a message's id looks like. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

/** A message attribute. */
export function text(StringValue: string, DataType = 'String') {
	return { DataType, StringValue };
}

export interface Message {
	readonly MessageId: string;
	readonly ReceiptHandle: string;
	readonly Body: string;
	readonly MD5OfBody: string;
	readonly Attributes?: Readonly<Record<string, string>>;
	readonly MD5OfMessageAttributes?: string;
	readonly MessageAttributes?: Readonly<Record<string, object>>;
}

export const EVERYTHING = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };

export async function receiveMessages(queue: string, options: object = {}): Promise<readonly Message[]> {
	const { Messages = [] } = await done('ReceiveMessage', {
		QueueUrl: urlOf(queue),
		MaxNumberOfMessages: 10,
		...options,
	});
	return Messages as readonly Message[];
}

/** The only message that there is to receive, with all that it has. */
export async function receiveMessage(queue: string, options: object = {}): Promise<Message> {
	const [message, ...others] = await receiveMessages(queue, { ...EVERYTHING, ...options });
	if (message === undefined || others.length > 0) throw new Error('there must be exactly one message');
	return message;
}

/** Sends a text; answers what was answered. */
export function sendText(queue: string, MessageBody: string, options: object = {}) {
	return done('SendMessage', { QueueUrl: urlOf(queue), MessageBody, ...options });
}

/** A body that is sent as it is. */
export async function raw(action: string, body: string, signal?: AbortSignal): Promise<Answer> {
	const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
	return read(await send({ headers, body, ...(signal && { signal }) }));
}

/** How many messages there are to receive, and how many are handed out. */
export async function figures(queue: string): Promise<readonly [visible: number, leased: number]> {
	const { visible, leased } = (await getQueue(queue)).figures;
	return [visible, leased];
}

export async function queueWith(...bodies: readonly string[]): Promise<string> {
	const queue = await sqsQueue();
	for (const body of bodies) await sendText(queue, body);
	return queue;
}

export function deleting(queue: string, ReceiptHandle: string) {
	return { QueueUrl: urlOf(queue), ReceiptHandle };
}
