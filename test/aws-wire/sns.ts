import { env } from 'cloudflare:workers';
import { oneByOne, type ReceivedMessage } from '../../durable-objects/protocol';
import { enveloped } from '../../src/aws/sns/envelope';
import { queues } from '../../src/catalog';
import { settleAt } from '../../src/partitioner';
import { receive } from '../../src/receiving';
import { newName } from '../http/client';
import { type Credentials, HOST, REGION, resultIn, send } from './client';

// SNS on the wire: requests of the Query protocol, and the XML of their answers.

type Value = string | readonly Value[] | { readonly [name: string]: Value };

/** Parameters as clients flatten them: lists have members, and maps (`Attributes`, `MessageAttributes`) entries. */
export function flat(parameters: { readonly [name: string]: Value }): Record<string, string> {
	return Object.fromEntries(Object.entries(parameters).flatMap(([name, value]) => leaves(name, value)));
}

function leaves(name: string, value: Value): [string, string][] {
	if (typeof value === 'string') return [[name, value]];
	if (Array.isArray(value)) return value.flatMap((item: Value, index) => leaves(`${name}.member.${index + 1}`, item));
	const [key, content] = MAPS[name.slice(name.lastIndexOf('.') + 1)] ?? [];
	return Object.entries(value).flatMap(([field, inner], index) => {
		if (key === undefined) return leaves(`${name}.${field}`, inner);
		const entry = `${name}.entry.${index + 1}`;
		return [[`${entry}.${key}`, field] as [string, string], ...leaves(`${entry}.${content}`, inner)];
	});
}

const MAPS: Readonly<Record<string, readonly [key: string, content: string]>> = {
	Attributes: ['key', 'value'],
	MessageAttributes: ['Name', 'Value'],
};

type Parameters = { readonly [name: string]: Value };

export async function snsXml(action: string, parameters: Parameters = {}, credentials?: Credentials) {
	const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
	const body = new URLSearchParams({ Action: action, Version: '2010-03-31', ...flat(parameters) }).toString();
	const response = await send({ headers, body, scope: 'sns', ...(credentials && { credentials }) });
	return { status: response.status, xml: await response.text() };
}

/** The result of an action that must succeed, as it stands between its tags. */
export async function sns(action: string, parameters: Parameters = {}, credentials?: Credentials): Promise<string> {
	const { status, xml } = await snsXml(action, parameters, credentials);
	if (status !== 200) throw new Error(`${action}: ${status} ${xml}`);
	return resultIn(xml);
}

/** Status, code and message of an action that must end in an error. */
export async function snsFailure(action: string, parameters: Parameters = {}, credentials?: Credentials) {
	const { status, xml } = await snsXml(action, parameters, credentials);
	if (status < 400) throw new Error(`${action} succeeded: ${xml}`);
	return { status, code: textIn(xml, 'Code'), message: textIn(xml, 'Message') };
}

/** What stands in the first element of a name; empty where there is none. */
export function textIn(xml: string, element: string): string {
	return plain(new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(xml)?.[1] ?? '');
}

/** What stands in all elements of a name. */
export function textsIn(xml: string, element: string): string[] {
	return [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(([, text = '']) => plain(text));
}

/** The map of an answer. */
export function attributesIn(xml: string): Record<string, string> {
	const keys = textsIn(xml, 'key');
	const values = textsIn(xml, 'value');
	return Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']));
}

function plain(text: string): string {
	const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
	return text.replaceAll(/&\w+;/g, (entity) => entities[entity] ?? entity);
}

export function topicArnOf(topic: string): string {
	return `arn:aws:sns:${REGION}:000000000000:${topic}`;
}

/** A new topic, made as SNS's clients make it; answers its name. */
export async function newSnsTopic(attributes: Record<string, string> = {}): Promise<string> {
	const name = attributes.FifoTopic === 'true' ? `${newName()}.fifo` : newName();
	await sns('CreateTopic', { Name: name, Attributes: attributes });
	return name;
}

/** Messages of a queue as they are stored, their leases taken: so many, or what there is when none comes any more. */
export async function received(queue: string, count: number): Promise<ReceivedMessage[]> {
	const messages: ReceivedMessage[] = [];
	while (messages.length < count) {
		const command = { max: count - messages.length, consumer: 'test', visibilityTimeoutMs: 60_000 };
		const deadline = Date.now() + 5_000;
		const { signal } = new AbortController();
		const parts = await queues.with(env, queue, (found) => receive({ env, queue: found, command, deadline, signal }));
		if (parts.length === 0) throw new Error(`${messages.length} messages instead of ${count}`);
		messages.push(...parts.flatMap(({ tag, parts: some }) => oneByOne(tag, some)));
	}
	return messages;
}

/** The next message of a queue. */
export async function one(queue: string): Promise<ReceivedMessage> {
	const [message] = await received(queue, 1);
	if (message === undefined) throw new Error('nothing came');
	return message;
}

/** Gives a message back, to be handed out again at once. */
export async function giveBack(queue: string, { position, attempt }: ReceivedMessage): Promise<void> {
	const command = { ack: [], retry: [{ position, attempt, delayMs: 0 }], extend: [] };
	await queues.with(env, queue, (found) => settleAt(env, found, 0, command));
}

export const AT = { region: REGION, origin: `https://${HOST}` };

export function envelopeOf(message: ReceivedMessage): Record<string, unknown> {
	return JSON.parse(enveloped(AT, message)) as Record<string, unknown>;
}
