import type { Prng } from '../../test/simulation/prng.ts';
import type { AwsActions, AwsSetting, Parameters } from './actions.ts';
import { defined, entries, messageAttributes, ordering, some, textOf } from './examples.ts';
import { FIFO, isFifo, SPARE_TOPICS, STANDARD, SUBSCRIBED, TOPICS } from './knowledge.ts';

// An action that is not here fails `test/aws-wire/authorisation.test.ts`.

const LABELS = ['one', 'two'];

function about(more: (setting: AwsSetting, topic: string) => Parameters = () => ({}), named = 'TopicArn') {
	return (setting: AwsSetting) => {
		const { random, knowledge } = setting;
		const topic = knowledge.topic(random);
		return { [named]: knowledge.arn('sns', topic, random), ...defined(more(setting, topic)) };
	};
}

/** The ARN of a subscription that an answer had, which may be gone by now. */
function subscription({ random, knowledge }: AwsSetting): string {
	return (
		knowledge.told('SubscriptionArn', random) ?? `${knowledge.arn('sns', random.pick(TOPICS), random)}:${SUBSCRIBED}`
	);
}

const NATIVE = ({ random, knowledge }: AwsSetting) =>
	`${knowledge.arn('sns', random.pick(TOPICS), random)}:${SUBSCRIBED}`;

const FILTERS = [
	'{"kind":["paid"]}',
	'{"kind":[{"anything-but":["a"]}],"total":[{"numeric":[">=",1]}]}',
	'{"$or":[{"a":["b"]},{"c":[{"exists":true}]}]}',
	'{}',
	'[]',
	'{"a":',
	`${'{"a":'.repeat(1_000)}["b"]${'}'.repeat(1_000)}`,
];

function subscriptionAttribute(random: Prng): readonly [name: string, value: string] {
	return random.pick([
		['RawMessageDelivery', random.pick(['true', 'false'])],
		['FilterPolicy', random.pick(FILTERS)],
		['FilterPolicyScope', random.pick(['MessageAttributes', 'MessageBody'])],
		['RedrivePolicy', random.pick(['{}', ''])],
	] as const);
}

function topicAttribute(random: Prng, topic: string): readonly [name: string, value: string] {
	return random.pick([
		['DisplayName', random.pick(['Shop', '<&>"\r\n'])],
		['Policy', random.pick(['{"Statement":[null,1,{"Sid":"one"}]}', '{"Statement":{"Sid":"two"}}', '{}', ''])],
		['DeliveryPolicy', random.pick(['{"http":"a"}', '{"http":null,"__proto__":1}', ''])],
		isFifo(topic) ? ['ContentBasedDeduplication', random.pick(['true', 'false'])] : ['SignatureVersion', '2'],
	] as const);
}

function message(random: Prng, topic: string): Parameters {
	const isStructured = random.chance(0.1);
	return {
		Message: isStructured ? '{"default":"d","sqs":"s"}' : textOf(random),
		...ordering(topic, random),
		...defined({
			MessageStructure: isStructured ? 'json' : undefined,
			Subject: some(random, 0.2, () => random.pick(['Hello', 'a <b> & "c"'])),
			MessageAttributes: some(random, 0.4, () => messageAttributes(random)),
		}),
	};
}

function tags(random: Prng) {
	return [{ Key: random.pick(['team', 'a b', 'ü:/=+-@']), Value: random.pick(['x', '', '<&>']) }];
}

const page = ({ random, knowledge }: AwsSetting) => ({
	NextToken: some(random, 0.1, () => knowledge.told('NextToken', random)),
});

export const SNS_ACTIONS: AwsActions = {
	CreateTopic: {
		answers: ['TopicArn'],
		turns: 2,
		example: ({ random }) => {
			const name = random.chance(0.8) ? random.pick(SPARE_TOPICS) : random.pick(TOPICS);
			const kind = isFifo(name) ? { FifoTopic: 'true' } : {};
			const attributes = { ...kind, ...(random.chance(0.1) ? Object.fromEntries([topicAttribute(random, name)]) : {}) };
			return { Name: name, Attributes: attributes, ...defined({ Tags: some(random, 0.1, () => tags(random)) }) };
		},
	},
	DeleteTopic: {
		answers: [],
		example: ({ random, knowledge }) => ({
			TopicArn: knowledge.arn('sns', random.pick(random.chance(0.97) ? SPARE_TOPICS : TOPICS), random),
		}),
	},
	ListTopics: { answers: [], isList: true, example: (setting) => defined(page(setting)) },
	GetTopicAttributes: { answers: ['Attributes'], example: about() },
	SetTopicAttributes: {
		answers: [],
		example: about(({ random }, topic) => {
			const [AttributeName, AttributeValue] = topicAttribute(random, topic);
			return { AttributeName, AttributeValue };
		}),
	},
	Subscribe: {
		answers: ['SubscriptionArn'],
		turns: 2,
		example: about(({ random, knowledge }, topic) => ({
			Protocol: 'sqs',
			Endpoint: knowledge.arn('sqs', random.pick(isFifo(topic) ? FIFO : STANDARD), random),
			ReturnSubscriptionArn: 'true',
			Attributes: some(random, 0.3, () => Object.fromEntries([subscriptionAttribute(random)])),
		})),
	},
	Unsubscribe: { answers: [], example: (setting) => ({ SubscriptionArn: subscription(setting) }) },
	ConfirmSubscription: {
		answers: ['SubscriptionArn'],
		// Of one that the answers had: those that the run began with may all have been ended.
		example: (setting) => {
			const [, TopicArn, Token] = /^(.*):(.*)$/.exec(subscription(setting)) ?? [];
			return { TopicArn, Token };
		},
	},
	ListSubscriptions: { answers: [], isList: true, example: (setting) => defined(page(setting)) },
	ListSubscriptionsByTopic: { answers: [], example: about(page) },
	GetSubscriptionAttributes: {
		answers: ['Attributes'],
		example: (setting) => ({ SubscriptionArn: setting.random.chance(0.5) ? NATIVE(setting) : subscription(setting) }),
	},
	SetSubscriptionAttributes: {
		answers: [],
		example: (setting) => {
			const [AttributeName, AttributeValue] = subscriptionAttribute(setting.random);
			return { SubscriptionArn: subscription(setting), AttributeName, AttributeValue };
		},
	},
	Publish: { answers: ['MessageId'], turns: 3, example: about(({ random }, topic) => message(random, topic)) },
	PublishBatch: {
		answers: [],
		turns: 2,
		example: about(({ random }, topic) => ({
			PublishBatchRequestEntries: entries(random, (Id) => ({ Id, ...message(random, topic) })),
		})),
	},
	TagResource: { answers: [], example: about(({ random }) => ({ Tags: tags(random) }), 'ResourceArn') },
	UntagResource: { answers: [], example: about(({ random }) => ({ TagKeys: [tags(random)[0]?.Key] }), 'ResourceArn') },
	ListTagsForResource: { answers: [], example: about(() => ({}), 'ResourceArn') },
	AddPermission: {
		answers: [],
		turns: 2,
		example: about(({ random }) => ({
			Label: random.pick(LABELS),
			AWSAccountId: ['123456789012'],
			ActionName: ['Publish'],
		})),
	},
	RemovePermission: { answers: [], turns: 2, example: about(({ random }) => ({ Label: random.pick(LABELS) })) },
};
