import type { AwsOperation } from '../../fuzz/aws/actions';
import { formOf, pairsOf } from '../../fuzz/aws/forms';
import { ask, newName, publish, receiveOne } from '../http/client';
import { arnOf, type Credentials, urlOf } from './client';
import { type Sent, signed } from './signed';
import { topicArnOf } from './sns';

// A request for each action, to names of its own.

/** What there is to be reached: names that begin alike. */
export interface Ground {
	readonly queue: string;
	readonly dead: string;
	readonly topic: string;
	readonly receipt: string;
	readonly handle: string;
}

export async function ground(): Promise<Ground> {
	const queue = newName();
	const dead = `${queue}-dead`;
	const topic = `${queue}-topic`;
	await ask('PUT', `/v1/queues/${dead}`, { json: { deadLetter: null } });
	await ask('PUT', `/v1/queues/${queue}`, { json: { deadLetter: dead } });
	await ask('PUT', `/v1/topics/${topic}`);
	await ask('PUT', `/v1/topics/${topic}/subscriptions/reader`, { json: { queue } });
	await publish(queue, 'a');
	const { receipt } = await receiveOne(queue, { visibilityTimeoutSeconds: 600 });
	return { queue, dead, topic, receipt, handle: handleOf(dead) };
}

function handleOf(queue: string): string {
	return btoa(JSON.stringify({ taskId: crypto.randomUUID(), sourceArn: arnOf(queue) }));
}

/** What would be done if it were let. */
export function parametersFor(operation: AwsOperation, { queue, dead, topic, receipt, handle }: Ground): object {
	const TopicArn = topicArnOf(topic);
	const SubscriptionArn = `${TopicArn}:reader`;
	const permission = { Label: 'a', AWSAccountIds: ['123456789012'], Actions: ['SendMessage'] };
	const changed = { AttributeName: 'RawMessageDelivery', AttributeValue: 'false' };
	const sqs: Readonly<Record<string, object>> = {
		CreateQueue: { QueueName: `${queue}-new` },
		GetQueueUrl: { QueueName: queue },
		ListQueues: {},
		SetQueueAttributes: { Attributes: { VisibilityTimeout: '7' } },
		TagQueue: { Tags: { a: 'b' } },
		UntagQueue: { TagKeys: ['a'] },
		AddPermission: permission,
		RemovePermission: { Label: 'a' },
		StartMessageMoveTask: { SourceArn: arnOf(dead), DestinationArn: arnOf(queue) },
		CancelMessageMoveTask: { TaskHandle: handle },
		ListMessageMoveTasks: { SourceArn: arnOf(dead) },
		SendMessage: { MessageBody: 'x' },
		SendMessageBatch: { Entries: [{ Id: 'a', MessageBody: 'x' }] },
		DeleteMessage: { ReceiptHandle: receipt },
		DeleteMessageBatch: { Entries: [{ Id: 'a', ReceiptHandle: receipt }] },
		ChangeMessageVisibility: { ReceiptHandle: receipt, VisibilityTimeout: 0 },
		ChangeMessageVisibilityBatch: { Entries: [{ Id: 'a', ReceiptHandle: receipt, VisibilityTimeout: 0 }] },
	};
	const sns: Readonly<Record<string, object>> = {
		CreateTopic: { Name: `${topic}-new` },
		SetTopicAttributes: { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'x' },
		Subscribe: { TopicArn, Protocol: 'sqs', Endpoint: arnOf(dead) },
		Unsubscribe: { SubscriptionArn },
		ConfirmSubscription: { TopicArn, Token: 'reader' },
		GetSubscriptionAttributes: { SubscriptionArn },
		SetSubscriptionAttributes: { SubscriptionArn, ...changed },
		Publish: { TopicArn, Message: 'x' },
		PublishBatch: { TopicArn, PublishBatchRequestEntries: [{ Id: 'a', Message: 'x' }] },
		TagResource: { ResourceArn: TopicArn, Tags: [{ Key: 'a', Value: 'b' }] },
		UntagResource: { ResourceArn: TopicArn, TagKeys: ['a'] },
		ListTagsForResource: { ResourceArn: TopicArn },
		AddPermission: { TopicArn, Label: 'a', AWSAccountId: ['123456789012'], ActionName: ['Publish'] },
		RemovePermission: { TopicArn, Label: 'a' },
	};
	const { name } = operation;
	return operation.api === 'sqs' ? { QueueUrl: urlOf(queue), ...sqs[name] } : (sns[name] ?? { TopicArn });
}

export function requestOf(operation: AwsOperation, parameters: object, key: Credentials | null): Sent {
	const { name, protocol, api } = operation;
	const isJson = protocol === 'json';
	const headers: readonly (readonly [string, string])[] = isJson
		? [
				['x-amz-target', `AmazonSQS.${name}`],
				['x-amzn-query-mode', 'true'],
			]
		: [['content-type', 'application/x-www-form-urlencoded']];
	const body = isJson ? JSON.stringify(parameters) : formOf(pairsOf(operation, parameters));
	if (key === null) return { method: 'POST', target: '/', headers, body };
	const { accessKeyId, secretAccessKey } = key;
	return signed({ headers, body }, { accessKeyId, secretAccessKey, scope: api });
}
