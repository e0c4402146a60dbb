import { isRefusal } from '../../durable-objects/protocol';
import { receivedAnswer } from '../answers';
import { queues } from '../catalog';
import { type App, endpoint, ok } from '../endpoint';
import { keyringOf } from '../keyring';
import { sealReceipts } from '../receipts';
import { receive } from '../receiving';
import { milliseconds, optionalMilliseconds, QueuePath } from '../schemas/common';
import { ReceiveAnswer, ReceiveBody } from '../schemas/consuming';

export function receiveRoutes(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/receive',
			tag: 'Consuming',
			summary: 'Receive messages, waiting for them if need be',
			description:
				'Hands out up to `max` messages and holds them for the visibility timeout. No body means the defaults. ' +
				'With `waitSeconds` the answer comes as soon as there is a message, or empty when the time is over. With `attemptId` it ' +
				'can be asked again.',
			access: 'consume',
			params: QueuePath,
			body: ReceiveBody,
			answers: { 200: { description: 'The messages; none is no error.', schema: ReceiveAnswer } },
			problems: ['queue_not_found', 'too_many_in_flight', 'too_many_waiters'],
		},
		async ({ request, env, caller, params, body }) => {
			const command = {
				max: body.max,
				visibilityTimeoutMs: optionalMilliseconds(body.visibilityTimeoutSeconds),
				consumer: body.consumer ?? caller.name,
				attemptId: body.attemptId,
				...(body.keyFirst ? { keyFirst: true as const } : {}),
			};
			const deadline = body.waitSeconds === 0 ? 0 : Date.now() + milliseconds(body.waitSeconds);
			const keyring = keyringOf(env);
			const messages = await queues.with(env, params.queue, async (queue) => {
				const received = await receive({ env, queue, command, deadline, signal: request.signal });
				if (isRefusal(received)) return received;
				return received.flatMap(({ partition, messages }) => {
					const receipts = sealReceipts(keyring, queue, partition, messages);
					return messages.map((message, index) =>
						receivedAnswer(message, message.leaseExpiresAt === null ? null : (receipts[index] as string)),
					);
				});
			});
			return ok({ messages });
		},
	);
}
