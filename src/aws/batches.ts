import { z } from '@hono/zod-openapi';
import { Problem } from '../problems';
import { AwsError } from './errors';
import { shown } from './parameters';

// Batches of SQS and of SNS: what holds for all entries refuses the whole, each is carried out for itself.

const MOST = 10;
const ID = /^[\w-]{1,80}$/;

/** Each entry is checked for itself: a wrong one fails alone. */
export const batchEntries = z.array(z.unknown()).default([]);

/** What is wrong with a batch as a whole, and with an entry, as one of the two says it. */
export interface BatchWords {
	readonly none: () => AwsError;
	readonly tooMany: (count: number, most: number) => AwsError;
	/** `number`: which one it is, from 1. */
	readonly withoutId: (number: number) => AwsError;
	readonly invalidId: (id: string) => AwsError;
	readonly repeatedId: (id: string) => AwsError;
	readonly invalid: (error: z.ZodError) => AwsError;
	readonly errorOf: (problem: Problem) => AwsError;
}

/** One entry of a request, by its id: what has become of it so far, or why it has failed. */
export interface Entry<T> {
	readonly id: string;
	readonly value: T | AwsError | Problem;
}

/** What each entry of a batch asks for, by ids that tell them apart; refuses the whole where they do not. */
export function readEntries<S extends z.ZodType>(
	words: BatchWords,
	entries: readonly unknown[],
	schema: S,
): Entry<z.output<S>>[] {
	if (entries.length === 0) throw words.none();
	if (entries.length > MOST) throw words.tooMany(entries.length, MOST);
	const seen = new Set<string>();
	return entries.map((entry, index) => {
		const id = idOf(words, entry, index + 1);
		if (seen.has(id)) throw words.repeatedId(id);
		seen.add(id);
		const checked = schema.safeParse(entry, { reportInput: true });
		return { id, value: checked.success ? checked.data : words.invalid(checked.error) };
	});
}

function idOf(words: BatchWords, entry: unknown, number: number): string {
	const id = typeof entry === 'object' && entry !== null ? (entry as { Id?: unknown }).Id : undefined;
	if (id === undefined || id === null) throw words.withoutId(number);
	if (typeof id !== 'string' || !ID.test(id)) throw words.invalidId(shown(id, 100));
	return id;
}

function hasFailed(value: unknown): value is AwsError | Problem {
	return value instanceof AwsError || value instanceof Problem;
}

/** What the entries have come to that are good so far. */
export function goodOf<T>(entries: readonly Entry<T>[]): T[] {
	return entries.flatMap(({ value }) => (hasFailed(value) ? [] : [value]));
}

/** Goes on with those entries that are good so far; one for which `step` refuses has failed for itself. */
export function each<T, U>(entries: readonly Entry<T>[], step: (value: T) => U): Entry<U>[] {
	return entries.map(({ id, value }) => {
		if (hasFailed(value)) return { id, value };
		try {
			return { id, value: step(value) };
		} catch (error) {
			if (hasFailed(error)) return { id, value: error };
			throw error;
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
		if (hasFailed(result)) throw result;
		return step(value, result);
	});
}

/** The answer to a batch, an element per entry in one of two lists. */
export function batchAnswer({ errorOf }: BatchWords, entries: readonly Entry<object>[]) {
	const successful: object[] = [];
	const failed: object[] = [];
	for (const { id, value } of entries) {
		if (value instanceof Problem) failed.push(failure(id, errorOf(value)));
		else if (value instanceof AwsError) failed.push(failure(id, value));
		else successful.push({ Id: id, ...value });
	}
	return { Successful: successful, Failed: failed };
}

/** What a repeat may help is not the sender's fault: clients send such entries again. */
function failure(id: string, { isSenders, kind, message, retryAfterMs }: AwsError) {
	return { Id: id, Code: kind.code, Message: message, SenderFault: isSenders && retryAfterMs === undefined };
}
