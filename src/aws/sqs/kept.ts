import type { Annotations } from '../../../durable-objects/protocol';

// What SQS knows of queues and messages and Sluice does not: kept as their annotations, which the engine never reads.

/** Names of a queue's annotations: an attribute of SQS, and a tag, each behind its prefix. */
export const QUEUE_PREFIX = 'sqs.';
export const TAG_PREFIX = 'sqs:tag:';

/** What sending and receiving ask of a queue on every call. */
export interface Traits {
	/** Bytes of body and attributes together. */
	readonly maximumMessageBytes: number;
	/** For receives that name no wait. */
	readonly waitSeconds: number;
	readonly isContentDeduplicated: boolean;
	/** Whether a deduplication id counts within its message group only. */
	readonly isGroupDeduplicated: boolean;
}

export const MAXIMUM_MESSAGE_BYTES = 1_048_576;

/** A queue that another API made has SQS's defaults. */
export function traitsOf({ annotations }: { readonly annotations?: Annotations }): Traits {
	const attribute = (name: string) => annotations?.[QUEUE_PREFIX + name];
	return {
		maximumMessageBytes: Number(attribute('MaximumMessageSize') ?? MAXIMUM_MESSAGE_BYTES),
		waitSeconds: Number(attribute('ReceiveMessageWaitTimeSeconds') ?? 0),
		isContentDeduplicated: attribute('ContentBasedDeduplication') === 'true',
		isGroupDeduplicated: attribute('DeduplicationScope') === 'messageGroup',
	};
}

/** What a message keeps for SQS beside body, attributes, key and deduplication id. */
export interface Kept {
	/** Data types of the attributes that are not plain `String`s. */
	readonly types?: Readonly<Record<string, string>>;
	/** The group of a message on a standard queue, where it orders nothing. */
	readonly group?: string;
	/** The deduplication id as it was sent, where another one is stored, or none. */
	readonly dedupId?: string;
	readonly trace?: string;
	/** The access key id that sent it; absent: the root key. */
	readonly sender?: string;
	/** Of a message that was published to SNS. */
	readonly subject?: string;
}

const KEPT = 'aws';

/** As annotations; undefined where there is nothing to keep, so that a plain message stays small. */
export function keep(kept: Kept): Annotations | undefined {
	const text = JSON.stringify(kept);
	return text === '{}' ? undefined : { [KEPT]: text };
}

export function keptBy({ annotations }: { readonly annotations?: Annotations }): Kept {
	const text = annotations?.[KEPT];
	return text === undefined ? {} : (JSON.parse(text) as Kept);
}
