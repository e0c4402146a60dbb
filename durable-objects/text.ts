/**
 * A value as JSON. What is hot crosses RPC as one string: structured clone writes every property name of every object,
 * and costs more than writing and reading JSON as soon as there are many; the queue's settings, which come with every
 * call, are then only compared with those of the call before.
 */
export type Text<Value> = string & { readonly value?: Value };

export function toText<Value>(value: Value): Text<Value> {
	return JSON.stringify(value);
}

export function fromText<Value>(text: Text<Value>): Value {
	return JSON.parse(text) as Value;
}

/** Reads texts of which the next is nearly always the one before, as settings that come with every call are. */
export class LastText<Value> {
	private last: { readonly text: Text<Value>; readonly value: Value } | undefined;

	read(text: Text<Value>): Value {
		if (this.last?.text !== text) this.last = { text, value: fromText(text) };
		return this.last.value;
	}
}
