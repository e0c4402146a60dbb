import { describe, expect, test } from 'vitest';
import { attributesOf, failure, figuresOf, newQueue, receive, sqs, unique } from './clients.ts';

describe('tags', () => {
	test('are given, changed, taken away and listed', async () => {
		const { url } = await newQueue();
		expect((await sqs.listQueueTags({ QueueUrl: url })).Tags ?? {}).toEqual({});
		await sqs.tagQueue({ QueueUrl: url, Tags: { team: 'shop', stage: 'test', empty: '' } });
		await sqs.tagQueue({ QueueUrl: url, Tags: { stage: 'live' } });
		await sqs.untagQueue({ QueueUrl: url, TagKeys: ['empty', 'unheard-of'] });
		expect((await sqs.listQueueTags({ QueueUrl: url })).Tags).toEqual({ team: 'shop', stage: 'live' });
	});

	test('may come with the queue', async () => {
		const name = unique('tagged');
		const { QueueUrl } = await sqs.createQueue({ QueueName: name, tags: { team: 'shop' } });
		expect((await sqs.listQueueTags({ QueueUrl })).Tags).toEqual({ team: 'shop' });
	});

	test('are fifty at most', async () => {
		const { url } = await newQueue();
		const some = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
		await sqs.tagQueue({ QueueUrl: url, Tags: some(50) });
		expect(await failure(sqs.tagQueue({ QueueUrl: url, Tags: { more: 'v' } }))).toMatchObject({ fault: 'client' });
		expect((await sqs.listQueueTags({ QueueUrl: url })).Tags).toEqual(some(50));
	});

	test('of a queue that is not there', async () => {
		const { url } = await newQueue();
		await sqs.deleteQueue({ QueueUrl: url });
		expect(await failure(sqs.tagQueue({ QueueUrl: url, Tags: { a: 'b' } }))).toMatchObject({
			name: 'QueueDoesNotExist',
		});
		expect(await failure(sqs.listQueueTags({ QueueUrl: url }))).toMatchObject({ name: 'QueueDoesNotExist' });
	});
});

describe('permissions', () => {
	test('are kept in the policy, by their label', async () => {
		const { url, arn } = await newQueue();
		await sqs.addPermission({
			QueueUrl: url,
			Label: 'reader',
			AWSAccountIds: ['111122223333'],
			Actions: ['ReceiveMessage', 'DeleteMessage'],
		});
		const { Policy = '{}' } = await attributesOf(url);
		expect(JSON.parse(Policy).Statement).toEqual([
			expect.objectContaining({ Sid: 'reader', Effect: 'Allow', Resource: arn }),
		]);
		await sqs.removePermission({ QueueUrl: url, Label: 'reader' });
		const { Policy: after = '{"Statement":[]}' } = await attributesOf(url);
		expect(JSON.parse(after).Statement).toEqual([]);
	});

	test('are added once under a label, and taken away where they are', async () => {
		const { url } = await newQueue();
		const add = () =>
			sqs.addPermission({ QueueUrl: url, Label: 'a', AWSAccountIds: ['111122223333'], Actions: ['SendMessage'] });
		await add();
		expect(await failure(add())).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
		const remove = sqs.removePermission({ QueueUrl: url, Label: 'unheard-of' });
		expect(await failure(remove)).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
	});
});

describe('PurgeQueue', () => {
	test('takes away everything: what waits, what is held and what is delayed', async () => {
		const { url } = await newQueue();
		for (const [body, DelaySeconds] of [
			['a', 0],
			['b', 0],
			['c', 60],
		] as const) {
			await sqs.sendMessage({ QueueUrl: url, MessageBody: body, DelaySeconds });
		}
		await receive(url, { MaxNumberOfMessages: 1 });
		expect(await figuresOf(url)).toEqual([1, 1, 1]);
		await sqs.purgeQueue({ QueueUrl: url });
		expect(await figuresOf(url)).toEqual([0, 0, 0]);
		// AWS makes a client wait for 60 s here: its own protection, which Sluice does without.
		await sqs.sendMessage({ QueueUrl: url, MessageBody: 'new' });
		await sqs.purgeQueue({ QueueUrl: url });
		expect(await receive(url)).toEqual([]);
	});
});
