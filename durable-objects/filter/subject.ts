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

	/** The body where it is text and a JSON object. A base64 body is bytes, whatever they spell: no object. */
	get body(): JsonObject | undefined {
		if (this.parsed === undefined) {
			const value = this.content.encoding === 'base64' ? undefined : jsonOf(this.content.body);
			this.parsed = { body: isObject(value) ? value : undefined };
		}
		return this.parsed.body;
	}
}

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
