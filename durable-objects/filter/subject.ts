import type { Content } from '../messages';
import { isObject, isScalar, type JsonObject, own } from './json';

/** JSON's own grammar (RFC 8259, 6): what `Number` takes beyond it, such as `0x10` or ` `, is text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** What conditions see of an attribute; `number` where its text is one. */
export interface AttributeValue {
	readonly value: unknown;
	readonly number?: number;
}

/** A message as filters see it: what they read of it is parsed at most once, however many filters look at it. */
export class Subject {
	private readonly attributes = new Map<string, AttributeValue>();
	private parsed: { readonly body: JsonObject | undefined } | undefined;

	constructor(private readonly content: Pick<Content, 'attributes' | 'body' | 'encoding'>) {}

	/** An attribute's value; a text that is a JSON array of scalars is that array, as SNS's String.Array is. */
	attribute(name: string): AttributeValue {
		const known = this.attributes.get(name);
		if (known !== undefined) return known;
		const text = own(this.content.attributes, name);
		const read = typeof text === 'string' ? attributeOf(text) : { value: undefined };
		this.attributes.set(name, read);
		return read;
	}

	/**
	 * The body where it is text and a JSON object of up to 256 KiB, which is where SNS's messages end. A base64 body is bytes,
	 * whatever they spell: no object.
	 */
	get body(): JsonObject | undefined {
		const known = this.parsed ?? (lastLarge?.of === this ? lastLarge : undefined);
		if (known !== undefined) return known.body;
		const { body: text, encoding } = this.content;
		const value = encoding === 'base64' || text.length > MOST_UNITS ? undefined : jsonOf(text);
		const body = isObject(value) ? value : undefined;
		if (text.length > LARGE_UNITS) lastLarge = { of: this, body };
		else this.parsed = { body };
		return body;
	}
}

const MOST_UNITS = 256 * 1_024;

/** A parsed body takes up to 24 times its text: of the large ones only the last is kept, which many filters look at in a row. */
const LARGE_UNITS = 16 * 1_024;
let lastLarge: { readonly of: Subject; readonly body: JsonObject | undefined } | undefined;

function attributeOf(text: string): AttributeValue {
	if (NUMBER.test(text)) return { value: text, number: Number(text) };
	const array = text.startsWith('[') ? jsonOf(text) : undefined;
	return { value: Array.isArray(array) && array.every(isScalar) ? array : text };
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
