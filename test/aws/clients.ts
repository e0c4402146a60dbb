import { randomBytes } from 'node:crypto';
import { SNS } from '@aws-sdk/client-sns';
import { type Message, type QueueAttributeName, type ReceiveMessageCommandInput, SQS } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { rootKey } from '../examples/served.ts';

// Whoever moves an application to Sluice changes these three lines: the endpoint, and the two halves of the key.

export const endpoint = inject('sluiceUrl');
export const region = 'eu-central-1';
/** The root key is an access key like any other: its id is `root`, its secret is the key itself. */
export const rootCredentials = { accessKeyId: 'root', secretAccessKey: rootKey };

// A refusal is answered at once where the client does not try again.
const configuration = { endpoint, region, credentials: rootCredentials, maxAttempts: 1 };

export const sqs = new SQS(configuration);
export const sns = new SNS(configuration);

export type Credentials = typeof rootCredentials & { readonly sessionToken?: string };

/** The same clients for somebody else. */
export function clientsFor(credentials: Credentials): { readonly sqs: SQS; readonly sns: SNS } {
	return { sqs: new SQS({ ...configuration, credentials }), sns: new SNS({ ...configuration, credentials }) };
}

/** A name that no other suite uses. */
export function unique(word: string): string {
	return `${word}-${randomBytes(5).toString('hex')}`;
}

export interface Queue {
	readonly name: string;
	readonly url: string;
	readonly arn: string;
}

export type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

export async function newQueue(attributes: QueueAttributes = {}, name = unique('queue')): Promise<Queue> {
	const { QueueUrl: url = '' } = await sqs.createQueue({ QueueName: name, Attributes: attributes });
	return { name, url, arn: (await attributesOf(url)).QueueArn ?? '' };
}

export function newFifoQueue(attributes: QueueAttributes = {}, name = `${unique('queue')}.fifo`): Promise<Queue> {
	return newQueue({ FifoQueue: 'true', ...attributes }, name);
}

/** A queue whose messages move to another one after so many receives. */
export async function newQueueWithDeadLetters(maxReceiveCount: number, attributes: QueueAttributes = {}) {
	const create = attributes.FifoQueue === 'true' ? newFifoQueue : newQueue;
	const dead = await create();
	const policy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
	return { dead, source: await create({ ...attributes, RedrivePolicy: policy }) };
}

export async function attributesOf(url: string, ...names: QueueAttributeName[]): Promise<Record<string, string>> {
	const wanted = names.length > 0 ? names : ['All' as const];
	return (await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: wanted })).Attributes ?? {};
}

/** What the queue counts: waiting, handed out, delayed. */
export async function figuresOf(url: string): Promise<readonly [number, number, number]> {
	const attributes = await attributesOf(url);
	const count = (what: string) => Number(attributes[`ApproximateNumberOfMessages${what}`]);
	return [count(''), count('NotVisible'), count('Delayed')];
}

export async function receive(url: string, options: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
	return (await sqs.receiveMessage({ QueueUrl: url, MaxNumberOfMessages: 10, ...options })).Messages ?? [];
}

/** The one message that is there, with all that it has. */
export async function receiveOne(url: string, options: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
	const all = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
	const messages = await receive(url, { WaitTimeSeconds: 5, ...all, ...options });
	const [message] = messages;
	if (message === undefined || messages.length > 1) throw new Error(`${messages.length} messages instead of one`);
	return message;
}

export function bodies(messages: readonly Message[]): (string | undefined)[] {
	return messages.map(({ Body }) => Body);
}

export interface Failure {
	/** The class that an application catches by. */
	readonly name: string;
	/** The code of the old wire, which AWS keeps. */
	readonly code: string;
	readonly message: string;
	readonly status: number | undefined;
	readonly fault: string;
}

/** How a call was refused; throws where it was not. */
export async function failure(call: Promise<unknown>): Promise<Failure> {
	const error = await call.then(
		(answer) => new Error(`it was answered: ${JSON.stringify(answer)}`),
		(error) => error,
	);
	if (error.$metadata === undefined) throw error;
	const { name, message, $fault: fault, $metadata } = error;
	return { name, code: error.Code ?? error.Error?.Code ?? name, message, status: $metadata.httpStatusCode, fault };
}
