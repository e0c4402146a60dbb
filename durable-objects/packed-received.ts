// How a receive's answer crosses RPC.

import { ownId, type ReceivedMessage } from './messages';
import { isRefusal, type Refusal } from './refusals';
import { fromText, type Text, toText } from './text';

/**
 * Messages beside their bodies. Those that are handed out for the first time and have nothing but a body, by the run; one that
 * has a key or a content type too, as what tells it from its neighbours; of any other, all of it, with the units of the
 * body in place of the body.
 */
type PackedMessage = PlainRun | PlainMessage | (Omit<ReceivedMessage, 'body'> & { readonly body: number });

/** Of neighbours in the log. */
type PlainRun = readonly [position: number, publishedAt: number, sizes: number[]];

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
	const messages: PackedMessage[] = [];
	let run: PlainRun | undefined;
	for (const message of received) {
		const { position, publishedAt, size, key, contentType } = message;
		const isAlike =
			isPlain(message) &&
			message.leaseExpiresAt === leaseExpiresAt &&
			message.firstReceivedAt === firstReceivedAt &&
			message.id === ownId(tag, position);
		const isBare = isAlike && key === undefined && contentType === undefined;
		if (isBare && run !== undefined && run[0] + run[2].length === position && run[1] === publishedAt) {
			run[2].push(size);
			continue;
		}
		run = isBare ? [position, publishedAt, [size]] : undefined;
		messages.push(run ?? (isAlike ? plain(message) : { ...message, body: message.body.length }));
	}
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
	const next = (units: number) => {
		at += units;
		return bodies.slice(at - units, at);
	};
	const plainly = (position: number, publishedAt: number, size: number, key?: string | null, contentType?: string) => ({
		id: ownId(tag, position),
		position,
		sequence: position,
		priority: 0,
		key: key ?? undefined,
		body: next(size),
		size,
		contentType,
		publishedAt,
		attempt: 1,
		leaseExpiresAt,
		firstReceivedAt,
	});
	return messages.flatMap((message): ReceivedMessage | ReceivedMessage[] => {
		if (!isTuple(message)) return { ...message, body: next(message.body) };
		if (!isRun(message)) return plainly(...message);
		const [first, publishedAt, sizes] = message;
		return sizes.map((size, index) => plainly(first + index, publishedAt, size));
	});
}

function isRun(message: PlainRun | PlainMessage): message is PlainRun {
	return typeof message[2] !== 'number';
}

function isTuple(message: PackedMessage): message is PlainRun | PlainMessage {
	return Array.isArray(message);
}
