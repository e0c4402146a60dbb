import { env, exports } from 'cloudflare:workers';
import type { z } from 'zod';
import type { ProblemBody } from '../../src/problems';
import { ProblemAnswer } from '../../src/schemas/common';
import { OutcomesAnswer, ReceivedFully } from '../../src/schemas/consuming';
import { NewKeyAnswer, QueueAnswer, QueueWithFigures } from '../../src/schemas/control';
import { BatchResults, PublishAnswer } from '../../src/schemas/messages';
import { SubscriptionAnswer, SubscriptionWithFigures } from '../../src/schemas/subscriptions';
import { TopicAnswer, TopicWithFigures } from '../../src/schemas/topics';

// Speaks to the real Worker. Every answer is read with the schema that documents it, so that neither drifts.

export const ROOT_KEY = env.SLUICE_ROOT_KEY as string;

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	/** Parsed where it is JSON. */
	readonly body: unknown;
}

export interface Options {
	/** Null: no key at all. */
	readonly key?: string | null;
	readonly headers?: Record<string, string>;
	/** Sent as JSON. */
	readonly json?: unknown;
	/** Sent as it is. */
	readonly body?: BodyInit;
	/** Aborts it: the client goes away. */
	readonly signal?: AbortSignal;
}

export function requestOf(
	method: string,
	path: string,
	{ key = ROOT_KEY, headers, json, body, signal }: Options = {},
): Request {
	return new Request(`https://sluice.test${path}`, {
		method,
		headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
		body: json === undefined ? (body ?? null) : JSON.stringify(json),
		signal: signal ?? null,
	});
}

/** One request to the Worker, with the root key where none is named. */
export async function ask(method: string, path: string, options?: Options): Promise<Answer> {
	return read(await exports.default.fetch(requestOf(method, path, options)));
}

export async function read(response: Response): Promise<Answer> {
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
	return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** The body of a successful answer. */
export function good<S extends z.ZodType>(schema: S, answer: Answer): z.output<S> {
	if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
	return schema.parse(answer.body);
}

export interface Refused extends ProblemBody {
	readonly headers: Headers;
}

/** A request that must end in a problem. */
export async function refused(method: string, path: string, options?: Options): Promise<Refused> {
	return problemIn(await ask(method, path, options));
}

export function problemIn(answer: Answer): Refused {
	if (answer.headers.get('content-type') !== 'application/problem+json') {
		throw new Error(`no problem: ${answer.status} ${JSON.stringify(answer.body)}`);
	}
	const body = ProblemAnswer.parse(answer.body) as ProblemBody;
	if (body.status !== answer.status) throw new Error(`the status is ${answer.status}, the body says ${body.status}`);
	return { ...body, headers: answer.headers };
}

let made = 0;

/** A name that no other test has. */
export function newName(): string {
	return `q${++made}-${crypto.randomUUID().slice(0, 8)}`;
}

/** A new queue of its own name, with these settings. */
export async function newQueue(settings: object = {}): Promise<string> {
	const name = newName();
	good(QueueAnswer, await ask('PUT', `/v1/queues/${name}`, { json: settings }));
	return name;
}

/** A new topic of its own name, with these settings. */
export async function newTopic(settings: object = {}): Promise<string> {
	const name = newName();
	good(TopicAnswer, await ask('PUT', `/v1/topics/${name}`, { json: settings }));
	return name;
}

/** Subscribes the queue, or a new one; answers the queue, whose name the subscription has too. */
export async function subscribe(topic: string, wanted: { queue?: string; [field: string]: unknown } = {}) {
	const queue = wanted.queue ?? (await newQueue());
	const path = `/v1/topics/${topic}/subscriptions/${queue}`;
	good(SubscriptionAnswer, await ask('PUT', path, { json: { ...wanted, queue } }));
	return queue;
}

/** A scoped key; the root key makes it. */
export async function newKey(actions: string[], patterns: string[]): Promise<z.output<typeof NewKeyAnswer>> {
	const json = { name: 'tester', actions, patterns };
	return good(NewKeyAnswer, await ask('POST', '/v1/keys', { json }));
}

export async function getQueue(name: string): Promise<z.output<typeof QueueWithFigures>> {
	return good(QueueWithFigures, await ask('GET', `/v1/queues/${name}`));
}

export async function getTopic(name: string): Promise<z.output<typeof TopicWithFigures>> {
	return good(TopicWithFigures, await ask('GET', `/v1/topics/${name}`));
}

export async function getSubscription(topic: string, name: string): Promise<z.output<typeof SubscriptionWithFigures>> {
	return good(SubscriptionWithFigures, await ask('GET', `/v1/topics/${topic}/subscriptions/${name}`));
}

export async function publishTo(topic: string, body: BodyInit, query = ''): Promise<z.output<typeof PublishAnswer>> {
	return good(PublishAnswer, await ask('POST', `/v1/topics/${topic}/messages${query}`, { body }));
}

/** To a queue or a topic, by its path. */
export async function publishBatch(path: string, messages: readonly object[]) {
	return good(BatchResults, await ask('POST', `${path}/messages/batch`, { json: { messages } })).results;
}

export async function publish(queue: string, body: BodyInit, query = ''): Promise<z.output<typeof PublishAnswer>> {
	return good(PublishAnswer, await ask('POST', `/v1/queues/${queue}/messages${query}`, { body }));
}

export type Received = z.output<typeof ReceivedFully>['messages'][number];

export async function receive(queue: string, options: object = {}): Promise<Received[]> {
	return good(ReceivedFully, await ask('POST', `/v1/queues/${queue}/receive`, { json: options })).messages;
}

/** So many messages, as they come by courier. */
export async function receiveAll(queue: string, count: number): Promise<Received[]> {
	const all: Received[] = [];
	while (all.length < count) {
		const some = await receive(queue, { max: 100, waitSeconds: 20 });
		if (some.length === 0) throw new Error(`${all.length} of ${count} messages came`);
		all.push(...some);
	}
	return all;
}

/** A queue with messages of these bodies handed out, and their receipts by body. */
export async function leased(bodies: readonly string[], settings: object = {}) {
	const queue = await newQueue(settings);
	for (const body of bodies) await publish(queue, body, `?key=${body}`);
	const received = await receive(queue, { max: 100 });
	const receiptOf = new Map(received.map(({ body, receipt }) => [body, receipt as string]));
	return { queue, receipts: bodies.map((body) => receiptOf.get(body) as string) };
}

/** The only message that there is to receive. */
export async function receiveOne(queue: string, options: object = {}): Promise<Received & { receipt: string }> {
	const [message, ...others] = await receive(queue, options);
	if (message?.receipt == null || others.length > 0) throw new Error('there must be exactly one message');
	return { ...message, receipt: message.receipt };
}

export async function settled(queue: string, verb: 'ack' | 'retry' | 'extend', receipts: readonly unknown[]) {
	return good(OutcomesAnswer, await ask('POST', `/v1/queues/${queue}/${verb}`, { json: { receipts } })).results;
}

/** Waits until the subscription has looked at everything. */
export async function caughtUp(topic: string, subscription: string): Promise<void> {
	await until(async () => (await getSubscription(topic, subscription)).figures.lag === 0);
}

/** Asks until it is so. Between two questions the objects get a turn: asked without one, they would come to nothing else. */
export async function until(question: () => Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 500; tries++) {
		if (await question()) return;
		await scheduler.wait(0);
	}
	throw new Error('it never came true');
}
