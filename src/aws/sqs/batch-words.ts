import type { BatchWords } from '../batches';
import { AwsError } from '../errors';
import { invalidParameters } from './action';
import { errorOf, SQS_ERRORS } from './errors';

const ID_RULE =
	'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';

/** Of a batch of SQS. `element`: what AWS calls an entry of it. */
export function batchWords(element: string): BatchWords {
	return {
		none: () => new AwsError(SQS_ERRORS.emptyBatch, `There should be at least one ${element} in the request.`),
		tooMany: (count, most) =>
			new AwsError(
				SQS_ERRORS.tooManyEntries,
				`Maximum number of entries per request are ${most}. You have sent ${count}.`,
			),
		withoutId: (number) => {
			const rule = `The request must contain the parameter ${element}.${number}.Id.`;
			return new AwsError(SQS_ERRORS.missingParameter, rule);
		},
		invalidId: () => new AwsError(SQS_ERRORS.invalidEntryId, ID_RULE),
		repeatedId: (id) => new AwsError(SQS_ERRORS.entryIdsNotDistinct, `Id ${id} repeated.`),
		invalid: invalidParameters,
		errorOf,
	};
}

/** An answer without the list that would be empty, as SQS has it. */
export function withoutEmpty(answer: Readonly<Record<string, readonly object[]>>): Record<string, readonly object[]> {
	return Object.fromEntries(Object.entries(answer).filter(([, list]) => list.length > 0));
}
