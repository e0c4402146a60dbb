import { z } from '@hono/zod-openapi';
import { Problem } from '../../problems';
import { AwsError } from '../errors';
import { invalidParameters } from './action';
import { errorOf, SQS_ERRORS } from './errors';

const MOST = 10;
const ID = /^[\w-]{1,80}$/;
const ID_RULE =
	'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';

/** Each entry is checked for itself: a wrong one fails alone. */
export const batchEntries = z.array(z.unknown()).default([]);

/** One entry of a request, by its id. */
export interface Entry<T> {
	readonly id: string;
	readonly value: T | AwsError;
}

/**
 * What is asked by each entry of a batch, or the error of that one. Refuses the whole where there are none or too many, or their ids do
 * not tell them apart. `element`: what AWS calls an entry.
 */
export function readEntries<S extends z.ZodType>(
	entries: readonly unknown[],
	schema: S,
	element: string,
): Entry<z.output<S>>[] {
	if (entries.length === 0) {
		throw new AwsError(SQS_ERRORS.emptyBatch, `There should be at least one ${element} in the request.`);
	}
	if (entries.length > MOST) {
		const rule = `Maximum number of entries per request are ${MOST}. You have sent ${entries.length}.`;
		throw new AwsError(SQS_ERRORS.tooManyEntries, rule);
	}
	const seen = new Set<string>();
	return entries.map((entry, index) => {
		const id = idOf(entry, `${element}.${index + 1}.Id`);
		if (seen.has(id)) throw new AwsError(SQS_ERRORS.entryIdsNotDistinct, `Id ${id} repeated.`);
		seen.add(id);
		const checked = schema.safeParse(entry, { reportInput: true });
		return { id, value: checked.success ? checked.data : invalidParameters(checked.error) };
	});
}

function idOf(entry: unknown, parameter: string): string {
	const id = typeof entry === 'object' && entry !== null ? (entry as { Id?: unknown }).Id : undefined;
	if (id === undefined || id === null) {
		throw new AwsError(SQS_ERRORS.missingParameter, `The request must contain the parameter ${parameter}.`);
	}
	if (typeof id !== 'string' || !ID.test(id)) throw new AwsError(SQS_ERRORS.invalidEntryId, ID_RULE);
	return id;
}

/** What the entries ask for that are good so far. */
export function goodOf<T>(entries: readonly Entry<T>[]): T[] {
	return entries.flatMap(({ value }) => (value instanceof AwsError ? [] : [value]));
}

/** Goes on with those entries that are good so far; one for which `step` throws has failed for itself. */
export function each<T, U>(entries: readonly Entry<T>[], step: (value: T) => U): Entry<U>[] {
	return entries.map(({ id, value }) => {
		if (value instanceof AwsError) return { id, value };
		try {
			return { id, value: step(value) };
		} catch (error) {
			return { id, value: told(error) };
		}
	});
}

/** The same with the result of each, which stand in the order of `goodOf`; one that is an error is the entry's. */
export function eachWith<T, R, U>(
	entries: readonly Entry<T>[],
	results: readonly (R | AwsError | Problem)[],
	step: (value: T, result: R) => U,
): Entry<U>[] {
	let next = 0;
	return each(entries, (value) => {
		const result = results[next++] as R | AwsError | Problem;
		if (result instanceof AwsError || result instanceof Problem) throw result;
		return step(value, result);
	});
}

function told(error: unknown): AwsError {
	if (error instanceof AwsError) return error;
	if (error instanceof Problem) return errorOf(error);
	throw error;
}

/** The answer to a batch. Lists that are empty are left out, as AWS does. */
export function batchAnswer(entries: readonly Entry<object>[]) {
	const successful = entries.flatMap(({ id, value }) => (value instanceof AwsError ? [] : [{ Id: id, ...value }]));
	const failed = entries.flatMap(({ id, value }) => (value instanceof AwsError ? [failure(id, value)] : []));
	return {
		Successful: successful.length === 0 ? undefined : successful,
		Failed: failed.length === 0 ? undefined : failed,
	};
}

/** What a repeat may help is not the sender's fault: clients send such entries again. */
function failure(id: string, { isSenders, kind, message, retryAfterMs }: AwsError) {
	return { Id: id, SenderFault: isSenders && retryAfterMs === undefined, Code: kind.code, Message: message };
}
