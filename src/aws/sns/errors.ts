import type { Problem, ProblemCode } from '../../problems';
import { AwsError, COMMON, type ErrorKind, unmodelled } from '../errors';

// SNS's own errors (https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html and each action's page). SNS speaks
// Query only, so that a code is all there is.

export const SNS_ERRORS = {
	invalidParameter: unmodelled('InvalidParameter', 400),
	invalidValue: unmodelled('ParameterValueInvalid', 400),
	notFound: unmodelled('NotFound', 404),
	resourceNotFound: unmodelled('ResourceNotFound', 404),
	denied: unmodelled('AuthorizationError', 403),
	filterLimit: unmodelled('FilterPolicyLimitExceeded', 403),
	subscriptionLimit: unmodelled('SubscriptionLimitExceeded', 403),
	topicLimit: unmodelled('TopicLimitExceeded', 403),
	tagLimit: unmodelled('TagLimitExceeded', 400),
	throttled: unmodelled('Throttled', 429),
	entryIdsNotDistinct: unmodelled('BatchEntryIdsNotDistinct', 400),
	tooManyEntries: unmodelled('TooManyEntriesInBatchRequest', 400),
	invalidEntryId: unmodelled('InvalidBatchEntryId', 400),
	batchTooLong: unmodelled('BatchRequestTooLong', 400),
	emptyBatch: unmodelled('EmptyBatchRequest', 400),
} as const;

/** Total over the problems of the native API: a new one does not compile until SNS has a word for it. */
const KINDS: Readonly<Record<ProblemCode, ErrorKind>> = {
	queue_not_found: SNS_ERRORS.invalidParameter,
	queue_exists: SNS_ERRORS.invalidParameter,
	queue_in_use: SNS_ERRORS.invalidParameter,
	queue_not_empty: SNS_ERRORS.invalidParameter,
	invalid_dead_letter: SNS_ERRORS.invalidParameter,
	too_many_queues: SNS_ERRORS.throttled,
	settings_stale: COMMON.unavailable,
	overloaded: SNS_ERRORS.throttled,
	backlog_full: SNS_ERRORS.throttled,
	too_many_in_flight: SNS_ERRORS.throttled,
	too_many_waiters: SNS_ERRORS.throttled,
	message_not_found: SNS_ERRORS.notFound,
	redrive_running: SNS_ERRORS.invalidParameter,
	redrive_without_origin: SNS_ERRORS.invalidParameter,
	redrive_not_found: SNS_ERRORS.notFound,
	courier_busy: SNS_ERRORS.throttled,
	topic_not_found: SNS_ERRORS.notFound,
	topic_exists: SNS_ERRORS.invalidParameter,
	topic_in_use: SNS_ERRORS.invalidParameter,
	topic_layout_fixed: SNS_ERRORS.invalidParameter,
	too_many_topics: SNS_ERRORS.topicLimit,
	subscription_not_found: SNS_ERRORS.notFound,
	subscription_exists: SNS_ERRORS.invalidParameter,
	too_many_subscriptions: SNS_ERRORS.subscriptionLimit,
	filters_too_large: SNS_ERRORS.filterLimit,
	ambiguous_sequence: SNS_ERRORS.invalidParameter,
	annotations_too_large: SNS_ERRORS.invalidParameter,
	key_not_found: SNS_ERRORS.notFound,
	too_many_keys: SNS_ERRORS.throttled,
	invalid_request: SNS_ERRORS.invalidParameter,
	invalid_json: COMMON.malformed,
	invalid_receipt: SNS_ERRORS.invalidParameter,
	unauthenticated: COMMON.unknownKey,
	forbidden: SNS_ERRORS.denied,
	not_found: COMMON.unknownAction,
	method_not_allowed: COMMON.unknownAction,
	body_too_large: COMMON.tooLarge,
	message_too_large: SNS_ERRORS.invalidParameter,
	internal_error: COMMON.internal,
	not_configured: COMMON.unavailable,
	unavailable: COMMON.unavailable,
};

const WORDS: Partial<Readonly<Record<ProblemCode, string>>> = {
	topic_not_found: 'Topic does not exist',
	subscription_not_found: 'Subscription does not exist',
	queue_not_found: 'Invalid parameter: Endpoint Reason: The queue does not exist',
};

/** What the native API would refuse, in SNS's words. */
export function errorOf({ code, detail, extra }: Problem): AwsError {
	return new AwsError(KINDS[code], WORDS[code] ?? detail, extra.retryAfterMs);
}
