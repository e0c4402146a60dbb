import type { BatchWords } from '../batches';
import { AwsError } from '../errors';
import { invalidParameters } from './action';
import { errorOf, SNS_ERRORS } from './errors';

/** Of a batch of SNS. */
export const WORDS: BatchWords = {
	none: () => new AwsError(SNS_ERRORS.emptyBatch, "The batch request doesn't contain any entries."),
	tooMany: () => new AwsError(SNS_ERRORS.tooManyEntries, 'The batch request contains more entries than permissible.'),
	withoutId: () => invalidId(''),
	invalidId,
	repeatedId: () =>
		new AwsError(SNS_ERRORS.entryIdsNotDistinct, 'Two or more batch entries in the request have the same Id.'),
	invalid: invalidParameters,
	errorOf,
};

function invalidId(id: string): AwsError {
	const why = id.length > 80 ? 'is too long' : 'contains an impermissible character';
	return new AwsError(SNS_ERRORS.invalidEntryId, `The Id of a batch entry in the batch request ${why}: ${id}`);
}
