/// <reference lib="esnext.typedarrays" />
import type { ReceivedMessage } from '../../../durable-objects/protocol';
import { isBinary, type MessageAttribute, typeOf } from '../attributes';
import { isCarried } from '../characters';
import { enveloped } from '../sns/envelope';
import { keptBy } from './kept';

/** A received message as SQS's clients see it. */
export interface Incoming {
	readonly body: string;
	readonly attributes: readonly MessageAttribute[];
}

/**
 * Whoever has published it: through SQS it is what was sent; a subscription's copy may be in its envelope; what a native client
 * has published and SQS could not carry comes as base64, be it bytes or text with characters of no use to XML.
 */
export function incoming(at: { readonly region: string; readonly origin: string }, message: ReceivedMessage): Incoming {
	if (message.copyOf?.mark !== undefined) return { body: carried(enveloped(at, message)), attributes: [] };
	const kept = keptBy(message);
	const attributes = Object.entries(message.attributes ?? {}).map(([name, value]) =>
		typed({ name, type: typeOf(kept, name), value }),
	);
	return { body: message.encoding === 'base64' ? message.body : carried(message.body), attributes };
}

function typed(attribute: MessageAttribute): MessageAttribute {
	if (isBinary(attribute) || isCarried(attribute.value)) return attribute;
	return { ...attribute, type: 'Binary', value: base64(attribute.value) };
}

function carried(text: string): string {
	return isCarried(text) ? text : base64(text);
}

function base64(text: string): string {
	return new TextEncoder().encode(text).toBase64();
}

/** Those that a receive names: each by its name, by its beginning (`a.*`), or all of them. */
export function selected(
	attributes: readonly MessageAttribute[],
	names: readonly string[],
): readonly MessageAttribute[] {
	if (names.length === 0 || attributes.length === 0) return [];
	if (names.includes('All') || names.includes('.*')) return attributes;
	const exact = new Set(names);
	const beginnings = names.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
	return attributes.filter(({ name }) => exact.has(name) || beginnings.some((beginning) => name.startsWith(beginning)));
}
