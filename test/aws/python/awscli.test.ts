import { describe, expect, test } from 'vitest';
import { unique } from '../clients.ts';
import { awsCli, isMissing } from './python.ts';

type Answer = Readonly<Record<string, unknown>>;

/** What the command prints; throws with its words where it fails. */
async function aws(...args: readonly string[]): Promise<Answer> {
	const { code, output, errors } = await awsCli(...args);
	if (code !== 0) throw new Error(errors);
	return output.trim() === '' ? {} : JSON.parse(output);
}

const sqs = (command: string, url: string, ...args: readonly string[]) =>
	aws('sqs', command, '--queue-url', url, ...args);

async function newQueue(): Promise<string> {
	return (await aws('sqs', 'create-queue', '--queue-name', unique('cli'))).QueueUrl as string;
}

interface Message {
	readonly Body: string;
	readonly ReceiptHandle: string;
}

async function receive(url: string): Promise<readonly Message[]> {
	const wish = ['--wait-time-seconds', '2', '--max-number-of-messages', '10', '--message-attribute-names', 'All'];
	return ((await sqs('receive-message', url, ...wish)).Messages ?? []) as Message[];
}

describe.skipIf(isMissing('awscli'))('the aws command', { timeout: 60_000 }, () => {
	test('sends, receives and deletes', async () => {
		const url = await newQueue();
		const attribute = '{"source":{"DataType":"String","StringValue":"shop"}}';
		await sqs('send-message', url, '--message-body', 'hello', '--message-attributes', attribute);
		const [message] = await receive(url);
		expect(message).toMatchObject({ Body: 'hello', MessageAttributes: { source: { StringValue: 'shop' } } });
		await sqs('delete-message', url, '--receipt-handle', message?.ReceiptHandle ?? '');
		const { Attributes } = await sqs('get-queue-attributes', url, '--attribute-names', 'All');
		expect(Attributes).toMatchObject({
			ApproximateNumberOfMessages: '0',
			ApproximateNumberOfMessagesNotVisible: '0',
		});
	});

	test('lists queues, sets attributes, purges and deletes', async () => {
		const url = await newQueue();
		const prefix = url.slice(url.lastIndexOf('/') + 1);
		expect(await aws('sqs', 'list-queues', '--queue-name-prefix', prefix)).toEqual({ QueueUrls: [url] });
		await sqs('set-queue-attributes', url, '--attributes', 'DelaySeconds=0,VisibilityTimeout=7');
		const told = await sqs('get-queue-attributes', url, '--attribute-names', 'VisibilityTimeout');
		expect(told.Attributes).toEqual({ VisibilityTimeout: '7' });
		await sqs('purge-queue', url);
		await sqs('delete-queue', url);
		const { code, errors } = await awsCli('sqs', 'send-message', '--queue-url', url, '--message-body', 'x');
		expect(code).toBe(254);
		expect(errors).toContain(
			'An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the SendMessage operation: The specified queue does not exist for this wsdl version.',
		);
	});

	test('publishes to a topic that a queue subscribes to', async () => {
		const url = await newQueue();
		const { Attributes } = await sqs('get-queue-attributes', url, '--attribute-names', 'QueueArn');
		const endpoint = (Attributes as { QueueArn: string }).QueueArn;
		const topic = (await aws('sns', 'create-topic', '--name', unique('cli'))).TopicArn as string;
		const wish = ['--protocol', 'sqs', '--notification-endpoint', endpoint, '--attributes', 'RawMessageDelivery=true'];
		await aws('sns', 'subscribe', '--topic-arn', topic, ...wish);
		await aws('sns', 'publish', '--topic-arn', topic, '--message', 'to all');
		expect((await receive(url)).map(({ Body }) => Body)).toEqual(['to all']);
		const { Subscriptions } = await aws('sns', 'list-subscriptions-by-topic', '--topic-arn', topic);
		expect(Subscriptions).toMatchObject([{ Protocol: 'sqs', Endpoint: endpoint }]);
	});
});
