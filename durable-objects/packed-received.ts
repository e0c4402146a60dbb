// How a receive's answer crosses RPC.

import { isRun, messagesOf, ownId, type Received, type ReceivedMessage } from './messages';
import { isRefusal, type Refusal } from './refusals';
import { fromText, type Text, toText } from './text';

/**
 * Messages beside their bodies. Those that are handed out for the first time and have nothing but a body, by the run; one that
 * has a key or a content type too, as what tells it from its neighbours; of any other, all of it, with the units of the
 * body in place of the body.
 */
type PackedMessage = PlainRun | PlainMessage | (Omit<ReceivedMessage, 'body'> & { readonly body: number });

/** Of neighbours in the log. */
type PlainRun = readonly [position: number, publishedAt: number, sizes: readonly number[]];

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
export function packReceived(tag: string, received: Refusal | Received): Refusal | PackedReceived {
	if (isRefusal(received)) return received;
	const { leaseExpiresAt = null, firstReceivedAt = 0 } = received.find(isRun) ?? received[0] ?? {};
	const messages = received.map((part): PackedMessage => {
		if (isRun(part)) return [part.position, part.publishedAt, part.sizes];
		const isAlike =
			isPlain(part) &&
			part.leaseExpiresAt === leaseExpiresAt &&
			part.firstReceivedAt === firstReceivedAt &&
			part.id === ownId(tag, part.position);
		return isAlike ? plain(part) : { ...part, body: part.body.length };
	});
	const bodies = received.map((part) => (isRun(part) ? part.bodies : part.body));
	return {
		batch: toText<Batch>({ tag, leaseExpiresAt, firstReceivedAt, messages }),
		bodies: bodies.length === 1 ? (bodies[0] as string) : bodies.join(''),
	};
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

/** What was received of an object, as it came: runs are left as one. */
export interface Unpacked {
	/** Of the object: see `messagesOf`. */
	readonly tag: string;
	readonly parts: Received;
}

export function unpackReceived(received: Refusal | PackedReceived): Refusal | Unpacked {
	if (isRefusal(received)) return received;
	const { batch, bodies } = received;
	const { tag, leaseExpiresAt, firstReceivedAt, messages } = fromText(batch);
	let at = 0;
	const next = (units: number) => {
		at += units;
		return bodies.slice(at - units, at);
	};
	const parts = messages.map((message): Received[number] => {
		if (!isTuple(message)) return { ...message, body: next(message.body) };
		const [position, publishedAt, size] = message;
		const sizes = typeof size === 'number' ? [size] : size;
		const units = sizes.reduce((sum, one) => sum + one, 0);
		const run = { position, publishedAt, sizes, bodies: next(units), leaseExpiresAt, firstReceivedAt };
		if (typeof size !== 'number') return run;
		const [, , , key, contentType] = message as PlainMessage;
		const [only] = messagesOf(tag, run);
		return { ...(only as ReceivedMessage), key: key ?? undefined, contentType };
	});
	return { tag, parts };
}

function isTuple(message: PackedMessage): message is PlainRun | PlainMessage {
	return Array.isArray(message);
}
