import type { z } from '@hono/zod-openapi';
import { countsOf, isAllAccepted, isRefusal, LIMITS, type Target } from '../../durable-objects/protocol';
import { readBytes } from '../bodies';
import { queues, topics } from '../catalog';
import { batchMessages, rawMessage } from '../content';
import type { Directory } from '../directory';
import { type App, created, endpoint, ok, okText } from '../endpoint';
import { Problem, type ProblemCode } from '../problems';
import { publishBatch, publishOne } from '../publishing';
import { QueuePath, TopicPath } from '../schemas/common';
import { BatchAnswer, BatchBody, PublishAnswer, PublishQuery, plainBatch } from '../schemas/messages';

/** What may be published to. */
interface Kind<P extends z.ZodObject> {
	readonly path: string;
	readonly tag: string;
	readonly params: P;
	readonly nameIn: (params: z.output<P>) => string;
	readonly directory: Directory<Target>;
	readonly missing: ProblemCode;
	readonly note: string;
}

const TO_QUEUE: Kind<typeof QueuePath> = {
	path: '/v1/queues/{queue}/messages',
	tag: 'Messages',
	params: QueuePath,
	nameIn: ({ queue }) => queue,
	directory: queues,
	missing: 'queue_not_found',
	note: '',
};

const TO_TOPIC: Kind<typeof TopicPath> = {
	path: '/v1/topics/{topic}/messages',
	tag: 'Topics',
	params: TopicPath,
	nameIn: ({ topic }) => topic,
	directory: topics,
	missing: 'topic_not_found',
	note: ' As to a queue, but for `delaySeconds` and `deliverAt`: a topic holds nothing back, the subscribed queue does.',
};

/** Publish to a queue or a topic: one message, or a batch. */
export function publishRoutes(app: App): void {
	publishRoute(app, TO_QUEUE);
	batchRoute(app, TO_QUEUE);
	publishRoute(app, TO_TOPIC);
	batchRoute(app, TO_TOPIC);
}

function publishRoute<P extends z.ZodObject>(app: App, kind: Kind<P>): void {
	const { path, tag, params, nameIn, directory, missing, note } = kind;
	endpoint(
		app,
		{
			method: 'post',
			path,
			tag,
			summary: 'Publish one message: the body is the message',
			description:
				'Any content type; bytes that are not UTF-8 come back in base64. Attributes are `x-sluice-attribute-NAME` headers ' +
				`(names arrive in lower case); a \`traceparent\` header is kept. A success is on disk.${note}`,
			access: 'publish',
			params,
			query: PublishQuery,
			body: 'raw',
			answers: {
				200: { description: 'Accepted before under this dedupId.', schema: PublishAnswer },
				201: { description: 'Accepted, and durable.', schema: PublishAnswer },
			},
			problems: [missing, 'backlog_full', 'body_too_large', 'message_too_large'],
		},
		async ({ request, env, params, query }) => {
			const bytes = await readBytes(request, LIMITS.messageBytes);
			const outcome = await publishOne(env, directory, nameIn(params), rawMessage(request, bytes, query));
			return outcome.duplicate ? ok(outcome) : created(outcome);
		},
	);
}

function batchRoute<P extends z.ZodObject>(app: App, kind: Kind<P>): void {
	const { path, tag, params, nameIn, directory, missing, note } = kind;
	endpoint(
		app,
		{
			method: 'post',
			path: `${path}/batch`,
			tag,
			summary: `Publish up to ${LIMITS.batchMessages} messages`,
			description:
				'A message that is not valid refuses the whole batch and names it (`messages[3].delaySeconds`); nothing is published then. ' +
				'Else there is an answer per message, since a batch may span partitions; where all are refused for the same reason, ' +
				`that is the answer to the whole. With \`minimal\`, where all are accepted, it is their number.${note}`,
			access: 'publish',
			params,
			body: BatchBody,
			bodyBytes: LIMITS.requestBytes,
			glance: plainBatch,
			answers: { 200: { description: 'An answer per message, in order; or their number.', schema: BatchAnswer } },
			problems: [missing, 'backlog_full', 'body_too_large', 'message_too_large', 'invalid_json'],
		},
		async ({ request, env, params, body }) => {
			const messages = batchMessages(body.messages, request.headers.get('traceparent'));
			const outcomes = await publishBatch(env, directory, nameIn(params), messages, body.minimal);
			if (typeof outcomes === 'string') return okText(outcomes);
			if (body.minimal && isAllAccepted(outcomes)) return ok(countsOf(outcomes));
			const answers = outcomes.map((outcome) => (isRefusal(outcome) ? Problem.of(outcome) : outcome));
			const [first] = answers;
			if (
				first instanceof Problem &&
				answers.every((answer) => answer instanceof Problem && answer.code === first.code)
			) {
				throw first;
			}
			const results = answers.map((answer) => (answer instanceof Problem ? { error: answer.body() } : answer));
			return withRetryAfter(ok({ results }), answers);
		},
	);
}

/** Some were accepted: when to send the others again is told as it is where all are refused. */
function withRetryAfter(response: Response, answers: readonly unknown[]): Response {
	const waits = answers.map((answer) => (answer instanceof Problem ? (answer.extra.retryAfterMs ?? 0) : 0));
	const retryAfterMs = Math.max(...waits);
	if (retryAfterMs > 0) response.headers.set('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
	return response;
}
