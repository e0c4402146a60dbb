import { z } from '@hono/zod-openapi';

// Parameters in either protocol: JSON has numbers and booleans, Query has texts only.

/** A whole number within bounds; the error says both, as AWS does. Decimals are taken where a duration may have them. */
export function numberParameter(min: number, max: number, rule = `Must be >= ${min} and <= ${max}, if provided.`) {
	const isWithin = (value: unknown) => typeof value === 'number' && value >= min && value <= max;
	return z.unknown().transform((given, context) => {
		const value = typeof given === 'string' && /^-?\d{1,12}(\.\d{1,9})?$/.test(given) ? Number(given) : given;
		if (isWithin(value)) return value as number;
		context.issues.push({ code: 'custom', message: `Reason: ${rule}`, input: given, params: { given } });
		return z.NEVER;
	});
}

export const booleanParameter = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** Text that can be stored: a lone surrogate has no UTF-8. */
export const textParameter = z.string().refine((text) => text.isWellFormed(), 'Reason: Must be well-formed Unicode.');

export const textList = z.array(textParameter);
export const textMap = z.record(z.string(), textParameter);
