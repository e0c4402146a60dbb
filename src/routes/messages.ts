import { isRefusal, LIMITS } from '../../durable-objects/protocol';
import { receivedAnswer } from '../answers';
import { readBytes } from '../bodies';
import { withQueue } from '../catalog';
import { batchMessages, rawMessage } from '../content';
import { type App, created, endpoint, ok, okText } from '../endpoint';
import { keyringOf } from '../keyring';
import { Problem } from '../problems';
import { publishBatch, publishOne } from '../publishing';
import { sealReceipts } from '../receipts';
import { receive } from '../receiving';
import { milliseconds, optionalMilliseconds, QueuePath } from '../schemas/common';
import { ReceiveAnswer, ReceiveBody } from '../schemas/consuming';
import { BatchAnswer, BatchBody, PublishAnswer, PublishQuery, plainBatch } from '../schemas/messages';

/** Publish, publish a batch, receive. */
export function messageRoutes(app: App): void {
	publishRoute(app);
	batchRoute(app);
	receiveRoute(app);
}

function publishRoute(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/messages',
			tag: 'Messages',
			summary: 'Publish one message: the body is the message',
			description:
				'Any content type; bytes that are not UTF-8 come back in base64. Attributes are `x-sluice-attribute-NAME` headers ' +
				'(names arrive in lower case); a `traceparent` header is kept. A success is on disk.',
			access: 'publish',
			params: QueuePath,
			query: PublishQuery,
			body: 'raw',
			answers: {
				200: { description: 'Accepted before under this dedupId.', schema: PublishAnswer },
				201: { description: 'Accepted, and durable.', schema: PublishAnswer },
			},
			problems: ['queue_not_found', 'backlog_full', 'body_too_large', 'message_too_large'],
		},
		async ({ request, env, params, query }) => {
			const bytes = await readBytes(request, LIMITS.messageBytes);
			const outcome = await publishOne(env, params.queue, rawMessage(request, bytes, query));
			return outcome.duplicate ? ok(outcome) : created(outcome);
		},
	);
}

function batchRoute(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/messages/batch',
			tag: 'Messages',
			summary: `Publish up to ${LIMITS.batchMessages} messages`,
			description:
				'A message that is not valid refuses the whole batch and names it (`messages[3].delaySeconds`); nothing is published then. ' +
				'Else there is an answer per message, since a batch may span partitions; where all are refused for the same reason, ' +
				'that is the answer to the whole.',
			access: 'publish',
			params: QueuePath,
			body: BatchBody,
			bodyBytes: LIMITS.requestBytes,
			glance: plainBatch,
			answers: { 200: { description: 'An answer per message, in order.', schema: BatchAnswer } },
			problems: ['queue_not_found', 'backlog_full', 'body_too_large', 'message_too_large', 'invalid_json'],
		},
		async ({ request, env, params, body }) => {
			const messages = batchMessages(body.messages, request.headers.get('traceparent'));
			const outcomes = await publishBatch(env, params.queue, messages);
			if (typeof outcomes === 'string') return okText(`{"results":${outcomes}}`);
			const answers = outcomes.map((outcome) => (isRefusal(outcome) ? Problem.of(outcome) : outcome));
			const [first] = answers;
			if (
				first instanceof Problem &&
				answers.every((answer) => answer instanceof Problem && answer.code === first.code)
			) {
				throw first;
			}
			return ok({ results: answers.map((answer) => (answer instanceof Problem ? { error: answer.body() } : answer)) });
		},
	);
}

function receiveRoute(app: App): void {
	endpoint(
		app,
		{
			method: 'post',
			path: '/v1/queues/{queue}/receive',
			tag: 'Consuming',
			summary: 'Receive messages, waiting for them if need be',
			description:
				'Hands out up to `max` messages and holds them for the visibility timeout. No body means the defaults. ' +
				'With `waitSeconds` the answer comes as soon as there is a message, or empty when the time is over.',
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
			};
			const deadline = body.waitSeconds === 0 ? 0 : Date.now() + milliseconds(body.waitSeconds);
			const keyring = keyringOf(env);
			const messages = await withQueue(env, params.queue, async (queue) => {
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
