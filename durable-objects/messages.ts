import type { Annotations } from './annotations';

// A message in its forms: as it is published, stored, received, looked at and carried.

export type Encoding = 'text' | 'base64';

/** What every stored message carries; absent means none, so that a plain message stays small. */
export interface Content {
	/** Text, or base64 where `encoding` says so. Well-formed Unicode: a lone surrogate is refused at the edge. */
	readonly body: string;
	readonly encoding?: Encoding;
	readonly contentType?: string;
	readonly key?: string;
	readonly attributes?: Readonly<Record<string, string>>;
	/** At most LIMITS.messageAnnotationBytes. The native API neither takes nor shows them. */
	readonly annotations?: Annotations;
	readonly traceparent?: string;
	readonly dedupId?: string;
	/** Bytes of the decoded body plus names and values of attributes and annotations: what limits and figures count. */
	readonly size: number;
}

export interface NewMessage extends Content {
	/** At most one of the two; neither means the queue's `delayMs`. */
	readonly delayMs?: number;
	readonly deliverAt?: number;
	readonly ttlMs?: number;
	/** 0 (default) to 9, higher first. Refused at the edge together with a key: it would contradict its order. */
	readonly priority?: number;
}

/** New messages of which there is nothing to tell but their bodies, each byte of which is one UTF-16 unit. At least one. */
export interface PlainBatch {
	/** Of each message: bytes of its body, and as many units. */
	readonly sizes: readonly number[];
	/** One behind the other. */
	readonly bodies: string;
}

/** What one call publishes, in order. */
export type NewMessages = readonly NewMessage[] | PlainBatch;

export function isPlainBatch(messages: NewMessages): messages is PlainBatch {
	return 'sizes' in messages;
}

/** Each new message by itself. */
export function messagesIn(messages: NewMessages): readonly NewMessage[] {
	if (!isPlainBatch(messages)) return messages;
	const { sizes, bodies } = messages;
	let at = 0;
	return sizes.map((size) => {
		at += size;
		return { body: bodies.slice(at - size, at), size };
	});
}

export interface Failure {
	readonly attempt: number;
	readonly at: number;
	readonly reason: string;
}

/** What a dead letter remembers of its life before. */
export interface DeadLetter {
	readonly queue: string;
	readonly sequence: number;
	readonly publishedAt: number;
	readonly buriedAt: number;
	readonly attempts: number;
	/** Oldest first: the first failure and the newest ones. */
	readonly failures: readonly Failure[];
}

/** Whose copy a message is that a subscription brought. */
export interface CopyOf {
	readonly topic: string;
	/** The id that publishing to the topic answered: the same for every copy. */
	readonly id: string;
	/** The subscription had come by it before, and was moved back. */
	readonly isReplay?: boolean;
	/** The subscription's, when the message came to it. */
	readonly mark?: string;
}

/** The id that a message gets where it is published: the object's tag makes it unique among all objects, the position within this one. */
export function ownId(tag: string, position: number): string {
	return `${tag}-${position.toString(36)}`;
}

export type MessageState = 'visible' | 'leased' | 'delayed';

/** A message as a look shows it; a receive adds the lease. */
export interface StoredMessage extends Content {
	readonly id: string;
	/** Sequence number with its lane: what a receipt names. */
	readonly position: number;
	readonly sequence: number;
	readonly priority: number;
	readonly publishedAt: number;
	/** Times handed out so far. */
	readonly attempt: number;
	readonly expiresAt?: number;
	readonly deadLetter?: DeadLetter;
	readonly copyOf?: CopyOf;
	readonly failures?: readonly Failure[];
}

export interface ReceivedMessage extends StoredMessage {
	/** Null when the queue delivers at most once: there is nothing to acknowledge. */
	readonly leaseExpiresAt: number | null;
	/** Instant of its first attempt. */
	readonly firstReceivedAt: number;
}

/**
 * Messages of priority 0 that one receive hands out one after the other, for the first time, of which there is nothing to
 * tell but their bodies: they have ids of the object's own. As one, since most of a large receive is such.
 */
export interface MessageRun {
	readonly position: number;
	readonly publishedAt: number;
	/** Of each message: bytes of its body, and as many units. */
	readonly sizes: readonly number[];
	/** One behind the other. */
	readonly bodies: string;
	/** As each of them has it. */
	readonly leaseExpiresAt: number | null;
	readonly firstReceivedAt: number;
}

/** What a receive hands out, in order. */
export type Received = readonly (ReceivedMessage | MessageRun)[];

export function isRun(part: ReceivedMessage | MessageRun): part is MessageRun {
	return 'sizes' in part;
}

/** How many messages these are. */
export function countOf(parts: Received): number {
	return parts.reduce((sum, part) => sum + (isRun(part) ? part.sizes.length : 1), 0);
}

/** Each message by itself. `tag`: of its object. */
export function oneByOne(tag: string, parts: Received): ReceivedMessage[] {
	return parts.flatMap((part) => (isRun(part) ? messagesOf(tag, part) : [part]));
}

/** Each message of a run by itself. `tag`: of its object. */
export function messagesOf(tag: string, run: MessageRun): ReceivedMessage[] {
	const { position: first, publishedAt, bodies, leaseExpiresAt, firstReceivedAt } = run;
	let at = 0;
	return run.sizes.map((size, index) => {
		const position = first + index;
		at += size;
		return {
			id: ownId(tag, position),
			position,
			sequence: position,
			priority: 0,
			body: bodies.slice(at - size, at),
			size,
			publishedAt,
			attempt: 1,
			leaseExpiresAt,
			firstReceivedAt,
		};
	});
}

export interface BrowsedMessage extends StoredMessage {
	readonly state: MessageState;
	/** When a delayed message is due or a lease ends; absent for a visible one. */
	readonly until?: number;
	/** Instant of its first attempt; absent where there was none. */
	readonly firstReceivedAt?: number;
}

/** Messages on their way between objects. */
export interface CarriedMessage extends Content {
	/** Of a dead letter, which keeps it. Others are new where they arrive, as if they were published there. */
	readonly id?: string;
	/** Strictly increasing per source and generation. */
	readonly courierPosition: number;
	readonly publishedAt: number;
	readonly priority?: number;
	/** Instant; absent: the target's own delay. */
	readonly deliverAt?: number;
	readonly expiresAt?: number;
	readonly deadLetter?: DeadLetter;
	readonly copyOf?: CopyOf;
	/** On its way back from a dead-letter queue; its history comes along in case it cannot be delivered. */
	readonly isRedriven?: boolean;
	/** The redrive of everything that it left by, for the object that it comes from. */
	readonly redriveId?: string;
}
