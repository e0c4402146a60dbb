import { describe, expect, test } from 'vitest';
import { getQueue, newKey, newName, newQueue } from '../http/client';
import { arnOf, done, failure, query, resultIn, urlOf } from './client';
import { attributesOf, fifoQueue, policy, refusedSet, sqsQueue } from './queues';

async function redrivePolicyOf(queue: string): Promise<unknown> {
	return (await attributesOf(queue, 'RedrivePolicy')).RedrivePolicy;
}

describe('RedrivePolicy', () => {
	test('is the dead-letter queue and the count of receives; empty, there is none', async () => {
		const dead = await sqsQueue();
		const name = await sqsQueue({ RedrivePolicy: policy(dead, '42') });
		expect((await getQueue(name)).settings).toMatchObject({ deadLetter: dead, maxReceives: 42 });
		expect(await redrivePolicyOf(name)).toBe(policy(dead, 42));
		await done('CreateQueue', { QueueName: name, Attributes: { RedrivePolicy: policy(dead, 42) } });
		await done('SetQueueAttributes', { QueueUrl: urlOf(name), Attributes: { RedrivePolicy: '' } });
		expect(await redrivePolicyOf(name)).toBeUndefined();
		expect((await getQueue(name)).settings.deadLetter).toBeNull();
	});

	test('the account and the region of its target are nothing to it', async () => {
		const dead = await sqsQueue();
		const deadLetterTargetArn = `arn:aws-cn:sqs:cn-north-1:123456789012:${dead}`;
		const name = await sqsQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) });
		expect(await redrivePolicyOf(name)).toBe(policy(dead, 1));
	});

	test.each([
		[policy('target', 0), 'Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.'],
		[
			policy('target', 1_001),
			'Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.',
		],
		[policy('target', 'x'), 'Invalid value for maxReceiveCount: x, valid values are from 1 to 1000 both inclusive.'],
		[policy('target', 1.5), 'Invalid value for maxReceiveCount: 1.5, valid values are from 1 to 1000 both inclusive.'],
		['{"maxReceiveCount":1}', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.'],
		['{"deadLetterTargetArn":"a"}', 'Redrive policy does not contain mandatory attribute: maxReceiveCount.'],
		['{"maxReceiveCount":1,"deadLetterTargetArn":"a"}', 'Dead-letter target ARN should be fully qualified ARN.'],
		[
			'{"maxReceiveCount":1,"deadLetterTargetArn":"a","b":1}',
			'Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].',
		],
		[policy('missing', 1), 'Dead letter target does not exist.'],
	])('%s is refused', async (RedrivePolicy, reason) => {
		const name = await sqsQueue();
		const told = {
			status: 400,
			code: 'InvalidParameterValue',
			type: 'InvalidParameterValueException',
			message: `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
		};
		expect(await refusedSet(name, { RedrivePolicy })).toEqual(told);
		expect(await failure('CreateQueue', { QueueName: newName(), Attributes: { RedrivePolicy } })).toEqual(told);
	});

	test.each(['x', '[]', '3'])('%s is no JSON map', async (RedrivePolicy) => {
		expect(await refusedSet(await sqsQueue(), { RedrivePolicy })).toMatchObject({
			code: 'InvalidAttributeValue',
			message: 'Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.',
		});
	});

	test('nothing is made for a target that is not there', async () => {
		const missing = newName();
		await failure('CreateQueue', { QueueName: newName(), Attributes: { RedrivePolicy: policy(missing) } });
		expect((await failure('GetQueueUrl', { QueueName: missing })).type).toBe('QueueDoesNotExist');
	});

	test('standard with standard, FIFO with FIFO', async () => {
		const standard = await sqsQueue();
		const fifo = await fifoQueue();
		for (const [source, target] of [
			[await sqsQueue(), fifo],
			[await fifoQueue(), standard],
		] as const) {
			const { message } = await refusedSet(source, { RedrivePolicy: policy(target) });
			expect(message).toMatch(/Reason: Dead-letter queue must be same type of queue as the source\.$/);
		}
		await fifoQueue({ RedrivePolicy: policy(fifo) });
	});

	test('a key must manage the target too', async () => {
		const dead = await sqsQueue();
		const name = newName();
		const key = await newKey(['manage'], [name]);
		const wanted = { QueueName: name, Attributes: { RedrivePolicy: policy(dead) } };
		expect((await failure('CreateQueue', wanted, key)).code).toBe('AccessDenied');
		await done('CreateQueue', wanted, await newKey(['manage'], [name, dead]));
	});

	test('a circle is refused', async () => {
		const one = await sqsQueue();
		const other = await sqsQueue({ RedrivePolicy: policy(one) });
		expect(await refusedSet(one, { RedrivePolicy: policy(other) })).toMatchObject({ code: 'InvalidParameterValue' });
	});
});

describe('RedriveAllowPolicy', () => {
	test('says which queues may name this one', async () => {
		const one = newName();
		const RedriveAllowPolicy = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf(one)] });
		const dead = await sqsQueue({ RedriveAllowPolicy });
		await sqsQueue({ RedrivePolicy: policy(dead) }, one);
		const other = await sqsQueue();
		const { message } = await refusedSet(other, { RedrivePolicy: policy(dead) });
		expect(message).toMatch(/for parameter RedrivePolicy is invalid\. Reason: .*redrive allow policy/);
		for (const [redrivePermission, status] of [
			['denyAll', 400],
			['allowAll', 200],
		] as const) {
			const Attributes = { RedriveAllowPolicy: JSON.stringify({ redrivePermission }) };
			await done('SetQueueAttributes', { QueueUrl: urlOf(dead), Attributes });
			const set = { QueueUrl: urlOf(other), Attributes: { RedrivePolicy: policy(dead) } };
			if (status === 200) await done('SetQueueAttributes', set);
			else expect((await failure('SetQueueAttributes', set)).status).toBe(status);
		}
		const asked = { QueueUrl: urlOf(dead), AttributeNames: ['RedriveAllowPolicy'] };
		const { Attributes } = await done('GetQueueAttributes', asked);
		expect(Attributes).toEqual({ RedriveAllowPolicy: '{"redrivePermission":"allowAll"}' });
	});

	test.each([
		['x', /^Invalid value for the parameter RedriveAllowPolicy\. Reason: .*unsupported format/],
		['{"redrivePermission":"some"}', /unsupported format/],
		['{"redrivePermission":"allowAll","more":1}', /unsupported format/],
		['{"redrivePermission":"byQueue"}', /you must also specify one or more sourceQueueArns values\.$/],
		['{"redrivePermission":"byQueue","sourceQueueArns":[]}', /one or more sourceQueueArns values\.$/],
		['{"redrivePermission":"denyAll","sourceQueueArns":["a"]}', /you must set redrivePermission to byQueue\.$/],
		[
			JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: Array(11).fill('a') }),
			/The maximum number of source queue ARNs you can specify is 10\.$/,
		],
	])('%s is refused', async (RedriveAllowPolicy, message) => {
		expect((await refusedSet(await sqsQueue(), { RedriveAllowPolicy })).message).toMatch(message);
	});
});

describe('ListDeadLetterSourceQueues', () => {
	test('names the queues whose dead letters come here, whichever API has said so', async () => {
		const dead = await sqsQueue();
		const stem = newName();
		const names = ['a', 'b', 'c'].map((end) => `${stem}-${end}`);
		for (const name of names) await sqsQueue({ RedrivePolicy: policy(dead) }, name);
		const QueueUrl = urlOf(dead);
		expect(await done('ListDeadLetterSourceQueues', { QueueUrl })).toEqual({ queueUrls: names.map(urlOf) });
		const first = await done('ListDeadLetterSourceQueues', { QueueUrl, MaxResults: 2 });
		expect(first.queueUrls).toEqual(names.slice(0, 2).map(urlOf));
		const second = await done('ListDeadLetterSourceQueues', { QueueUrl, MaxResults: 2, NextToken: first.NextToken });
		expect(second).toEqual({ queueUrls: [urlOf(`${stem}-c`)] });
		const { xml } = await query({ Action: 'ListDeadLetterSourceQueues', QueueUrl });
		expect(resultIn(xml)).toBe(names.map((name) => `<QueueUrl>${urlOf(name)}</QueueUrl>`).join(''));

		const native = await newQueue();
		const ofNative = await done('ListDeadLetterSourceQueues', { QueueUrl: urlOf(`${native}-dlq`) });
		expect(ofNative).toEqual({ queueUrls: [urlOf(native)] });
	});

	test('none is an empty list; of a queue that is not there, an error', async () => {
		expect(await done('ListDeadLetterSourceQueues', { QueueUrl: urlOf(await sqsQueue()) })).toEqual({ queueUrls: [] });
		const { type } = await failure('ListDeadLetterSourceQueues', { QueueUrl: urlOf(newName()) });
		expect(type).toBe('QueueDoesNotExist');
	});
});
