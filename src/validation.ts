import type { z } from '@hono/zod-openapi';
import { type Fault, Problem } from './problems';

/** Where a value came from: it decides how a fault names its place. */
export type Source = 'body' | 'query' | 'path';

/** More faults than these help nobody, and a batch could have thousands. */
const FAULTS = 20;

/** The parsed value, or a problem that names every field that is wrong and what it should be. */
export function validated<S extends z.ZodType>(schema: S, value: unknown, source: Source): z.output<S> {
	const result = schema.safeParse(value, { error: explain });
	if (result.success) return result.data;
	const faults = result.error.issues.flatMap((issue) => faultsOf(issue, source)).slice(0, FAULTS);
	throw invalid(faults);
}

/** A problem of one or more faults; its detail is the first one's. */
export function invalid(faults: readonly Fault[]): Problem {
	const more = faults.length > 1 ? ` (and ${faults.length - 1} more, see errors)` : '';
	return new Problem('invalid_request', `${faults[0]?.detail ?? 'The request is not valid.'}${more}`, {
		errors: faults,
	});
}

/** A fault at a place of the body: `invalidField(['messages', 3, 'body'], 'must be …')`. */
export function fieldFault(path: readonly PropertyKey[], rule: string, source: Source = 'body'): Fault {
	const detail = `${readable(path)} ${rule}`;
	return source === 'body'
		? { detail, pointer: pointerOf(path) }
		: { detail, parameter: path.map(cut).map(String).join('.') };
}

function faultsOf(issue: z.core.$ZodIssue, source: Source): Fault[] {
	if (issue.code !== 'unrecognized_keys') return [fieldFault(issue.path, issue.message, source)];
	return issue.keys.map((key) => fieldFault([...issue.path, key], issue.message, source));
}

/** A name that somebody has made up may be megabytes long, and is answered several times. */
function cut(part: PropertyKey): PropertyKey {
	return typeof part === 'string' && part.length > MOST_UNITS ? `${part.slice(0, MOST_UNITS).toWellFormed()}…` : part;
}

const MOST_UNITS = 128;

function readable(path: readonly PropertyKey[]): string {
	if (path.length === 0) return 'The body';
	let text = '';
	for (const part of path.map(cut)) {
		if (typeof part === 'number') text += `[${part}]`;
		else text += text === '' ? String(part) : `.${String(part)}`;
	}
	return text;
}

function pointerOf(path: readonly PropertyKey[]): string {
	return `#${path
		.map(cut)
		.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
		.join('')}`;
}

/** Messages that follow the field's name: "delaySeconds must be at most 30". A schema's own message wins. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
	switch (issue.code) {
		case 'unrecognized_keys':
			return 'is not a known field: remove it or check its spelling';
		case 'invalid_type':
			if (issue.input === undefined) return 'is required';
			return `must be ${article(issue.expected === 'int' ? 'whole number' : issue.expected)}`;
		case 'too_big':
			return `must ${bound(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`;
		case 'too_small':
			return `must ${bound(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`;
		case 'invalid_value':
			if (issue.input === undefined) return 'is required';
			return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
		default:
			return undefined;
	}
}

function article(noun: string): string {
	return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function bound(origin: string): string {
	return origin === 'string' || origin === 'array' ? 'have' : 'be';
}

function unit(origin: string): string {
	if (origin === 'string') return ' characters';
	return origin === 'array' ? ' entries' : '';
}
