/**
 * The life of a message in its partition:
 *
 *                 publish                              receive
 *   (nothing) ───────────────► in the log ──────────────────────────────► leased ──ack──► finished
 *        │                        │  ▲ cursor meets it,                   │  │  ▲
 *        │ delayed, no key        │  │ its key is held                    │  │  │ receive, extend
 *        │                        ▼  │                                    │  │  │
 *        │                      parked ──key is free, receive──► leased   │  │  │
 *        │                                                  retry, expiry │  │  │
 *        └─────────────────────────────────────────────► waiting ◄────────┘  │  │
 *                                                           │  └─────────────┼──┘
 *                          retention, ttl, remove, purge    │   maxReceives  │
 *        finished ◄──────── (from any state but leased) ────┘                └──► outbox ──courier──► elsewhere
 *
 * In the log and parked: in a segment, no row of its own. Leased for the first time: a member of a lease row.
 * Waiting, or leased again: a straggler row.
 */
import {
	type Annotations,
	type CarriedMessage,
	type Content,
	type CopyOf,
	type DeadLetter,
	type Failure,
	ownId,
	type StoredMessage,
} from '../protocol';

/** Positions per lane. 2^48 sequence numbers last 8,900 years at 1,000 a second, and ten lanes stay below 2^53. */
export const LANE_SPAN = 2 ** 48;

export function laneOf(position: number): number {
	return Math.floor(position / LANE_SPAN);
}

export function sequenceOf(position: number): number {
	return position % LANE_SPAN;
}

/** What a segment stores of a message beside its body. Absent means none, so that a plain message stays small. */
export interface Head {
	/** UTF-16 units of the stored body. */
	readonly length: number;
	readonly size: number;
	readonly encoding?: 'base64';
	readonly contentType?: string;
	readonly key?: string;
	readonly attributes?: Readonly<Record<string, string>>;
	readonly annotations?: Annotations;
	readonly traceparent?: string;
	readonly dedupId?: string;
	readonly expiresAt?: number;
	readonly deliverAt?: number;
	/** Of a message that came by courier; otherwise the id follows from the position. */
	readonly id?: string;
	/** Of a message that came by courier; otherwise the segment knows. */
	readonly publishedAt?: number;
	readonly deadLetter?: DeadLetter;
	readonly copyOf?: CopyOf;
	/** In an outbox or a topic only: in a queue the lane says it. */
	readonly priority?: number;
	/** In the outbox only. */
	readonly isRedriven?: boolean;
	readonly redriveId?: string;
}

/** A stored message wherever it stands. */
export interface LogRecord {
	readonly position: number;
	readonly head: Head;
	readonly body: string;
	readonly writtenAt: number;
	readonly retainedFrom: number;
}

/** What a head has beside the content: set where the message has it. */
type Extras = {
	-readonly [Name in
		| 'expiresAt'
		| 'deliverAt'
		| 'id'
		| 'publishedAt'
		| 'deadLetter'
		| 'copyOf'
		| 'priority'
		| 'isRedriven'
		| 'redriveId']?: Head[Name];
};

/** The head of a message, without what it does not have. Property by property: this runs for every message published. */
export function headOf(content: Content, extras?: Extras): Head {
	const head: { -readonly [Name in keyof Head]: Head[Name] } = { length: content.body.length, size: content.size };
	if (content.encoding === 'base64') head.encoding = 'base64';
	if (content.contentType !== undefined) head.contentType = content.contentType;
	if (content.key !== undefined) head.key = content.key;
	if (content.attributes !== undefined) head.attributes = content.attributes;
	if (content.annotations !== undefined) head.annotations = content.annotations;
	if (content.traceparent !== undefined) head.traceparent = content.traceparent;
	if (content.dedupId !== undefined) head.dedupId = content.dedupId;
	if (extras === undefined) return head;
	if (extras.expiresAt !== undefined) head.expiresAt = extras.expiresAt;
	if (extras.deliverAt !== undefined) head.deliverAt = extras.deliverAt;
	if (extras.id !== undefined) head.id = extras.id;
	if (extras.publishedAt !== undefined) head.publishedAt = extras.publishedAt;
	if (extras.deadLetter !== undefined) head.deadLetter = extras.deadLetter;
	if (extras.copyOf !== undefined) head.copyOf = extras.copyOf;
	if (extras.priority) head.priority = extras.priority;
	if (extras.isRedriven) head.isRedriven = true;
	if (extras.redriveId !== undefined) head.redriveId = extras.redriveId;
	return head;
}

/** What a message counts where memory is bounded: units of its body or, where they are more, bytes of all that it carries. */
export function weightOf({ head, body }: Pick<LogRecord, 'head' | 'body'>): number {
	return Math.max(body.length, head.size);
}

/** The id of a message: the object's tag makes it unique among all objects, the position within this one. */
export function idOf(tag: string, position: number, head: Pick<Head, 'id'>): string {
	return head.id ?? ownId(tag, position);
}

/** The position that an id of this very object names, or undefined. */
export function positionOfId(tag: string, id: string): number | undefined {
	if (!id.startsWith(`${tag}-`)) return undefined;
	const text = id.slice(tag.length + 1);
	const position = Number.parseInt(text, 36);
	return Number.isSafeInteger(position) && position.toString(36) === text ? position : undefined;
}

export function storedMessage(
	tag: string,
	record: LogRecord,
	attempt: number,
	failures: readonly Failure[],
): StoredMessage {
	const { position, head } = record;
	// Property by property: spreading a head per message is most of the time of a large receive.
	return {
		body: record.body,
		encoding: head.encoding,
		contentType: head.contentType,
		key: head.key,
		attributes: head.attributes,
		annotations: head.annotations,
		traceparent: head.traceparent,
		dedupId: head.dedupId,
		size: head.size,
		id: idOf(tag, position, head),
		position,
		sequence: sequenceOf(position),
		priority: laneOf(position),
		publishedAt: head.publishedAt ?? record.writtenAt,
		attempt,
		expiresAt: head.expiresAt,
		deadLetter: head.deadLetter,
		copyOf: head.copyOf,
		failures: failures.length > 0 ? failures : undefined,
	};
}

/**
 * A message on its way out, without the courier position that its outbox row gives it. Its time to live stays behind:
 * a dead letter is there to be looked at.
 */
export type Leaving = Omit<CarriedMessage, 'courierPosition'>;

export function leaving(tag: string, record: LogRecord, deadLetter: DeadLetter | undefined): Leaving {
	const { length: _, deliverAt: __, deadLetter: ___, expiresAt: ____, ...rest } = record.head;
	const message = {
		...rest,
		priority: laneOf(record.position),
		body: record.body,
		id: idOf(tag, record.position, record.head),
		publishedAt: record.head.publishedAt ?? record.writtenAt,
	};
	return deadLetter === undefined ? message : { ...message, deadLetter };
}

/** Stored bytes of a message in a packed row, counted high: a row ends at 2 MB, and JSON may escape one byte to six. */
export function storedBytes(
	body: string,
	head: Omit<Content, 'body' | 'traceparent'> & Pick<Head, 'deadLetter' | 'copyOf'>,
): number {
	let bytes = (head.encoding === 'base64' ? body.length : head.size) + HEAD_BYTES;
	if (head.key !== undefined) bytes += 6 * head.key.length;
	if (head.dedupId !== undefined) bytes += 6 * head.dedupId.length;
	if (head.contentType !== undefined) bytes += 2 * head.contentType.length;
	if (head.attributes !== undefined) bytes += 3 * JSON.stringify(head.attributes).length;
	if (head.annotations !== undefined) bytes += 3 * JSON.stringify(head.annotations).length;
	if (head.deadLetter !== undefined) bytes += 3 * JSON.stringify(head.deadLetter).length;
	if (head.copyOf !== undefined) bytes += COPY_BYTES + markBytes(head.copyOf.mark);
	return bytes;
}

/** Stored bytes of so many plain messages, which have so many bytes in all. */
export function plainBytes(count: number, bytes: number): number {
	return bytes + count * HEAD_BYTES;
}

/** Of a copy's mark, counted as high. */
export function markBytes(mark = ''): number {
	return 6 * mark.length;
}

/** Names, numbers, an id and a traceparent. */
const HEAD_BYTES = 320;

/** A topic's name and an id. */
const COPY_BYTES = 200;
