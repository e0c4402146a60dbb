import { newName } from '../http/client';
import { arnOf, done, failure, urlOf } from './client';

/** A queue as SQS makes it, FIFO where its name ends so; answers its name. */
export async function sqsQueue(attributes: Record<string, string> = {}, name = newName()): Promise<string> {
	const kind = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
	const { QueueUrl } = await done('CreateQueue', { QueueName: name, Attributes: { ...kind, ...attributes } });
	if (QueueUrl !== urlOf(name)) throw new Error(`${name} was answered as ${QueueUrl}`);
	return name;
}

export function fifoQueue(attributes: Record<string, string> = {}): Promise<string> {
	return sqsQueue(attributes, `${newName()}.fifo`);
}

/** Those of these names, or all. */
export async function attributesOf(queue: string, ...names: string[]): Promise<Record<string, string>> {
	const AttributeNames = names.length === 0 ? ['All'] : names;
	const { Attributes } = await done('GetQueueAttributes', { QueueUrl: urlOf(queue), AttributeNames });
	return (Attributes ?? {}) as Record<string, string>;
}

export function setAttributes(queue: string, Attributes: Record<string, string>) {
	return done('SetQueueAttributes', { QueueUrl: urlOf(queue), Attributes });
}

export function refusedSet(queue: string, Attributes: Record<string, string>) {
	return failure('SetQueueAttributes', { QueueUrl: urlOf(queue), Attributes });
}

/** A RedrivePolicy. */
export function policy(target: string, maxReceiveCount: unknown = 3): string {
	return JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount });
}
