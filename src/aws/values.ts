/** The object that a text is as JSON, or undefined. */
export function jsonObjectOf(text: string): Record<string, unknown> | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined;
}

export function isJsonObject(text: string): boolean {
	return jsonObjectOf(text) !== undefined;
}

/** SNS takes "True", too. */
export function switchOf(text: string): 'true' | 'false' | undefined {
	const lower = text.toLowerCase();
	return lower === 'true' || lower === 'false' ? lower : undefined;
}
