import { decodeText } from '../bodies';
import { AwsError, COMMON } from './errors';
import type { Answer } from './facade';

// AWS JSON 1.0 (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), as SQS's newer clients speak it.

const TYPE = 'application/x-amz-json-1.0';

/** Parameters in the body; refuses what is not a JSON object. */
export function jsonParameters(body: Uint8Array): Record<string, unknown> {
	const text = decodeText(body);
	let value: unknown;
	try {
		value = text === '' ? {} : JSON.parse(text ?? '', text?.includes('null') ? withoutNull : undefined);
	} catch {
		throw new AwsError(COMMON.malformed, 'The body is not valid JSON in UTF-8.');
	}
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw new AwsError(COMMON.malformed, 'The body must be a JSON object.');
}

/** A field that is null is not there (Smithy, "AWS JSON 1.0 protocol"): some clients write all that they know of. */
function withoutNull(_name: string, value: unknown): unknown {
	return value === null ? undefined : value;
}

export function jsonAnswer(answer: Answer, requestId: string): Response {
	return new Response(JSON.stringify(answer), { headers: { 'content-type': TYPE, 'x-amzn-requestid': requestId } });
}

/** Clients take the class from `__type`, and the code from the header, which has the one of the Query protocol. */
export function jsonError(error: AwsError, requestId: string, request: Request): Response {
	const { code, type, status } = error.kind;
	const headers = new Headers({
		'content-type': TYPE,
		'x-amzn-requestid': requestId,
		'x-amzn-query-error': `${code};${error.isSenders ? 'Sender' : 'Receiver'}`,
	});
	// The protocol itself knows 400 and 500; who says that it has left the Query protocol gets the statuses of that.
	const isQueryMode = request.headers.get('x-amzn-query-mode') === 'true';
	const told = isQueryMode || !error.isSenders || status === 413 ? status : 400;
	return new Response(JSON.stringify({ __type: type, message: error.message }), { status: told, headers });
}
