import { minimalText, minimalTexts, receivedText } from '../answers';
import { type Consumed, consume, withReceipts } from '../consuming';
import { type App, endpoint, okText } from '../endpoint';
import { acknowledgeFirst } from '../exchanging';
import { milliseconds, optionalMilliseconds, QueuePath } from '../schemas/common';
import { plainReceive, ReceiveAnswer, ReceiveBody } from '../schemas/consuming';
import { ackEntries, outcomeTexts } from './settle';

const FULLY = { message: receivedText };
const MINIMALLY = { message: minimalText, run: minimalTexts };

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
				'can be asked again. `ack` acknowledges first, in the same request: what it acknowledges stays so also where receiving is ' +
				'refused or the wait is broken off. `minimal` answers less of each message. `receipts` acknowledges all messages of the answer ' +
				'with fewer texts than they have receipts of their own.',
			access: 'consume',
			params: QueuePath,
			body: ReceiveBody,
			glance: plainReceive,
			answers: { 200: { description: 'The messages; none is no error.', schema: ReceiveAnswer } },
			problems: ['queue_not_found', 'too_many_in_flight', 'too_many_waiters', 'invalid_receipt'],
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
			const wish = { command, deadline, signal: request.signal };
			const textOf = body.minimal ? MINIMALLY : FULLY;
			const receiveTexts = () => consume(env, params.queue, wish, textOf);
			if (body.ack === undefined) return okText(`{${textsOf(await receiveTexts())}}`);
			const acks = ackEntries('ack', body.ack);
			const { settled, taken } = await acknowledgeFirst(env, params.queue, acks, wish);
			const consumed = taken === null ? await receiveTexts() : withReceipts(env, taken.queue, taken.received, textOf);
			const outcomes = outcomeTexts(settled, body.minimal);
			return okText(`{${textsOf(consumed)},"ack":[${outcomes.join()}]}`);
		},
	);
}

/** Of receipts that are ours. */
function textsOf({ messages, receipts }: Consumed<string>): string {
	const all = receipts.map((receipt) => `"${receipt}"`);
	return `"messages":[${messages.join()}],"receipts":[${all.join()}]`;
}
