import { beforeAll, describe, expect, test } from 'vitest';
import { clientsFor, failure, newQueue, type Queue, unique } from './clients.ts';
import { Native } from './native.ts';
import { newTopic } from './topics.ts';

// A scoped key is an access key for AWS clients, too: `publish`, `consume`, `manage`, by name pattern.

const native = new Native();
const prefix = unique('scoped');
let queue: Queue;
let other: Queue;
let topic: string;

interface Key {
	readonly id: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

function newKey(...actions: string[]): Promise<Key> {
	return native.call('POST', 'keys', { name: unique('key'), actions, patterns: [`${prefix}*`] });
}

beforeAll(async () => {
	queue = await newQueue({}, prefix);
	other = await newQueue({}, unique('other'));
	topic = await newTopic({}, `${prefix}-topic`);
});

const denied = { name: 'AccessDenied', code: 'AccessDenied', status: 403, fault: 'client' };

type Clients = ReturnType<typeof clientsFor>;
type Act = readonly [needs: string, name: string, act: (clients: Clients, queue: Queue) => Promise<unknown>];

const receipt = 'made-up';
const acts: readonly Act[] = [
	['publish', 'SendMessage', ({ sqs }, { url }) => sqs.sendMessage({ QueueUrl: url, MessageBody: 'x' })],
	[
		'publish',
		'SendMessageBatch',
		({ sqs }, { url }) => sqs.sendMessageBatch({ QueueUrl: url, Entries: [{ Id: 'a', MessageBody: 'x' }] }),
	],
	['consume', 'ReceiveMessage', ({ sqs }, { url }) => sqs.receiveMessage({ QueueUrl: url, VisibilityTimeout: 0 })],
	['consume', 'DeleteMessage', ({ sqs }, { url }) => sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: receipt })],
	[
		'consume',
		'DeleteMessageBatch',
		({ sqs }, { url }) => sqs.deleteMessageBatch({ QueueUrl: url, Entries: [{ Id: 'a', ReceiptHandle: receipt }] }),
	],
	[
		'consume',
		'ChangeMessageVisibility',
		({ sqs }, { url }) => sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: 1 }),
	],
	[
		'consume',
		'ChangeMessageVisibilityBatch',
		({ sqs }, { url }) =>
			sqs.changeMessageVisibilityBatch({ QueueUrl: url, Entries: [{ Id: 'a', ReceiptHandle: receipt }] }),
	],
	['any', 'GetQueueUrl', ({ sqs }, { name }) => sqs.getQueueUrl({ QueueName: name })],
	[
		'any',
		'GetQueueAttributes',
		({ sqs }, { url }) => sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] }),
	],
	['any', 'ListQueueTags', ({ sqs }, { url }) => sqs.listQueueTags({ QueueUrl: url })],
	['any', 'ListDeadLetterSourceQueues', ({ sqs }, { url }) => sqs.listDeadLetterSourceQueues({ QueueUrl: url })],
	['manage', 'UntagQueue', ({ sqs }, { url }) => sqs.untagQueue({ QueueUrl: url, TagKeys: ['a'] })],
	[
		'manage',
		'AddPermission',
		({ sqs }, { url }) =>
			sqs.addPermission({ QueueUrl: url, Label: unique('a'), AWSAccountIds: ['111122223333'], Actions: ['*'] }),
	],
	['manage', 'RemovePermission', ({ sqs }, { url }) => sqs.removePermission({ QueueUrl: url, Label: 'none' })],
	['manage', 'StartMessageMoveTask', ({ sqs }, { arn }) => sqs.startMessageMoveTask({ SourceArn: arn })],
	['manage', 'ListMessageMoveTasks', ({ sqs }, { arn }) => sqs.listMessageMoveTasks({ SourceArn: arn })],
	['manage', 'PurgeQueue', ({ sqs }, { url }) => sqs.purgeQueue({ QueueUrl: url })],
	[
		'manage',
		'SetQueueAttributes',
		({ sqs }, { url }) => sqs.setQueueAttributes({ QueueUrl: url, Attributes: { VisibilityTimeout: '30' } }),
	],
	['manage', 'CreateQueue', ({ sqs }, { name }) => sqs.createQueue({ QueueName: name })],
	['manage', 'TagQueue', ({ sqs }, { url }) => sqs.tagQueue({ QueueUrl: url, Tags: { a: 'b' } })],
	[
		'manage',
		'DeleteQueue',
		({ sqs }, { name, url }) => sqs.deleteQueue({ QueueUrl: url.replace(name, `${name}-gone`) }),
	],
];

/** Not refused for who asks; what else there is to refuse does not matter here. */
async function mayIt(call: Promise<unknown>): Promise<boolean> {
	try {
		await call;
		return true;
	} catch (error) {
		return (error as { Code?: string }).Code !== 'AccessDenied';
	}
}

describe.each(['publish', 'consume', 'manage'])('a key for %s', (action) => {
	let clients: Clients;

	beforeAll(async () => {
		clients = clientsFor(await newKey(action));
	});

	test.each(acts)('may do what needs %s only where it is that: %s', async (needs, _, act) => {
		if (needs === action || needs === 'any') expect(await mayIt(act(clients, queue))).toBe(true);
		else expect(await failure(act(clients, queue))).toMatchObject(denied);
		// And nothing to a queue that its patterns do not name.
		expect(await failure(act(clients, other))).toMatchObject(denied);
	});

	test('may publish to topics only where it is for publishing', async () => {
		const publish = () => clients.sns.publish({ TopicArn: topic, Message: 'x' });
		if (action === 'publish') expect((await publish()).MessageId).toMatch(/./);
		else expect(await failure(publish())).toMatchObject({ code: 'AuthorizationError', status: 403 });
		const elsewhere = clients.sns.publish({ TopicArn: topic.replace(prefix, 'elsewhere'), Message: 'x' });
		expect(await failure(elsewhere)).toMatchObject({ code: 'AuthorizationError', status: 403 });
	});

	test('sees the queues that its patterns name, and no other', async () => {
		const { QueueUrls = [] } = await clients.sqs.listQueues({});
		expect(QueueUrls).toContain(queue.url);
		expect(QueueUrls.every((url) => url.slice(url.lastIndexOf('/') + 1).startsWith(prefix))).toBe(true);
	});
});

test('a key for publishing and consuming is all that a worker needs', async () => {
	const worker = clientsFor(await newKey('publish', 'consume'));
	const own = await newQueue({}, `${prefix}-own`);
	await worker.sqs.sendMessage({ QueueUrl: own.url, MessageBody: 'x' });
	const { Messages = [] } = await worker.sqs.receiveMessage({ QueueUrl: own.url, WaitTimeSeconds: 5 });
	expect(Messages.map(({ Body }) => Body)).toEqual(['x']);
	await worker.sqs.deleteMessage({ QueueUrl: own.url, ReceiptHandle: Messages[0]?.ReceiptHandle });
});

test('a deleted key is refused as if it had never been', async () => {
	const key = await newKey('publish');
	const { sqs: doomed } = clientsFor(key);
	await doomed.sendMessage({ QueueUrl: queue.url, MessageBody: 'x' });
	await native.call('DELETE', `keys/${key.id}`);
	expect(await failure(doomed.sendMessage({ QueueUrl: queue.url, MessageBody: 'x' }))).toMatchObject({
		code: 'InvalidClientTokenId',
		message: 'The security token included in the request is invalid.',
		status: 403,
	});
});

test('a secret belongs to its id', async () => {
	const [one, two] = [await newKey('publish'), await newKey('publish')];
	const mixed = clientsFor({ accessKeyId: one.accessKeyId, secretAccessKey: two.secretAccessKey });
	expect(await failure(mixed.sqs.sendMessage({ QueueUrl: queue.url, MessageBody: 'x' }))).toMatchObject({
		code: 'SignatureDoesNotMatch',
		status: 403,
	});
});
