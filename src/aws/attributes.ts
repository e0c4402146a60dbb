/// <reference lib="esnext.typedarrays" />
import { Buffer } from 'node:buffer';
import { annotationBytes, type NewMessage } from '../../durable-objects/protocol';
import { type Kept, keep } from './sqs/kept';

// Attributes of messages, as both SQS and SNS have them: each with a type. Natively they are attributes without types; the
// types are kept.

export interface MessageAttribute {
	readonly name: string;
	/** `String`, `Number` or `Binary`, and a label of the client's own after a dot. */
	readonly type: string;
	/** Text; of `Binary` types the base64 of the bytes. */
	readonly value: string;
}

const PLAIN = 'String';

export function isBinary({ type }: Pick<MessageAttribute, 'type'>): boolean {
	return type === 'Binary' || type.startsWith('Binary.');
}

/** The base64 as it is written here, whatever the client leaves out of it; undefined where it is none. */
export function base64Of(text: string): string | undefined {
	try {
		return Uint8Array.fromBase64(text).toBase64();
	} catch {
		return undefined;
	}
}

/** What attributes count of a message's size: bytes of names, types and values. */
export function sizeOfAttributes(attributes: readonly MessageAttribute[]): number {
	return attributes.reduce((sum, attribute) => {
		const { name, type, value } = attribute;
		const valueBytes = Buffer.byteLength(value, isBinary(attribute) ? 'base64' : 'utf8');
		return sum + Buffer.byteLength(name) + Buffer.byteLength(type) + valueBytes;
	}, 0);
}

/** The type of a stored attribute. Those that native clients published are plain. */
export function typeOf({ types }: Kept, name: string): string {
	return types !== undefined && Object.hasOwn(types, name) ? (types[name] ?? PLAIN) : PLAIN;
}

/** A message as AWS's clients wrote it, checked. */
export interface Draft extends Pick<NewMessage, 'body' | 'key' | 'dedupId' | 'delayMs'> {
	readonly attributes: readonly MessageAttribute[];
	/** Beside the types of the attributes. */
	readonly kept: Omit<Kept, 'types'>;
}

/** The message that is to be published. */
export function newMessage({ attributes, kept, ...fields }: Draft): NewMessage {
	const typed = attributes.filter(({ type }) => type !== PLAIN);
	const types = typed.length === 0 ? undefined : Object.fromEntries(typed.map(({ name, type }) => [name, type]));
	const annotations = keep({ ...kept, types });
	let size = Buffer.byteLength(fields.body) + (annotations === undefined ? 0 : annotationBytes(annotations));
	for (const { name, value } of attributes) size += Buffer.byteLength(name) + Buffer.byteLength(value);
	return {
		...fields,
		size,
		...(annotations && { annotations }),
		...(attributes.length > 0 && {
			attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
		}),
	};
}
