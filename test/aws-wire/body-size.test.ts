import { expect, test } from 'vitest';
import { done, json, query, urlOf } from './client';
import { sqsQueue } from './queues';

const MiB = 1_048_576;

/** A batch of a mebibyte, in the form that takes most of a request's body: three of it for each byte. */
const parts = 4;
const bodies = Array.from({ length: parts }, (_, index) => String(index).padEnd(MiB / parts, '\n'));

test('the largest batch passes, however it is encoded', async () => {
	const queue = await sqsQueue();
	const entries = bodies.flatMap((body, index) => [
		[`SendMessageBatchRequestEntry.${index + 1}.Id`, String(index)],
		[`SendMessageBatchRequestEntry.${index + 1}.MessageBody`, body],
	]);
	const parameters = { Action: 'SendMessageBatch', QueueUrl: urlOf(queue), ...Object.fromEntries(entries) };
	const { status, xml } = await query(parameters);
	expect(status).toBe(200);
	expect(xml.match(/<SendMessageBatchResultEntry>/g)).toHaveLength(parts);
	const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
	expect(await done('SendMessageBatch', { QueueUrl: urlOf(queue), Entries })).toMatchObject({
		Successful: { length: parts },
	});
});

test('a body that no batch needs is refused before it is read to its end', async () => {
	const { status, body } = await json('SendMessage', { QueueUrl: urlOf('any'), MessageBody: 'x'.repeat(7 * MiB) });
	expect({ status, type: body.__type }).toEqual({
		status: 413,
		type: 'com.amazon.coral.service#RequestEntityTooLargeException',
	});
});
