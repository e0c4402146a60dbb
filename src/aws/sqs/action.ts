import { z } from '@hono/zod-openapi';
import { AwsError } from '../errors';
import { actionMaker } from '../facade';
import { queueOfUrl } from '../names';
import { shown } from '../parameters';
import { invalidParameter, SQS_ERRORS } from './errors';

/** Makes an action of SQS of its parts. */
export const action = actionMaker(invalidParameters);

/** A queue's name, given as its address. One that is none names no queue that there is. */
export const queueUrlParameter = z.string().transform((url, context) => {
	const name = queueOfUrl(url);
	if (name !== undefined) return name;
	context.issues.push({ code: 'custom', message: NOT_AN_ADDRESS, input: url });
	return z.NEVER;
});

/** The id of a group, of a deduplication or of an attempt to receive. */
export function idParameter(name: string) {
	const rule = `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
	return z.unknown().transform((given, context) => {
		if (typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given)) return given;
		context.issues.push({ code: 'custom', message: `Reason: ${rule}`, input: given, params: { given } });
		return z.NEVER;
	});
}

/** For a parameter that FIFO queues alone take, or that they do not take. */
export function notForThisType(name: string, given: unknown): AwsError {
	const reason = 'The request include parameter that is not valid for this queue type.';
	return invalidParameter(name, shown(given), reason);
}

const NOT_AN_ADDRESS = 'The address is not valid for this endpoint.';

/** The first fault, in AWS's words. */
export function invalidParameters({ issues: [issue] }: z.ZodError): AwsError {
	if (issue === undefined) return new AwsError(SQS_ERRORS.invalidParameter, 'The request is not valid.');
	const name = issue.path.join('.');
	if (issue.message === NOT_AN_ADDRESS) {
		return new AwsError(SQS_ERRORS.queueDoesNotExist, 'The specified queue does not exist.');
	}
	if (issue.code === 'invalid_type' && issue.input === undefined) {
		return new AwsError(SQS_ERRORS.missingParameter, `The request must contain the parameter ${name}.`);
	}
	const given = issue.code === 'custom' ? issue.params?.given : undefined;
	const value = given === undefined ? 'Value' : `Value ${shown(given)}`.trimEnd();
	const text = `${value} for parameter ${name} is invalid. ${issue.message}`;
	return new AwsError(SQS_ERRORS.invalidParameter, text.trimEnd());
}
