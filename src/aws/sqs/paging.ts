import { z } from '@hono/zod-openapi';
import type { Queue } from '../../../durable-objects/protocol';
import { type Found, visiblePage } from '../../paging';
import { NAME } from '../../schemas/common';
import type { Call } from '../facade';
import { queueUrl } from '../names';
import { wholeParameter } from '../parameters';

const MOST = 1_000;

/** The name to go on after, which clients must not make up themselves. */
const token = z.string().transform((given, context) => {
	const name = decoded(given);
	if (NAME.test(name)) return name;
	context.issues.push({
		code: 'custom',
		message: 'Reason: It is none that was answered.',
		input: given,
		params: { given },
	});
	return z.NEVER;
});

export const pageParameters = {
	MaxResults: wholeParameter(1, MOST).optional(),
	NextToken: token.optional(),
};

interface PageWanted {
	readonly MaxResults?: number | undefined;
	readonly NextToken?: string | undefined;
}

/** Addresses of the queues that the caller's key covers. As in SQS, only who names a maximum is told how to go on. */
export async function queuePage(
	{ caller, origin }: Call,
	{ MaxResults, NextToken: after }: PageWanted,
	read: (after: string | null, limit: number) => Promise<Found<Queue>>,
): Promise<{ readonly urls: readonly string[]; readonly NextToken?: string }> {
	const wanted = { limit: MaxResults ?? MOST, ...(after === undefined ? {} : { after }) };
	const { found, next } = await visiblePage(caller, wanted, read);
	const urls = found.map(({ name }) => queueUrl(origin, name));
	return MaxResults === undefined || next === null ? { urls } : { urls, NextToken: btoa(next) };
}

function decoded(text: string): string {
	try {
		return atob(text);
	} catch {
		return '';
	}
}
