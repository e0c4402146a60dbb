import { describe, expect, test } from 'vitest';
import { attributesOf, fifoQueue, refusedSet, setAttributes, sqsQueue } from './queues';

describe('attributes of FIFO queues', () => {
	test('are kept', async () => {
		const name = await fifoQueue({ ContentBasedDeduplication: 'true' });
		await setAttributes(name, {
			FifoQueue: 'true',
			DeduplicationScope: 'messageGroup',
			FifoThroughputLimit: 'perMessageGroupId',
		});
		expect(await attributesOf(name)).toMatchObject({
			ContentBasedDeduplication: 'true',
			DeduplicationScope: 'messageGroup',
			FifoThroughputLimit: 'perMessageGroupId',
		});
	});

	test('the kind of a queue is for good', async () => {
		const name = await fifoQueue();
		expect(await refusedSet(name, { FifoQueue: 'false' })).toMatchObject({
			code: 'InvalidAttributeValue',
			message: 'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
		});
	});

	test.each([
		['FifoQueue', 'true', 'Unknown Attribute FifoQueue.'],
		['FifoQueue', 'false', 'Unknown Attribute FifoQueue.'],
		['ContentBasedDeduplication', 'false', 'Unknown Attribute ContentBasedDeduplication.'],
		['DeduplicationScope', 'queue', 'You can specify the DeduplicationScope only when FifoQueue is set to true.'],
		['FifoThroughputLimit', 'perQueue', 'You can specify the FifoThroughputLimit only when FifoQueue is set to true.'],
	])('%s=%s is refused on a standard queue', async (attribute, value, message) => {
		const name = await sqsQueue();
		expect(await refusedSet(name, { [attribute]: value })).toMatchObject({ code: 'InvalidAttributeName', message });
	});

	test('throughput per group takes deduplication per group', async () => {
		const name = await fifoQueue();
		expect(await refusedSet(name, { FifoThroughputLimit: 'perMessageGroupId' })).toMatchObject({
			code: 'InvalidAttributeValue',
		});
		expect((await attributesOf(name)).FifoThroughputLimit).toBe('perQueue');
		expect(await refusedSet(name, { DeduplicationScope: 'topic' })).toMatchObject({
			message: 'Invalid value for the parameter DeduplicationScope.',
		});
	});
});

describe('encryption is kept as it was asked for', () => {
	test('a key turns the other one off, and back to the defaults is not on again', async () => {
		const name = await sqsQueue();
		await setAttributes(name, { KmsMasterKeyId: 'testKeyId', KmsDataKeyReusePeriodSeconds: '6000' });
		const encryption = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'];
		expect(await attributesOf(name, ...encryption)).toEqual({
			KmsMasterKeyId: 'testKeyId',
			KmsDataKeyReusePeriodSeconds: '6000',
			SqsManagedSseEnabled: 'false',
		});
		await setAttributes(name, { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' });
		expect(await attributesOf(name, ...encryption)).toEqual({ SqsManagedSseEnabled: 'false' });
		await setAttributes(name, { KmsMasterKeyId: 'other' });
		expect((await attributesOf(name, ...encryption)).KmsDataKeyReusePeriodSeconds).toBe('300');
		await setAttributes(name, { SqsManagedSseEnabled: 'true' });
		expect(await attributesOf(name, ...encryption)).toEqual({ SqsManagedSseEnabled: 'true' });
	});

	test('both at once are refused', async () => {
		const name = await sqsQueue();
		expect(await refusedSet(name, { KmsMasterKeyId: 'testKeyId', SqsManagedSseEnabled: 'true' })).toMatchObject({
			code: 'InvalidAttributeName',
			message:
				'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
		});
	});
});
