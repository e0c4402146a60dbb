/** What a client sees of an error: where each protocol has it, and the status. */
export interface ErrorKind {
	/** In Query's `<Code>`, and before the ";" of JSON's `x-amzn-query-error`. */
	readonly code: string;
	/** JSON's `__type`, its namespace included. */
	readonly type: string;
	readonly status: number;
	/** What the Query protocol says, where that has a sentence of its own. */
	readonly queryMessage?: string;
}

const CORAL = 'com.amazon.coral.service#';

/** An error that the service model does not name; AWS puts these into a namespace of its own. */
export function unmodelled(code: string, status: number, type = code): ErrorKind {
	return { code, type: `${CORAL}${type}`, status };
}

/** Before it is known which action is asked for. Names and statuses: AWS General Reference, "Common error types". */
export const COMMON = {
	missingSignature: unmodelled('MissingAuthenticationToken', 403, 'MissingAuthenticationTokenException'),
	incompleteSignature: unmodelled('IncompleteSignature', 400, 'IncompleteSignatureException'),
	unknownKey: unmodelled('InvalidClientTokenId', 403, 'UnrecognizedClientException'),
	wrongSignature: unmodelled('SignatureDoesNotMatch', 403, 'InvalidSignatureException'),
	unknownAction: unmodelled('InvalidAction', 400, 'UnknownOperationException'),
	malformed: unmodelled('MalformedQueryString', 400, 'SerializationException'),
	tooLarge: unmodelled('RequestEntityTooLarge', 413, 'RequestEntityTooLargeException'),
	internal: unmodelled('InternalFailure', 500),
	unavailable: unmodelled('ServiceUnavailable', 503, 'ServiceUnavailableException'),
} as const;

const MOST_UNITS = 2_000;

/** Ends a request with an error in AWS's words: thrown below src/aws/ only, and never across RPC. */
export class AwsError extends Error {
	constructor(
		readonly kind: ErrorKind,
		/** May repeat what a client has sent; its end is cut off where that was much. */
		message: string,
		/** Present where trying the same again helps. */
		readonly retryAfterMs?: number,
	) {
		super(message.slice(0, MOST_UNITS).toWellFormed());
	}

	get isSenders(): boolean {
		return this.kind.status < 500;
	}
}
