import { z } from '@hono/zod-openapi';
import { LIMITS, type ReceivedMessage } from '../../../durable-objects/protocol';
import { queues } from '../../catalog';
import { consume } from '../../consuming';
import { milliseconds, optionalMilliseconds } from '../../schemas/common';
import type { Actions, Call } from '../facade';
import { messageIdOf } from '../message-ids';
import { isFifo } from '../names';
import { numberParameter, textList, wholeParameter } from '../parameters';
import { action, idParameter, notForThisType, queueUrlParameter } from './action';
import { NOTHING_TO_SETTLE } from './handles';
import { incoming, selected } from './incoming';
import { traitsOf } from './kept';
import { md5, md5OfAttributes } from './md5';
import { attributesAnswer } from './message-attributes';
import { systemAttributes, wantedAttributes } from './system-attributes';

const COUNT_RULE = 'Must be between 1 and 10, if provided.';

const Receive = z.object({
	QueueUrl: queueUrlParameter,
	MaxNumberOfMessages: wholeParameter(1, 10, COUNT_RULE).default(1),
	WaitTimeSeconds: numberParameter(0, 20).optional(),
	VisibilityTimeout: numberParameter(0, LIMITS.visibilityTimeoutMs / 1_000).optional(),
	AttributeNames: textList.default([]),
	MessageSystemAttributeNames: textList.default([]),
	MessageAttributeNames: textList.default([]),
	ReceiveRequestAttemptId: idParameter('ReceiveRequestAttemptId').optional(),
});

/** What a receive wants to be told of each message. */
interface Wanted {
	readonly queue: string;
	readonly system: readonly string[];
	readonly attributes: readonly string[];
}

export const receivingActions: Actions = {
	ReceiveMessage: action({
		access: 'consume',
		parameters: Receive,
		about: ({ QueueUrl }) => QueueUrl,
		run: async (call, wish) => {
			const { QueueUrl: name, ReceiveRequestAttemptId: attemptId } = wish;
			const wanted: Wanted = {
				queue: name,
				system: wantedAttributes(wish.MessageSystemAttributeNames, wish.AttributeNames),
				attributes: wish.MessageAttributeNames,
			};
			const waitSeconds = wish.WaitTimeSeconds ?? traitsOf(await queues.cached(call.env, name)).waitSeconds;
			if (attemptId !== undefined && !isFifo(name)) throw notForThisType('ReceiveRequestAttemptId', attemptId);
			const command = {
				max: wish.MaxNumberOfMessages,
				visibilityTimeoutMs: optionalMilliseconds(wish.VisibilityTimeout),
				consumer: call.caller.name,
				attemptId,
				// "SQS first attempts to return as many messages with the same message group ID as possible" (FIFO delivery logic).
				...(isFifo(name) ? { keyFirst: true as const } : {}),
			};
			const deadline = waitSeconds === 0 ? 0 : Date.now() + milliseconds(waitSeconds);
			const { signal } = call.request;
			const { messages } = await consume(
				call.env,
				name,
				{ command, deadline, signal },
				{
					message: (message, receipt) => messageAnswer(call, message, receipt, wanted),
				},
			);
			return messages.length === 0 ? {} : { Messages: messages };
		},
	}),
};

function messageAnswer(call: Call, message: ReceivedMessage, receipt: string | null, wanted: Wanted) {
	const { body, attributes } = incoming(call, message);
	const chosen = selected(attributes, wanted.attributes);
	return {
		MessageId: messageIdOf(message.id),
		ReceiptHandle: receipt ?? NOTHING_TO_SETTLE,
		MD5OfBody: md5(body),
		Body: body,
		Attributes: systemAttributes({ queue: wanted.queue, region: call.region }, message, wanted.system),
		MD5OfMessageAttributes: md5OfAttributes(chosen),
		MessageAttributes: chosen.length === 0 ? undefined : attributesAnswer(chosen),
	};
}
