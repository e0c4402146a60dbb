import { NAME } from '../schemas/common';

/** One account owns everything here; clients want one of twelve digits. */
export const ACCOUNT = '000000000000';

/**
 * The address of a queue, on the host and scheme that the caller used: clients go on with what is answered, and some
 * take its origin as their endpoint.
 */
export function queueUrl(origin: string, queue: string): string {
	return `${origin}/${ACCOUNT}/${queue}`;
}

/** Looked at no further: no address of ours is near it. */
const URL_LENGTH = 2_048;

/**
 * The queue that an address names: by its last segment alone, so that an application that has the addresses of its AWS
 * account written down moves by its endpoint only. Undefined where that is no name.
 */
export function queueOfUrl(url: string): string | undefined {
	if (url.length > URL_LENGTH) return undefined;
	const path = url
		.replace(/[?#].*$/s, '')
		.replace(/^[a-z]+:\/\/[^/]*/i, '')
		.replace(/\/+$/, '');
	return nameIn(path.slice(path.lastIndexOf('/') + 1));
}

export function queueArn(region: string, queue: string): string {
	return `arn:aws:sqs:${region}:${ACCOUNT}:${queue}`;
}

/** The queue of an ARN of any partition, region and account; undefined where it is none of a queue. */
export function queueOfArn(arn: string): string | undefined {
	return partOf(/^arn:[\w-]+:sqs:[\w-]*:\d*:([^:]+)$/, arn);
}

export function topicArn(region: string, topic: string): string {
	return `arn:aws:sns:${region}:${ACCOUNT}:${topic}`;
}

/** The topic of an ARN of any partition, region and account; undefined where it is none of a topic. */
export function topicOfArn(arn: string): string | undefined {
	return partOf(/^arn:[\w-]+:sns:[\w-]*:\d*:([^:]+)$/, arn);
}

export function subscriptionArn(region: string, topic: string, subscription: string): string {
	return `${topicArn(region, topic)}:${subscription}`;
}

/** Topic and name of the subscription of an ARN; undefined where it is none of a subscription. */
export function subscriptionOfArn(arn: string): { readonly topic: string; readonly name: string } | undefined {
	const [, head = '', name = ''] = /^(.*):([^:]+)$/s.exec(arn) ?? [];
	const topic = topicOfArn(head);
	return topic === undefined || nameIn(name) === undefined ? undefined : { topic, name };
}

export function isFifo(name: string): boolean {
	return name.endsWith('.fifo');
}

function partOf(pattern: RegExp, arn: string): string | undefined {
	return nameIn(pattern.exec(arn)?.[1] ?? '');
}

function nameIn(text: string): string | undefined {
	return NAME.test(text) ? text : undefined;
}
