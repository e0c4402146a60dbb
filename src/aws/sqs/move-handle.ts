import { AwsError } from '../errors';
import { queueOfArn } from '../names';
import { SQS_ERRORS } from './errors';

// What names a move, as SQS writes it: base64 of JSON with an id and the ARN of the queue.

const ID = 'taskId';

export function encodeHandle(id: string, sourceArn: string): string {
	return btoa(JSON.stringify({ [ID]: id, sourceArn }));
}

/** The redrive and the queue that it is of. */
export function decodeHandle(handle: string): { readonly id: string; readonly source: string } {
	const { [ID]: id, sourceArn } = fieldsIn(handle);
	const source = typeof sourceArn === 'string' ? queueOfArn(sourceArn) : undefined;
	if (typeof id === 'string' && source !== undefined) return { id, source };
	throw new AwsError(SQS_ERRORS.invalidParameter, 'Value for parameter TaskHandle is invalid.');
}

function fieldsIn(handle: string): { readonly [ID]?: unknown; readonly sourceArn?: unknown } {
	try {
		return Object(JSON.parse(atob(handle)));
	} catch {
		return {};
	}
}
