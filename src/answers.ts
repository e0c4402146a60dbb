import {
	type BrowsedMessage,
	type CopyOf,
	type DeadLetter,
	type Failure,
	type MessageRun,
	ownId,
	type Queue,
	type ReceivedMessage,
	type RedriveRun,
	type StoredMessage,
} from '../durable-objects/protocol';
import { settingsAnswer } from './schemas/settings';

// What objects answer, in the words and units of HTTP: instants ISO 8601, durations in seconds.

/** The last instants that were written, each with its text, and which of them the next one replaces. */
const written: { at: number; text: string }[] = Array.from({ length: 4 }, () => ({ at: Number.NaN, text: '' }));
let next = 0;

/** ISO 8601. The messages of one answer share their instants: the last few are remembered. */
export function iso(at: number): string {
	for (const known of written) if (known.at === at) return known.text;
	const text = new Date(at).toISOString();
	written[next] = { at, text };
	next = (next + 1) % written.length;
	return text;
}

export function queueAnswer({ name, createdAt, updatedAt, version, paused, settings }: Queue) {
	return {
		name,
		createdAt: iso(createdAt),
		updatedAt: iso(updatedAt),
		version,
		paused,
		settings: settingsAnswer(settings),
	};
}

export function receivedAnswer(message: ReceivedMessage, receipt: string | null) {
	const { leaseExpiresAt, firstReceivedAt } = message;
	return {
		...storedAnswer(message),
		receipt,
		leaseExpiresAt: leaseExpiresAt === null ? null : iso(leaseExpiresAt),
		firstReceivedAt: iso(firstReceivedAt),
	};
}

/**
 * The same as JSON, for the hot path: what most messages have is written down here, since making an object of each and
 * walking it costs twice that; a test holds it to `receivedAnswer`.
 */
export function receivedText(message: ReceivedMessage, receipt: string | null): string {
	const { key, contentType, encoding, publishedAt, leaseExpiresAt, firstReceivedAt } = message;
	const { attributes, traceparent, expiresAt, failures, deadLetter, copyOf } = message;
	const extra = attributes ?? traceparent ?? expiresAt ?? failures ?? deadLetter ?? copyOf;
	if (extra !== undefined) return JSON.stringify(receivedAnswer(message, receipt));
	return (
		`{"id":"${message.id}","sequence":${message.sequence},"key":${key === undefined ? 'null' : JSON.stringify(key)},` +
		`"body":${JSON.stringify(message.body)},"encoding":"${encoding ?? 'text'}",` +
		`"contentType":${contentType === undefined ? 'null' : JSON.stringify(contentType)},"attributes":{},` +
		`"priority":${message.priority},"size":${message.size},"publishedAt":"${iso(publishedAt)}","attempt":${message.attempt},` +
		`"receipt":${receipt === null ? 'null' : `"${receipt}"`},` +
		`"leaseExpiresAt":${leaseExpiresAt === null ? 'null' : `"${iso(leaseExpiresAt)}"`},"firstReceivedAt":"${iso(firstReceivedAt)}"}`
	);
}

/** What a consumer cannot do without: a message, its receipt, and of the rest only what is not as in most messages. */
export function minimalAnswer(message: ReceivedMessage, receipt: string | null) {
	const { id, key, body, encoding, contentType, attributes, priority, attempt, ...others } = storedAnswer(message);
	const { traceparent, failures, deadLetter } = others;
	return {
		id,
		key: key ?? undefined,
		body,
		encoding: encoding === 'text' ? undefined : encoding,
		contentType: contentType ?? undefined,
		attributes: Object.keys(attributes).length === 0 ? undefined : attributes,
		traceparent,
		priority: priority === 0 ? undefined : priority,
		attempt: attempt === 1 ? undefined : attempt,
		failures,
		deadLetter,
		receipt,
	};
}

/** The same as JSON: as `receivedText` is to `receivedAnswer`. */
export function minimalText(message: ReceivedMessage, receipt: string | null): string {
	const { key, contentType, encoding, priority, attempt, attributes, traceparent, failures, deadLetter, copyOf } =
		message;
	const extra = encoding ?? contentType ?? attributes ?? traceparent ?? failures ?? deadLetter ?? copyOf;
	if (extra !== undefined || priority !== 0 || attempt !== 1) return JSON.stringify(minimalAnswer(message, receipt));
	return (
		`{"id":"${message.id}",${key === undefined ? '' : `"key":${JSON.stringify(key)},`}` +
		`"body":${JSON.stringify(message.body)},"receipt":${receipt === null ? 'null' : `"${receipt}"`}}`
	);
}

/** Of each message of a run: the same, as many times. */
export function minimalTexts(
	tag: string,
	{ position, sizes, bodies }: MessageRun,
	receipts: readonly string[],
): string[] {
	let at = 0;
	return sizes.map((size, index) => {
		at += size;
		const body = JSON.stringify(bodies.slice(at - size, at));
		return `{"id":"${ownId(tag, position + index)}","body":${body},"receipt":"${receipts[index]}"}`;
	});
}

export function browsedAnswer(message: BrowsedMessage) {
	const { state, until, firstReceivedAt } = message;
	return {
		...storedAnswer(message),
		state,
		until: until === undefined ? null : iso(until),
		firstReceivedAt: firstReceivedAt === undefined ? undefined : iso(firstReceivedAt),
	};
}

/** Optional parts are undefined, which JSON leaves out. */
function storedAnswer(message: StoredMessage) {
	return {
		id: message.id,
		sequence: message.sequence,
		key: message.key ?? null,
		body: message.body,
		encoding: message.encoding ?? 'text',
		contentType: message.contentType ?? null,
		attributes: message.copyOf === undefined ? (message.attributes ?? {}) : copyAttributes(message, message.copyOf),
		traceparent: message.traceparent,
		priority: message.priority,
		size: message.size,
		publishedAt: iso(message.publishedAt),
		expiresAt: message.expiresAt === undefined ? undefined : iso(message.expiresAt),
		attempt: message.attempt,
		failures: message.failures?.map(failureAnswer),
		deadLetter: message.deadLetter && deadLetterAnswer(message.deadLetter),
	};
}

/** A subscription's copy says whose it is, in attributes that no publisher can set on it. */
function copyAttributes({ attributes }: StoredMessage, { topic, id, isReplay }: CopyOf): Record<string, string> {
	const { 'sluice-replay': _, ...others } = attributes ?? {};
	return {
		...others,
		'sluice-topic': topic,
		'sluice-source-id': id,
		...(isReplay ? { 'sluice-replay': 'true' } : {}),
	};
}

export function redriveAnswer(run: RedriveRun) {
	return { ...run, startedAt: iso(run.startedAt) };
}

function failureAnswer({ attempt, at, reason }: Failure) {
	return { attempt, at: iso(at), reason };
}

function deadLetterAnswer({ queue, sequence, publishedAt, buriedAt, attempts, failures }: DeadLetter) {
	return {
		queue,
		sequence,
		publishedAt: iso(publishedAt),
		buriedAt: iso(buriedAt),
		attempts,
		failures: failures.map(failureAnswer),
	};
}
