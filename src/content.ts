/// <reference lib="esnext.typedarrays" />
import { Buffer } from 'node:buffer';
import type { z } from '@hono/zod-openapi';
import { LIMITS, type NewMessage } from '../durable-objects/protocol';
import { decodeText } from './bodies';
import { type Fault, Problem } from './problems';
import { milliseconds } from './schemas/common';
import { ATTRIBUTE_NAME, CONTENT_TYPE, type NewMessageBody, type Options, TRACEPARENT } from './schemas/messages';
import { fieldFault, invalid } from './validation';

const ATTRIBUTE_PREFIX = 'x-sluice-attribute-';
const MESSAGES = ['messages'];
const encoder = new TextEncoder();

/** A message whose body is the request's: text where it is UTF-8, else base64; the rest of it is in headers. */
export function rawMessage(request: Request, bytes: Uint8Array, options: Options): NewMessage {
	const text = decodeText(bytes);
	const { contentType, traceparent, attributes } = messageHeaders(request.headers);
	const size = bytes.byteLength + (attributes === undefined ? 0 : attributeBytes(attributes));
	if (size > LIMITS.messageBytes) throw messageTooLarge([{ detail: `The message ${sizeRule(size)}` }]);
	const content = text === null ? { body: bytes.toBase64(), encoding: 'base64' } : { body: text };
	return newMessage(content, { contentType, attributes }, traceparent, options, size);
}

interface MessageHeaders {
	contentType?: string;
	traceparent?: string;
	attributes?: Record<string, string>;
}

/**
 * What headers say of a message, in one pass: looking each of them up costs more on the hot path. Attributes are
 * `x-sluice-attribute-NAME`; HTTP makes their names lower case.
 */
function messageHeaders(headers: Headers): MessageHeaders {
	const found: MessageHeaders = {};
	for (const [header, value] of headers) {
		if (header === 'content-type') found.contentType = checkedContentType(value);
		// A malformed traceparent is ignored, as W3C Trace Context asks.
		else if (header === 'traceparent' && TRACEPARENT.test(value)) found.traceparent = value;
		else if (header.startsWith(ATTRIBUTE_PREFIX)) {
			found.attributes ??= {};
			found.attributes[attributeName(header, value)] = value;
		}
	}
	const wrong = found.attributes && attributesFault(found.attributes);
	if (wrong === undefined) return found;
	throw invalid([{ detail: `The ${ATTRIBUTE_PREFIX}* headers ${wrong}`, header: `${ATTRIBUTE_PREFIX}*` }]);
}

function checkedContentType(value: string): string {
	if (CONTENT_TYPE.test(value)) return value;
	throw invalid([{ detail: 'content-type must be 1 to 255 printable ASCII characters', header: 'content-type' }]);
}

function attributeName(header: string, value: string): string {
	const name = header.slice(ATTRIBUTE_PREFIX.length);
	if (!ATTRIBUTE_NAME.test(name)) throw invalid([{ detail: `"${name}" is not an attribute name`, header }]);
	if (/^[\t\x20-\x7e]*$/.test(value)) return name;
	throw invalid([{ detail: `${header} must be printable ASCII: publish other text as a batch of one`, header }]);
}

/** The messages of a batch; a single wrong one refuses all of them, and says which. `at`: where in the body they stand. */
export function batchMessages(
	bodies: readonly z.output<typeof NewMessageBody>[],
	traceparent: string | null,
	at: readonly PropertyKey[] = MESSAGES,
): NewMessage[] {
	const faults: Fault[] = [];
	const oversized: Fault[] = [];
	let total = 0;
	const inherited = traceparent !== null && TRACEPARENT.test(traceparent) ? traceparent : undefined;
	const messages = bodies.map((body, index): NewMessage => {
		const bytes = bodyBytes(body);
		if (bytes === null) faults.push(fieldFault([...at, index, 'body'], 'must be base64 with its padding'));
		const wrong = body.attributes && attributesFault(body.attributes);
		if (wrong !== undefined) faults.push(fieldFault([...at, index, 'attributes'], wrong));
		const size = (bytes ?? 0) + (body.attributes === undefined ? 0 : attributeBytes(body.attributes));
		if (size > LIMITS.messageBytes) oversized.push(fieldFault([...at, index], sizeRule(size)));
		total += size;
		return newMessage(body, body, body.traceparent ?? inherited, body, size);
	});
	if (faults.length > 0) throw invalid(faults);
	if (total > LIMITS.batchBytes) oversized.push(fieldFault(at, togetherRule(total)));
	if (oversized.length > 0) throw messageTooLarge(oversized);
	return messages;
}

/** Refuses lists of messages that are each within bounds, and too large as one. */
export function checkTogether(lists: readonly (readonly NewMessage[])[], at: readonly PropertyKey[]): void {
	const total = lists.flat().reduce((sum, { size }) => sum + size, 0);
	if (total > LIMITS.batchBytes) throw messageTooLarge([fieldFault(at, togetherRule(total))]);
}

/** Property by property, and only those that there are: this runs for every message published. */
function newMessage(
	content: { readonly body: string; readonly encoding?: string },
	described: { readonly contentType?: string; readonly attributes?: Readonly<Record<string, string>> },
	traceparent: string | undefined,
	options: Options,
	size: number,
): NewMessage {
	const message: { -readonly [Name in keyof NewMessage]: NewMessage[Name] } = { body: content.body, size };
	if (content.encoding === 'base64') message.encoding = 'base64';
	if (described.contentType !== undefined) message.contentType = described.contentType;
	if (described.attributes !== undefined) message.attributes = described.attributes;
	if (traceparent !== undefined) message.traceparent = traceparent;
	if (options.key !== undefined) message.key = options.key;
	if (options.dedupId !== undefined) message.dedupId = options.dedupId;
	if (options.delaySeconds !== undefined) message.delayMs = milliseconds(options.delaySeconds);
	if (options.deliverAt !== undefined) message.deliverAt = Date.parse(options.deliverAt);
	if (options.ttlSeconds !== undefined) message.ttlMs = milliseconds(options.ttlSeconds);
	if (options.priority) message.priority = options.priority;
	return message;
}

function bodyBytes({ body, encoding }: { body: string; encoding: 'text' | 'base64' }): number | null {
	if (encoding === 'text') return Buffer.byteLength(body);
	if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return null;
	const padding = body.endsWith('==') ? 2 : body.endsWith('=') ? 1 : 0;
	return (body.length / 4) * 3 - padding;
}

function attributeBytes(attributes: Readonly<Record<string, string>>): number {
	let bytes = 0;
	for (const name in attributes) bytes += name.length + encoder.encode(attributes[name]).byteLength;
	return bytes;
}

function attributesFault(attributes: Readonly<Record<string, string>>): string | undefined {
	if (Object.keys(attributes).length > LIMITS.attributes) return `are more than ${LIMITS.attributes}`;
	const bytes = attributeBytes(attributes);
	return bytes > LIMITS.attributeBytes
		? `have ${bytes} bytes together, ${LIMITS.attributeBytes} are the most`
		: undefined;
}

function togetherRule(bytes: number): string {
	return `have ${bytes} bytes together, ${LIMITS.batchBytes} are the most: send fewer`;
}

function sizeRule(size: number): string {
	return `has ${size} bytes with its attributes, ${LIMITS.messageBytes} are the most`;
}

function messageTooLarge(errors: readonly Fault[]): Problem {
	return new Problem('message_too_large', errors[0]?.detail ?? '', { errors });
}
