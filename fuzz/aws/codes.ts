// Every error that AWS's documents name for these APIs, as far as Sluice can come by it: its code and its statuses.

const COMMON: Readonly<Record<string, readonly number[]>> = {
	MissingAuthenticationToken: [403],
	IncompleteSignature: [400],
	InvalidClientTokenId: [403],
	SignatureDoesNotMatch: [403],
	InvalidAction: [400],
	MalformedQueryString: [400, 404],
	RequestEntityTooLarge: [413],
	ServiceUnavailable: [503],
};

const OF_SQS = [
	'NonExistentQueue',
	'PurgeQueueInProgress',
	'QueueDeletedRecently',
	'BatchEntryIdsNotDistinct',
	'EmptyBatchRequest',
	'InvalidBatchEntryId',
	'TooManyEntriesInBatchRequest',
	'BatchRequestTooLong',
	'MessageNotInflight',
	'UnsupportedOperation',
].map((name) => [`AWS.SimpleQueueService.${name}`, name === 'PurgeQueueInProgress' ? [403] : [400]] as const);

/** Codes of SQS, which are the same in both protocols. */
export const SQS_CODES: ReadonlyMap<string, readonly number[]> = new Map([
	...Object.entries(COMMON),
	...OF_SQS,
	['QueueAlreadyExists', [400]],
	['OverLimit', [403]],
	['ReceiptHandleIsInvalid', [400, 404]],
	['InvalidAttributeName', [400]],
	['InvalidAttributeValue', [400]],
	['InvalidMessageContents', [400]],
	['InvalidParameterValue', [400]],
	['MissingParameter', [400]],
	['ResourceNotFoundException', [404]],
	['AccessDenied', [403]],
	['RequestThrottled', [400, 403]],
] as const);

export const SNS_CODES: ReadonlyMap<string, readonly number[]> = new Map([
	...Object.entries(COMMON),
	['InvalidParameter', [400]],
	['ParameterValueInvalid', [400]],
	['NotFound', [404]],
	['ResourceNotFound', [404]],
	['AuthorizationError', [403]],
	['FilterPolicyLimitExceeded', [403]],
	['SubscriptionLimitExceeded', [403]],
	['TopicLimitExceeded', [403]],
	['TagLimitExceeded', [400]],
	['Throttled', [429]],
	['BatchEntryIdsNotDistinct', [400]],
	['TooManyEntriesInBatchRequest', [400]],
	['InvalidBatchEntryId', [400]],
	['BatchRequestTooLong', [400]],
	['EmptyBatchRequest', [400]],
] as const);

/** Of who it is that asks: nothing else was looked at. */
export const WHO: readonly string[] = [
	'MissingAuthenticationToken',
	'IncompleteSignature',
	'InvalidClientTokenId',
	'SignatureDoesNotMatch',
];
