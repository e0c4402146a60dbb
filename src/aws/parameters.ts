import { z } from '@hono/zod-openapi';

// Parameters in either protocol: JSON has numbers and booleans, Query has texts only.

/** A number within bounds; the error says both, as AWS does. Decimals are taken: a duration may have them. */
export function numberParameter(min: number, max: number, rule = `Must be >= ${min} and <= ${max}, if provided.`) {
	return boundedParameter((value) => value >= min && value <= max, rule);
}

/** The same of a whole number, such as a count. */
export function wholeParameter(min: number, max: number, rule = `Must be >= ${min} and <= ${max}, if provided.`) {
	return boundedParameter((value) => Number.isInteger(value) && value >= min && value <= max, rule);
}

function boundedParameter(isWithin: (value: number) => boolean, rule: string) {
	return z.unknown().transform((given, context) => {
		const value = typeof given === 'string' ? numberIn(given) : given;
		if (typeof value === 'number' && isWithin(value)) return value;
		if (given === undefined) {
			context.issues.push({ code: 'invalid_type', expected: 'number', input: given });
			return z.NEVER;
		}
		context.issues.push({ code: 'custom', message: `Reason: ${rule}`, input: given, params: { given } });
		return z.NEVER;
	});
}

/** Decimal digits only, so that `1e3`, `0x10` and an empty text are none. */
export function numberIn(text: string): number | undefined {
	return /^-?\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

export const booleanParameter = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** Text that can be stored: a lone surrogate has no UTF-8. */
export const textParameter = z.string().refine((text) => text.isWellFormed(), 'Reason: Must be well-formed Unicode.');

/** Text that is looked up: no name, prefix or page token is longer, and a row's key must be bounded. */
export const lookupParameter = textParameter.max(2_048, 'Reason: Must be at most 2048 characters long.');

export const textList = z.array(textParameter);
export const textMap = z.record(z.string(), textParameter);

/** What an error repeats of a value: the beginning of its text. A structure has none, or one that clients made up. */
export function shown(value: unknown, most = 80): string {
	return typeof value === 'object' ? '' : String(value).slice(0, most).toWellFormed();
}
