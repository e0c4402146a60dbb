import { z } from '@hono/zod-openapi';
import { AwsError } from '../errors';
import { actionMaker } from '../facade';
import { queueOfUrl } from '../names';
import { SQS_ERRORS } from './errors';

/** Makes an action of SQS of its parts. */
export const action = actionMaker(invalidParameters);

/** A queue's name, given as its address. One that is none names no queue that there is. */
export const queueUrlParameter = z.string().transform((url, context) => {
	const name = queueOfUrl(url);
	if (name !== undefined) return name;
	context.issues.push({ code: 'custom', message: NOT_AN_ADDRESS, input: url });
	return z.NEVER;
});

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
	const value = given === undefined ? 'Value' : `Value ${String(given).slice(0, 80)}`;
	const text = `${value} for parameter ${name} is invalid. ${issue.message}`;
	return new AwsError(SQS_ERRORS.invalidParameter, text.trimEnd());
}
