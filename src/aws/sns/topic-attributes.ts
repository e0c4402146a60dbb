import type { Topic } from '../../../durable-objects/protocol';
import { ACCOUNT, isFifo, topicArn } from '../names';
import { isJsonObject, switchOf } from '../values';
import { invalid } from './action';
import { keptAttributes } from './kept';

// Attributes of topics (https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html). Those that mean nothing
// here are kept and answered, so that what provisions them finds what it has set.

/** Of an attribute's value: it as it is kept, or the reason why it is none. */
type Check = (value: string) => string | { readonly reason: string };

const JSON_TEXT: Check = (value) => (isJsonObject(value) ? value : { reason: 'failed to parse JSON' });
const oneOf = (...values: readonly string[]): Check => {
	return (value) => (values.includes(value) ? value : { reason: `Must be ${values.join(' or ')}` });
};
const atMost = (length: number): Check => {
	return (value) => (value.length <= length ? value : { reason: `Must have at most ${length} characters` });
};
const PERCENT: Check = (value) => (/^(\d\d?|100)$/.test(value) ? value : { reason: 'Must be a number from 0 to 100' });
const TEXT_LENGTH = 2_048;

const CHECKS: Readonly<Record<string, Check>> = {
	Policy: JSON_TEXT,
	DeliveryPolicy: JSON_TEXT,
	DisplayName: atMost(100),
	KmsMasterKeyId: atMost(TEXT_LENGTH),
	SignatureVersion: oneOf('1', '2'),
	TracingConfig: oneOf('PassThrough', 'Active'),
	...feedback('FeedbackRoleArn', ['Success', 'Failure'], atMost(TEXT_LENGTH)),
	...feedback('FeedbackSampleRate', ['Success'], PERCENT),
};

const FIFO_CHECKS: Readonly<Record<string, Check>> = {
	ContentBasedDeduplication: (value) => switchOf(value) ?? { reason: 'Must be true or false' },
	FifoThroughputScope: oneOf('Topic', 'MessageGroup'),
};

/** Of the status of deliveries, which SNS writes into logs. */
function feedback(what: string, outcomes: readonly string[], check: Check): Record<string, Check> {
	const protocols = ['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'];
	const names = protocols.flatMap((protocol) => outcomes.map((outcome) => `${protocol}${outcome}${what}`));
	return Object.fromEntries(names.map((name) => [name, check]));
}

/** The value as it is kept, null for the default; refuses an attribute that topics do not have, and what is no value of it. */
export function checkedAttribute(topic: string, name: string, value: string): string | null {
	if (name === 'ArchivePolicy')
		throw invalid(name, 'archives are not supported: Sluice keeps messages of a topic anyway');
	if (Object.hasOwn(FIFO_CHECKS, name) && !isFifo(topic))
		throw invalid('AttributeName', `${name} is of FIFO topics only`);
	const checks = { ...CHECKS, ...FIFO_CHECKS };
	const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
	if (check === undefined) throw invalid('AttributeName');
	if (value === '') return null;
	const checked = check(value);
	if (typeof checked === 'object') throw invalid(name, checked.reason);
	return checked;
}

/** Those of a new topic, checked; `FifoTopic` must fit its name, which is all that says it afterwards. */
export function newTopicAttributes(topic: string, given: Readonly<Record<string, string>>): Record<string, string> {
	const { FifoTopic, ...others } = given;
	const wantsFifo = switchOf(FifoTopic ?? 'false');
	if (wantsFifo === undefined) throw invalid('FifoTopic', 'Must be true or false');
	if (isFifo(topic) && wantsFifo === 'false') throw invalid('Topic Name');
	if (!isFifo(topic) && wantsFifo === 'true') throw invalid('Topic Name', 'Fifo Topic names must end with .fifo');
	const checked = Object.entries(others).map(([name, value]) => [name, checkedAttribute(topic, name, value)] as const);
	return Object.fromEntries(checked.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** What a topic has without its figures, defaults included. */
export function topicAttributes(region: string, topic: Topic): Record<string, string> {
	const arn = topicArn(region, topic.name);
	const kept = keptAttributes(topic);
	return {
		TopicArn: arn,
		Owner: ACCOUNT,
		DisplayName: '',
		Policy: JSON.stringify(defaultPolicy(arn)),
		...(isFifo(topic.name)
			? { FifoTopic: 'true', ContentBasedDeduplication: 'false', FifoThroughputScope: 'Topic' }
			: {}),
		EffectiveDeliveryPolicy: JSON.stringify(effectiveDelivery(kept.DeliveryPolicy)),
		...kept,
	};
}

/** What publishing asks of a FIFO topic on every call. */
export function deduplicationOf(topic: Topic): { readonly byContent: boolean; readonly byGroup: boolean } {
	const { ContentBasedDeduplication, FifoThroughputScope } = keptAttributes(topic);
	return { byContent: ContentBasedDeduplication === 'true', byGroup: FifoThroughputScope === 'MessageGroup' };
}

function defaultPolicy(arn: string) {
	const actions = ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'];
	return {
		Version: '2008-10-17',
		Id: '__default_policy_ID',
		Statement: [
			{
				Sid: '__default_statement_ID',
				Effect: 'Allow',
				Principal: { AWS: '*' },
				Action: [...actions, 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map((name) => `SNS:${name}`),
				Resource: arn,
				Condition: { StringEquals: { 'AWS:SourceOwner': ACCOUNT } },
			},
		],
	};
}

/** AWS's defaults, in whose place that of the topic stands; it is of HTTP only. */
function effectiveDelivery(given = '{}') {
	const { http } = JSON.parse(given) as { http?: object };
	return {
		http: {
			defaultHealthyRetryPolicy: {
				minDelayTarget: 20,
				maxDelayTarget: 20,
				numRetries: 3,
				numMaxDelayRetries: 0,
				numNoDelayRetries: 0,
				numMinDelayRetries: 0,
				backoffFunction: 'linear',
			},
			disableSubscriptionOverrides: false,
			defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
			...http,
		},
	};
}
