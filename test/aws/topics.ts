import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { Message } from '@aws-sdk/client-sqs';
import { newFifoQueue, newQueue, type Queue, receive, sns, unique } from './clients.ts';

export async function newTopic(Attributes: Record<string, string> = {}, Name = unique('topic')): Promise<string> {
	return (await sns.createTopic({ Name, Attributes })).TopicArn ?? '';
}

export function newFifoTopic(attributes: Record<string, string> = {}): Promise<string> {
	return newTopic({ FifoTopic: 'true', ...attributes }, `${unique('topic')}.fifo`);
}

export interface Subscribed {
	readonly topic: string;
	readonly queue: Queue;
	readonly subscription: string;
}

/** A queue that gets what passes of a topic; both are new unless they are given. */
export async function subscribed(
	Attributes: Record<string, string> = {},
	{ topic, queue }: Partial<Subscribed> = {},
): Promise<Subscribed> {
	const isFifo = topic?.endsWith('.fifo') === true;
	const [TopicArn, target] = [topic ?? (await newTopic()), queue ?? (await (isFifo ? newFifoQueue() : newQueue()))];
	const { SubscriptionArn = '' } = await sns.subscribe({
		TopicArn,
		Protocol: 'sqs',
		Endpoint: target.arn,
		ReturnSubscriptionArn: true,
		Attributes,
	});
	return { topic: TopicArn, queue: target, subscription: SubscriptionArn };
}

export const raw = { RawMessageDelivery: 'true' };

export function publish(TopicArn: string, Message: string, options: Partial<PublishCommandInput> = {}) {
	return sns.publish({ TopicArn, Message, ...options });
}

/** So many messages, or fewer after a second without another one. */
export async function arrived({ url }: Queue, count: number): Promise<Message[]> {
	const messages: Message[] = [];
	const wish = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
	for (;;) {
		const more = await receive(url, { ...wish, WaitTimeSeconds: messages.length < count ? 5 : 0 });
		if (more.length === 0) return messages;
		messages.push(...more);
	}
}

/** What the queue got, where a last message that passes every filter tells that nothing else is under way. */
export async function bodiesUntil(queue: Queue, last: string): Promise<string[]> {
	const found: string[] = [];
	while (!found.includes(last)) {
		const more = await receive(queue.url, { WaitTimeSeconds: 5 });
		if (more.length === 0) throw new Error(`${last} has not come, only ${found.join(', ')}`);
		found.push(...more.map(({ Body = '' }) => Body));
	}
	return found;
}
