import { describe, expect, test } from 'vitest';
import { newKey } from '../http/client';
import { arnOf, done, failure, urlOf } from './client';
import { sqsQueue } from './queues';

describe('what a key needs', () => {
	test.each([
		['CreateQueue', 'manage', (name: string) => ({ QueueName: name })],
		['GetQueueUrl', 'any', (name: string) => ({ QueueName: name })],
		['GetQueueAttributes', 'any', (name: string) => ({ QueueUrl: urlOf(name), AttributeNames: ['All'] })],
		['ListQueueTags', 'any', (name: string) => ({ QueueUrl: urlOf(name) })],
		['ListDeadLetterSourceQueues', 'any', (name: string) => ({ QueueUrl: urlOf(name) })],
		['SetQueueAttributes', 'manage', (name: string) => ({ QueueUrl: urlOf(name), Attributes: {} })],
		['TagQueue', 'manage', (name: string) => ({ QueueUrl: urlOf(name), Tags: { a: 'b' } })],
		['UntagQueue', 'manage', (name: string) => ({ QueueUrl: urlOf(name), TagKeys: ['a'] })],
		['PurgeQueue', 'manage', (name: string) => ({ QueueUrl: urlOf(name) })],
		['ListMessageMoveTasks', 'manage', (name: string) => ({ SourceArn: arnOf(name) })],
		['DeleteQueue', 'manage', (name: string) => ({ QueueUrl: urlOf(name) })],
	])('%s: %s', async (action, access, parametersOf) => {
		const name = await sqsQueue();
		const denied = { status: 403, code: 'AccessDenied', type: 'AccessDeniedException' };
		const elsewhere = await newKey(['publish', 'consume', 'manage'], ['other']);
		expect(await failure(action, parametersOf(name), elsewhere)).toMatchObject(denied);
		const publisher = await newKey(['publish'], [name]);
		if (access === 'manage') expect(await failure(action, parametersOf(name), publisher)).toMatchObject(denied);
		else await done(action, parametersOf(name), publisher);
		const manager = await newKey(['manage'], [name]);
		await done(action, parametersOf(name), manager);
	});
});
