// How a receive's answer crosses RPC.

import { ownId, type ReceivedMessage } from './messages';
import { isRefusal, type Refusal } from './refusals';
import { fromText, type Text, toText } from './text';

/**
 * A message beside its body: what tells it from its neighbours where it is handed out for the first time and has nothing but
 * a body, a key and a content type; else all of it, with the units of the body in place of the body.
 */
type PackedMessage = PlainMessage | (Omit<ReceivedMessage, 'body'> & { readonly body: number });

type PlainMessage = readonly [
	position: number,
	publishedAt: number,
	size: number,
	key?: string | null,
	contentType?: string,
];

interface Batch {
	readonly tag: string;
	readonly leaseExpiresAt: number | null;
	readonly firstReceivedAt: number;
	readonly messages: readonly PackedMessage[];
}

/** What a receive hands out: beside the bodies, as JSON, and all bodies as one text, which is never escaped. */
export interface PackedReceived {
	readonly batch: Text<Batch>;
	readonly bodies: string;
}

/** `tag`: of the object, whose own ids follow from it and the position. */
export function packReceived(tag: string, received: Refusal | readonly ReceivedMessage[]): Refusal | PackedReceived {
	if (isRefusal(received)) return received;
	const [first] = received;
	const { leaseExpiresAt = null, firstReceivedAt = 0 } = first ?? {};
	const messages = received.map((message): PackedMessage => {
		const isAlike =
			isPlain(message) &&
			message.leaseExpiresAt === leaseExpiresAt &&
			message.firstReceivedAt === firstReceivedAt &&
			message.id === ownId(tag, message.position);
		return isAlike ? plain(message) : { ...message, body: message.body.length };
	});
	const bodies = received.map(({ body }) => body).join('');
	return { batch: toText<Batch>({ tag, leaseExpiresAt, firstReceivedAt, messages }), bodies };
}

function plain({ position, publishedAt, size, key, contentType }: ReceivedMessage): PlainMessage {
	if (contentType !== undefined) return [position, publishedAt, size, key ?? null, contentType];
	return key === undefined ? [position, publishedAt, size] : [position, publishedAt, size, key];
}

/** What only messages off the plain way have; total over a message, or this does not compile. */
type Extra = Exclude<
	keyof ReceivedMessage,
	| 'id'
	| 'position'
	| 'sequence'
	| 'priority'
	| 'publishedAt'
	| 'attempt'
	| 'body'
	| 'size'
	| 'key'
	| 'contentType'
	| 'leaseExpiresAt'
	| 'firstReceivedAt'
>;

const EXTRAS = Object.keys({
	encoding: 0,
	attributes: 0,
	annotations: 0,
	traceparent: 0,
	dedupId: 0,
	expiresAt: 0,
	deadLetter: 0,
	copyOf: 0,
	failures: 0,
} satisfies Record<Extra, 0>) as readonly Extra[];

function isPlain(message: ReceivedMessage): boolean {
	if (message.attempt !== 1 || message.priority !== 0 || message.size !== message.body.length) return false;
	for (const name of EXTRAS) if (message[name] !== undefined) return false;
	return true;
}

export function unpackReceived(received: Refusal | PackedReceived): Refusal | ReceivedMessage[] {
	if (isRefusal(received)) return received;
	const { batch, bodies } = received;
	const { tag, leaseExpiresAt, firstReceivedAt, messages } = fromText(batch);
	let at = 0;
	return messages.map((message): ReceivedMessage => {
		const from = at;
		if (!isTuple(message)) {
			at += message.body;
			return { ...message, body: bodies.slice(from, at) };
		}
		const [position, publishedAt, size, key, contentType] = message;
		at += size;
		return {
			id: ownId(tag, position),
			position,
			sequence: position,
			priority: 0,
			key: key ?? undefined,
			body: bodies.slice(from, at),
			size,
			contentType,
			publishedAt,
			attempt: 1,
			leaseExpiresAt,
			firstReceivedAt,
		};
	});
}

function isTuple(message: PackedMessage): message is PlainMessage {
	return Array.isArray(message);
}
