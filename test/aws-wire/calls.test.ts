import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Env } from '../../durable-objects/env';
import worker from '../../src/index';
import { signed, urlOf } from './client';
import { sqsQueue, text } from './messages';

test('sending, alone or in a batch, is one call of one object, as it is natively; so is receiving', async () => {
	const queue = await sqsQueue();
	const calls: string[] = [];
	const sending = async (action: string, fields: object) => {
		const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
		const request = await signed({ headers, body: JSON.stringify({ QueueUrl: urlOf(queue), ...fields }) });
		calls.length = 0;
		const response = await worker.fetch(request, counting(calls), {} as ExecutionContext);
		expect(response.status).toBe(200);
		return calls;
	};
	await sending('SendMessage', { MessageBody: 'from here on the queue is known' });
	const MessageAttributes = { a: text('b') };
	expect(await sending('SendMessage', { MessageBody: 'x', MessageAttributes })).toEqual(['PARTITION publish']);
	const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id, MessageAttributes }));
	expect(await sending('SendMessageBatch', { Entries })).toEqual(['PARTITION publish']);
	expect(await sending('ReceiveMessage', { MaxNumberOfMessages: 10 })).toEqual(['PARTITION receive']);
});

type Call = (...given: unknown[]) => unknown;

/** The environment, with every call of an object written down. */
function counting(calls: string[]): Env {
	const watched = (binding: string, namespace: DurableObjectNamespace) => ({
		getByName: (name: string) =>
			new Proxy(namespace.getByName(name), {
				get: (stub, method) => {
					calls.push(`${binding} ${String(method)}`);
					return (...given: unknown[]) => (stub as unknown as Record<PropertyKey, Call>)[method]?.(...given);
				},
			}),
	});
	return new Proxy(env, {
		get: (bindings, name) => {
			const value: unknown = Reflect.get(bindings, name);
			const isNamespace = name === 'CATALOG' || name === 'PARTITION' || name === 'TOPIC';
			return isNamespace ? watched(name, value as DurableObjectNamespace) : value;
		},
	}) as unknown as Env;
}
