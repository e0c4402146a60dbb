import { z } from '@hono/zod-openapi';
import { AwsError } from '../errors';
import { actionMaker } from '../facade';
import { subscriptionOfArn, topicOfArn } from '../names';
import { SNS_ERRORS } from './errors';

/** Makes an action of SNS of its parts. */
export const action = actionMaker(invalidParameters);

/** In AWS's words: "Invalid parameter: Subject" or "Invalid parameter: TopicArn Reason: …". */
export function invalid(parameter: string, reason?: string): AwsError {
	const why = reason === undefined ? '' : ` Reason: ${reason}`;
	return new AwsError(SNS_ERRORS.invalidParameter, `Invalid parameter: ${parameter}${why}`);
}

/** A topic's name, given as its ARN. */
export const topicArnParameter = arnParameter(topicOfArn, 'It is not the ARN of a topic');

/** Topic and name of a subscription, given as its ARN. */
export const subscriptionArnParameter = arnParameter(subscriptionOfArn, 'It is not the ARN of a subscription');

const ARN_PARTS = 6;

function arnParameter<T>(read: (arn: string) => T | undefined, otherwise: string) {
	return z.string().transform((arn, context) => {
		const found = read(arn);
		if (found !== undefined) return found;
		const parts = arn.split(':').length;
		const message = parts < ARN_PARTS ? `An ARN must have at least ${ARN_PARTS} elements, not ${parts}` : otherwise;
		context.issues.push({ code: 'custom', message, input: arn });
		return z.NEVER;
	});
}

/** The first fault, in AWS's words. */
export function invalidParameters({ issues: [issue] }: z.ZodError): AwsError {
	if (issue === undefined) return invalid('the request');
	const name = issue.path.join('.').slice(0, 160);
	const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
	return invalid(name, isMissing ? 'no value for required parameter' : issue.message.replace(/^Reason: /, ''));
}
