import { ask, newName, newQueue } from '../http/client';
import { arnOf } from './client';
import { attributesIn, newSnsTopic, sns, textIn, topicArnOf } from './sns';

// Subscriptions that SNS's clients make.

/** The names of a topic and of a queue that subscribes it. */
export interface Ends {
	readonly topic: string;
	readonly queue: string;
}

export async function newEnds(): Promise<Ends> {
	return { topic: await newSnsTopic(), queue: await newQueue() };
}

export async function newFifoQueue(): Promise<string> {
	const name = `${newName()}.fifo`;
	await ask('PUT', `/v1/queues/${name}`, { json: {} });
	return name;
}

export function wish({ topic, queue }: Ends, attributes: Record<string, string> = {}) {
	return { TopicArn: topicArnOf(topic), Protocol: 'sqs', Endpoint: arnOf(queue), Attributes: attributes };
}

/** The ARN of a subscription. */
export async function subscribed(ends: Ends, attributes?: Record<string, string>): Promise<string> {
	return textIn(await sns('Subscribe', wish(ends, attributes)), 'SubscriptionArn');
}

/** A topic and a queue that subscribes it, new where they are not given. */
export async function newSubscribed(attributes: Record<string, string> = {}, given: Partial<Ends> = {}): Promise<Ends> {
	const ends = { ...(await newEnds()), ...given };
	await subscribed(ends, attributes);
	return ends;
}

export async function attributesOf(arn: string): Promise<Record<string, string>> {
	return attributesIn(await sns('GetSubscriptionAttributes', { SubscriptionArn: arn }));
}

export function set(arn: string, name: string, value: string) {
	return { SubscriptionArn: arn, AttributeName: name, AttributeValue: value };
}

export function nameIn(arn: string): string {
	return arn.slice(arn.lastIndexOf(':') + 1);
}

export const raw = { RawMessageDelivery: 'true' };
