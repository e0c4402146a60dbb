import type { Prng } from '../../test/simulation/prng.ts';
import type { AwsActions, AwsSetting, Parameters } from './actions.ts';
import { defined, entries, messageAttributes, ordering, some, textOf } from './examples.ts';
import { DEAD, EMPTIED, isFifo, SOURCES, SPARE_QUEUES, STANDARD } from './knowledge.ts';

// An action that is not here fails `test/aws-wire/authorisation.test.ts`.

const LABELS = ['one', 'two'];
/** Few queues have permissions, so that one to be removed is there. */
const PERMITTED = [STANDARD[0], STANDARD[1]] as string[];

type Example = (setting: AwsSetting) => Parameters;

/** About a queue, and what this adds. */
function about(
	choose: (setting: AwsSetting) => string,
	more: (setting: AwsSetting, queue: string) => Parameters = () => ({}),
): Example {
	return (setting) => {
		const queue = choose(setting);
		return { QueueUrl: setting.knowledge.url(queue, setting.random), ...defined(more(setting, queue)) };
	};
}

const any = ({ random, knowledge }: AwsSetting) => knowledge.queue(random);
const held = ({ random, knowledge }: AwsSetting) => knowledge.queueWithReceipts(random);
const spare = ({ random }: AwsSetting) => random.pick(random.chance(0.97) ? SPARE_QUEUES : STANDARD);
const emptied = ({ random }: AwsSetting) => (random.chance(0.97) ? EMPTIED : random.pick(STANDARD));
const permitted = ({ random }: AwsSetting) => random.pick(PERMITTED);
const dead = ({ random }: AwsSetting) => random.pick(DEAD);

/** Attributes that a queue of this name can have. */
function attributes({ random, knowledge }: AwsSetting, queue: string): Parameters {
	const index = random.between(0, DEAD.length - 1);
	const redrive = { deadLetterTargetArn: knowledge.arn('sqs', DEAD[index] as string, random), maxReceiveCount: '3' };
	const policies = [
		'{"Version":"2012-10-17","Statement":[]}',
		'{"Statement":[null,1,"a",{"Sid":"one"},[]]}',
		'{"Statement":{"Sid":"two"}}',
		'{"Statement":"a","__proto__":{"a":1}}',
		'',
	];
	const all: Parameters = {
		VisibilityTimeout: random.pick(['0', '30', '43200']),
		DelaySeconds: random.pick(['0', '0', '1']),
		MaximumMessageSize: random.pick(['1024', '1048576']),
		MessageRetentionPeriod: random.pick(['60', '345600']),
		// A long poll holds its client up.
		ReceiveMessageWaitTimeSeconds: '0',
		Policy: random.pick(policies),
		RedriveAllowPolicy: random.pick(['{"redrivePermission":"allowAll"}', '{"redrivePermission":"denyAll"}', '']),
		KmsMasterKeyId: random.pick(['alias/a', '']),
		...(isFifo(queue)
			? { ContentBasedDeduplication: random.pick(['true', 'false']) }
			: { RedrivePolicy: random.pick(['', JSON.stringify(redrive)]) }),
	};
	// Those keep their dead-letter queue, and it its sources: moves need them.
	if (SOURCES.includes(queue)) delete all.RedrivePolicy;
	if (DEAD.includes(queue)) delete all.RedriveAllowPolicy;
	return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.2)));
}

function message(random: Prng, queue: string): Parameters {
	return {
		MessageBody: textOf(random),
		...ordering(queue, random),
		...defined({
			DelaySeconds: some(random, isFifo(queue) ? 0 : 0.1, () => random.pick([0, 1])),
			MessageAttributes: some(random, 0.4, () => messageAttributes(random)),
			MessageSystemAttributes: some(random, 0.1, () => ({
				AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
			})),
		}),
	};
}

function tags(random: Prng): Parameters {
	return { [random.pick(['team', 'a b', 'ü:/=+-@'])]: random.pick(['x', '', '<&>"\r\n']) };
}

const visibility = (random: Prng) => random.pick([0, 0, 1, 30]);

export const SQS_ACTIONS: AwsActions = {
	CreateQueue: {
		answers: ['QueueUrl'],
		turns: 2,
		example: (setting) => {
			const { random } = setting;
			const name = random.chance(0.8) ? random.pick(SPARE_QUEUES) : setting.knowledge.queue(random);
			const kind = isFifo(name) ? { FifoQueue: 'true' } : {};
			const wanted = { ...kind, ...(random.chance(0.3) ? attributes(setting, name) : {}) };
			return {
				QueueName: name,
				...(Object.keys(wanted).length === 0 ? {} : { Attributes: wanted }),
				...(random.chance(0.2) ? { tags: tags(random) } : {}),
			};
		},
	},
	GetQueueUrl: { answers: ['QueueUrl'], example: (setting) => ({ QueueName: any(setting) }) },
	ListQueues: {
		answers: [],
		isList: true,
		example: ({ random, knowledge }) =>
			defined({
				QueueNamePrefix: some(random, 0.5, () => random.pick(['fz-', 'fz-aws', 'canary', ''])),
				MaxResults: some(random, 0.5, () => random.pick([1, 2, 1_000])),
				NextToken: some(random, 0.3, () => knowledge.told('NextToken', random)),
			}),
	},
	DeleteQueue: { answers: [], example: about(spare) },
	PurgeQueue: { answers: [], example: about(emptied) },
	GetQueueAttributes: {
		answers: [],
		example: about(any, ({ random }) => ({
			AttributeNames: random.pick([['All'], ['QueueArn', 'RedrivePolicy', 'Policy'], ['ApproximateNumberOfMessages']]),
		})),
	},
	SetQueueAttributes: {
		answers: [],
		example: about(any, (setting, queue) => ({ Attributes: attributes(setting, queue) })),
	},
	TagQueue: { answers: [], example: about(any, ({ random }) => ({ Tags: tags(random) })) },
	UntagQueue: { answers: [], example: about(any, ({ random }) => ({ TagKeys: Object.keys(tags(random)) })) },
	ListQueueTags: { answers: [], example: about(any) },
	AddPermission: {
		answers: [],
		turns: 2,
		example: about(permitted, ({ random }) => ({
			Label: random.pick(LABELS),
			AWSAccountIds: ['123456789012'],
			Actions: random.pick([['SendMessage'], ['*', 'ReceiveMessage']]),
		})),
	},
	RemovePermission: {
		answers: [],
		turns: 2,
		example: about(permitted, ({ random }) => ({ Label: random.pick(LABELS) })),
	},
	ListDeadLetterSourceQueues: {
		answers: [],
		example: about(dead, ({ random }) => ({ MaxResults: some(random, 0.3, () => random.between(1, 3)) })),
	},
	StartMessageMoveTask: {
		answers: ['TaskHandle'],
		turns: 2,
		example: ({ random, knowledge }) => ({
			SourceArn: knowledge.arn('sqs', random.pick(DEAD), random),
			DestinationArn: knowledge.arn('sqs', random.pick(SOURCES), random),
			MaxNumberOfMessagesPerSecond: random.pick([1, 1, 2]),
		}),
	},
	CancelMessageMoveTask: {
		answers: ['ApproximateNumberOfMessagesMoved'],
		turns: 2,
		example: ({ random, knowledge }) => ({ TaskHandle: knowledge.told('TaskHandle', random) ?? 'none' }),
	},
	ListMessageMoveTasks: {
		answers: [],
		turns: 2,
		example: ({ random, knowledge }) => ({ SourceArn: knowledge.arn('sqs', random.pick(DEAD), random), MaxResults: 2 }),
	},
	SendMessage: {
		answers: ['MessageId', 'MD5OfMessageBody'],
		turns: 4,
		example: about(
			({ random, knowledge }) => (random.chance(0.2) ? random.pick(DEAD) : knowledge.queue(random)),
			({ random }, queue) => message(random, queue),
		),
	},
	SendMessageBatch: {
		answers: [],
		turns: 2,
		example: about(any, ({ random }, queue) => ({
			Entries: entries(random, (Id) => ({ Id, ...message(random, queue) })),
		})),
	},
	ReceiveMessage: {
		answers: [],
		turns: 6,
		example: about(any, ({ random }, queue) => ({
			MaxNumberOfMessages: random.pick([1, 10]),
			WaitTimeSeconds: random.between(0, 1) / 20,
			VisibilityTimeout: some(random, 0.5, () => visibility(random)),
			AttributeNames: some(random, 0.3, () => random.pick([['All'], ['SentTimestamp', 'SenderId']])),
			MessageSystemAttributeNames: some(random, 0.3, () => random.pick([['All'], ['MessageGroupId']])),
			MessageAttributeNames: some(random, 0.5, () => random.pick([['All'], ['.*'], ['kind', 'B.*']])),
			ReceiveRequestAttemptId: some(random, isFifo(queue) ? 0.3 : 0, () => random.pick(['r1', 'r2'])),
		})),
	},
	DeleteMessage: {
		answers: [],
		turns: 2,
		example: about(held, ({ random, knowledge }, queue) => ({ ReceiptHandle: knowledge.receipts.take(random, queue) })),
	},
	DeleteMessageBatch: {
		answers: [],
		example: about(held, ({ random, knowledge }, queue) => ({
			Entries: entries(random, (Id) => ({ Id, ReceiptHandle: knowledge.receipts.take(random, queue) })),
		})),
	},
	ChangeMessageVisibility: {
		answers: [],
		turns: 2,
		example: about(held, ({ random, knowledge }, queue) => ({
			ReceiptHandle: knowledge.receipts.take(random, queue),
			VisibilityTimeout: visibility(random),
		})),
	},
	ChangeMessageVisibilityBatch: {
		answers: [],
		example: about(held, ({ random, knowledge }, queue) => ({
			Entries: entries(random, (Id) => ({
				Id,
				ReceiptHandle: knowledge.receipts.take(random, queue),
				VisibilityTimeout: visibility(random),
			})),
		})),
	},
};
