import type { Problem, ProblemCode } from '../../problems';
import { AwsError, COMMON, type ErrorKind, unmodelled } from '../errors';

// SQS's own errors (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html and each
// action's page): class, code of the Query protocol, status.

function modelled(name: string, code = `AWS.SimpleQueueService.${name}`, status = 400): ErrorKind {
	return { code, type: `com.amazonaws.sqs#${name}`, status };
}

export const SQS_ERRORS = {
	queueDoesNotExist: {
		...modelled('QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'),
		queryMessage: 'The specified queue does not exist for this wsdl version.',
	},
	queueNameExists: modelled('QueueNameExists', 'QueueAlreadyExists'),
	purgeInProgress: modelled('PurgeQueueInProgress', undefined, 403),
	entryIdsNotDistinct: modelled('BatchEntryIdsNotDistinct'),
	emptyBatch: modelled('EmptyBatchRequest'),
	invalidEntryId: modelled('InvalidBatchEntryId'),
	tooManyEntries: modelled('TooManyEntriesInBatchRequest'),
	batchTooLong: modelled('BatchRequestTooLong'),
	notInFlight: modelled('MessageNotInflight'),
	unsupported: modelled('UnsupportedOperation'),
	overLimit: modelled('OverLimit', 'OverLimit', 403),
	invalidReceipt: modelled('ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid'),
	invalidAttributeName: modelled('InvalidAttributeName', 'InvalidAttributeName'),
	invalidAttributeValue: modelled('InvalidAttributeValue', 'InvalidAttributeValue'),
	invalidContents: modelled('InvalidMessageContents', 'InvalidMessageContents'),
	invalidParameter: unmodelled('InvalidParameterValue', 400, 'InvalidParameterValueException'),
	missingParameter: unmodelled('MissingParameter', 400, 'MissingRequiredParameterException'),
	resourceNotFound: modelled('ResourceNotFoundException', 'ResourceNotFoundException', 404),
	accessDenied: unmodelled('AccessDenied', 403, 'AccessDeniedException'),
	throttled: modelled('RequestThrottled', 'RequestThrottled'),
} as const;

/** Total over the problems of the native API: a new one does not compile until SQS has a word for it. */
const KINDS: Readonly<Record<ProblemCode, ErrorKind>> = {
	queue_not_found: SQS_ERRORS.queueDoesNotExist,
	queue_exists: SQS_ERRORS.queueNameExists,
	queue_in_use: SQS_ERRORS.unsupported,
	queue_not_empty: SQS_ERRORS.unsupported,
	invalid_dead_letter: SQS_ERRORS.invalidParameter,
	too_many_queues: SQS_ERRORS.overLimit,
	settings_stale: COMMON.unavailable,
	overloaded: SQS_ERRORS.throttled,
	backlog_full: SQS_ERRORS.throttled,
	too_many_in_flight: SQS_ERRORS.overLimit,
	too_many_waiters: SQS_ERRORS.throttled,
	message_not_found: SQS_ERRORS.invalidParameter,
	redrive_running: SQS_ERRORS.invalidParameter,
	redrive_without_origin: SQS_ERRORS.unsupported,
	redrive_not_found: SQS_ERRORS.resourceNotFound,
	courier_busy: SQS_ERRORS.throttled,
	topic_not_found: SQS_ERRORS.resourceNotFound,
	topic_exists: SQS_ERRORS.unsupported,
	topic_in_use: SQS_ERRORS.unsupported,
	topic_layout_fixed: SQS_ERRORS.unsupported,
	too_many_topics: SQS_ERRORS.overLimit,
	subscription_not_found: SQS_ERRORS.resourceNotFound,
	subscription_exists: SQS_ERRORS.unsupported,
	too_many_subscriptions: SQS_ERRORS.overLimit,
	filters_too_large: SQS_ERRORS.overLimit,
	ambiguous_sequence: SQS_ERRORS.invalidParameter,
	annotations_too_large: SQS_ERRORS.overLimit,
	key_not_found: SQS_ERRORS.resourceNotFound,
	too_many_keys: SQS_ERRORS.overLimit,
	invalid_request: SQS_ERRORS.invalidParameter,
	invalid_json: COMMON.malformed,
	invalid_receipt: SQS_ERRORS.invalidReceipt,
	unauthenticated: COMMON.unknownKey,
	forbidden: SQS_ERRORS.accessDenied,
	not_found: COMMON.unknownAction,
	method_not_allowed: COMMON.unknownAction,
	body_too_large: COMMON.tooLarge,
	message_too_large: SQS_ERRORS.invalidParameter,
	internal_error: COMMON.internal,
	not_configured: COMMON.unavailable,
	unavailable: COMMON.unavailable,
};

/** The words that clients know; else the native sentence, which says what to change. */
const WORDS: Partial<Readonly<Record<ProblemCode, string>>> = {
	queue_not_found: 'The specified queue does not exist.',
	invalid_receipt: 'The input receipt handle is invalid.',
	redrive_running:
		'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
	redrive_not_found: 'Task does not exist.',
};

/** A parameter that the service refuses, and why where it says so. */
export function invalidParameter(name: string, value: string, reason: string): AwsError {
	return new AwsError(
		SQS_ERRORS.invalidParameter,
		`Value ${value.slice(0, MOST_UNITS)} for parameter ${name} is invalid. Reason: ${reason}`,
	);
}

/** A queue's attribute whose value is refused. */
export function invalidAttribute(name: string, reason?: string): AwsError {
	const why = reason === undefined ? '' : ` Reason: ${reason}`;
	return new AwsError(SQS_ERRORS.invalidAttributeValue, `Invalid value for the parameter ${name}.${why}`);
}

/** What is repeated of a value that may be long. */
const MOST_UNITS = 1_024;

/** What the native API would refuse, in SQS's words. */
export function errorOf({ code, detail, extra }: Problem): AwsError {
	return new AwsError(KINDS[code], WORDS[code] ?? detail, extra.retryAfterMs);
}
