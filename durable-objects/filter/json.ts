// JSON values as filters read them. Bodies and policies are strangers' text: a key may be `__proto__`, and
// nesting may be as deep as the text is long, so values are read by own keys and arrays are walked without recursion.

export type JsonObject = Readonly<Record<string, unknown>>;
export type Scalar = string | number | boolean | null;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is Scalar {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The value of an object's own key; undefined where the key, or the whole object, is absent. */
export function own(object: JsonObject | undefined, name: string): unknown {
	return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether the value, or any element of it where it is an array (of arrays, at any depth), passes; in no set order. */
export function someWithin(value: unknown, passes: (element: unknown) => boolean): boolean {
	if (!Array.isArray(value)) return passes(value);
	const pending: unknown[][] = [value];
	for (let array = pending.pop(); array !== undefined; array = pending.pop()) {
		for (const element of array) {
			if (Array.isArray(element)) pending.push(element);
			else if (passes(element)) return true;
		}
	}
	return false;
}
