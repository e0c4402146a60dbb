import { describe, expect, test } from 'vitest';
import { arnOf, done, failure, query, urlOf } from './client';
import { sqsQueue } from './queues';

describe('tags', () => {
	test('are added, replaced, removed and listed', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		expect(await done('TagQueue', { QueueUrl, Tags: { a: '1', b: '2', A: '' } })).toEqual({});
		await done('TagQueue', { QueueUrl, Tags: { b: 'two', c: '3' } });
		expect(await done('ListQueueTags', { QueueUrl })).toEqual({ Tags: { A: '', a: '1', b: 'two', c: '3' } });
		expect(await done('UntagQueue', { QueueUrl, TagKeys: ['a', 'c', 'A', 'missing'] })).toEqual({});
		expect(await done('ListQueueTags', { QueueUrl })).toEqual({ Tags: { b: 'two' } });
		await query({ Action: 'UntagQueue', QueueUrl, 'TagKey.1': 'b' });
		expect(await done('ListQueueTags', { QueueUrl })).toEqual({});
	});

	test('two who tag at the same time do not undo each other', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		const keys = Array.from({ length: 10 }, (_, index) => `key${index}`);
		await Promise.all(keys.map((key) => done('TagQueue', { QueueUrl, Tags: { [key]: key } })));
		const { Tags } = await done('ListQueueTags', { QueueUrl });
		expect(Object.keys(Tags as object).sort()).toEqual(keys);
	});

	test('50 at most, with keys of 1 to 128 characters', async () => {
		const name = await sqsQueue();
		const QueueUrl = urlOf(name);
		const Tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, '']));
		await done('TagQueue', { QueueUrl, Tags });
		await done('TagQueue', { QueueUrl, Tags: { key7: 'again' } });
		for (const [tags, message] of [
			[{ another: '' }, `Too many tags added for queue ${name}.`],
			[{ '': 'x' }, 'Tag keys must be between 1 and 128 characters in length.'],
			[{ ['k'.repeat(129)]: 'x' }, 'Tag keys must be between 1 and 128 characters in length.'],
			[{ key1: 'v'.repeat(257) }, 'Tag values must be between 0 and 256 characters in length.'],
		] as const) {
			expect(await failure('TagQueue', { QueueUrl, Tags: tags })).toMatchObject({
				code: 'InvalidParameterValue',
				message,
			});
		}
		expect((await failure('TagQueue', { QueueUrl, Tags: { 'aws:x': 'y' } })).code).toBe('InvalidParameterValue');
		expect((await failure('TagQueue', { QueueUrl })).message).toBe('The request must contain the parameter Tags.');
	});
});

async function policyOf(queue: string): Promise<unknown> {
	const { Attributes } = await done('GetQueueAttributes', { QueueUrl: urlOf(queue), AttributeNames: ['Policy'] });
	return Attributes === undefined ? undefined : JSON.parse((Attributes as { Policy: string }).Policy);
}

describe('permissions', () => {
	const AWSAccountIds = ['123456789012'];

	test('are statements of the policy, each with its label', async () => {
		const name = await sqsQueue();
		const QueueUrl = urlOf(name);
		await done('AddPermission', { QueueUrl, Label: 'one', AWSAccountIds, Actions: ['ReceiveMessage'] });
		await query({
			Action: 'AddPermission',
			QueueUrl,
			Label: 'two',
			'AWSAccountId.1': '111111111111',
			'AWSAccountId.2': '222222222222',
			'ActionName.1': 'SendMessage',
			'ActionName.2': 'DeleteMessage',
		});
		expect(await policyOf(name)).toEqual({
			Version: '2008-10-17',
			Id: `${arnOf(name)}/SQSDefaultPolicy`,
			Statement: [
				{
					Sid: 'one',
					Effect: 'Allow',
					Principal: { AWS: 'arn:aws:iam::123456789012:root' },
					Action: 'SQS:ReceiveMessage',
					Resource: arnOf(name),
				},
				{
					Sid: 'two',
					Effect: 'Allow',
					Principal: { AWS: ['arn:aws:iam::111111111111:root', 'arn:aws:iam::222222222222:root'] },
					Action: ['SQS:SendMessage', 'SQS:DeleteMessage'],
					Resource: arnOf(name),
				},
			],
		});
		await done('RemovePermission', { QueueUrl, Label: 'one' });
		expect(await policyOf(name)).toMatchObject({ Statement: [{ Sid: 'two' }] });
		await done('RemovePermission', { QueueUrl, Label: 'two' });
		expect(await policyOf(name)).toBeUndefined();
	});

	test('join a policy that was set', async () => {
		const name = await sqsQueue();
		const QueueUrl = urlOf(name);
		const Policy = JSON.stringify({ Version: '2012-10-17', Statement: { Sid: 'set', Effect: 'Deny' } });
		await done('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
		await done('AddPermission', { QueueUrl, Label: 'one', AWSAccountIds, Actions: ['*'] });
		expect(await policyOf(name)).toMatchObject({ Version: '2012-10-17', Statement: [{ Sid: 'set' }, { Sid: 'one' }] });
	});

	test('pass over what is no statement, and a policy that nests too deep is none', async () => {
		const name = await sqsQueue();
		const QueueUrl = urlOf(name);
		await done('SetQueueAttributes', { QueueUrl, Attributes: { Policy: '{"Statement":[null,1]}' } });
		await done('AddPermission', { QueueUrl, Label: 'one', AWSAccountIds, Actions: ['*'] });
		expect(await policyOf(name)).toMatchObject({ Statement: [{ Sid: 'one' }] });
		const Policy = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
		expect(await failure('SetQueueAttributes', { QueueUrl, Attributes: { Policy } })).toMatchObject({ status: 400 });
	});

	test('are refused in the words of SQS', async () => {
		const QueueUrl = urlOf(await sqsQueue());
		const wanted = { QueueUrl, Label: 'one', AWSAccountIds, Actions: ['ReceiveMessage'] };
		await done('AddPermission', wanted);
		for (const [change, message] of [
			[{}, 'Value one for parameter Label is invalid. Reason: Already exists.'],
			[{ Label: 'a b' }, /^Value a b for parameter Label is invalid/],
			[{ Label: 'two', AWSAccountIds: ['12'] }, /parameter PrincipalId is invalid. Reason: Unable to verify\.$/],
			[{ Label: 'two', Actions: ['Fly'] }, /^Value SQS:Fly for parameter ActionName is invalid/],
		] as const) {
			expect((await failure('AddPermission', { ...wanted, ...change })).message).toMatch(message);
		}
		expect(await failure('RemovePermission', { QueueUrl, Label: 'three' })).toMatchObject({
			code: 'InvalidParameterValue',
			message: "Value three for parameter Label is invalid. Reason: can't find label.",
		});
	});
});
