/** Far above what a policy nests; what is much deeper can be read, but not be written any more. */
const DEEPEST = 100;

/** The object that a text is as JSON; undefined where it is none, or too deep. */
export function jsonObjectOf(text: string): Record<string, unknown> | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	return isObject && isShallow(value) ? (value as Record<string, unknown>) : undefined;
}

function isShallow(value: unknown): boolean {
	let level = [value];
	for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
		level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
	}
	return level.length === 0;
}

export function isJsonObject(text: string): boolean {
	return jsonObjectOf(text) !== undefined;
}

/** SNS takes "True", too. */
export function switchOf(text: string): 'true' | 'false' | undefined {
	const lower = text.toLowerCase();
	return lower === 'true' || lower === 'false' ? lower : undefined;
}
