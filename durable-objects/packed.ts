// How a publish crosses RPC, and its answer.

import { type NewMessage, type NewMessages, ownId } from './messages';
import { isRefusal, type Refusal } from './refusals';
import { fromText, type Text, toText } from './text';

/**
 * A new message beside its body: only its size where there is nothing else to say and each byte of the body is one UTF-16
 * unit, as in most; else all of it, with the units of the body in place of the body.
 */
type PackedMessage = number | (Omit<NewMessage, 'body'> & { readonly body: number });

/** Messages on their way to an object: what they are beside their bodies, as JSON, and all bodies as one text, which is never escaped. */
export interface Packed {
	readonly messages: Text<readonly PackedMessage[]>;
	readonly bodies: string;
	/** Where all are accepted, it is enough to answer how many. */
	readonly isMinimal?: true;
}

export function pack(messages: readonly NewMessage[], isMinimal = false): Packed {
	const [only] = messages;
	const bodies = messages.length === 1 ? (only as NewMessage).body : messages.map(({ body }) => body).join('');
	const texts = { messages: toText<readonly PackedMessage[]>(messages.map(packed)), bodies };
	return isMinimal ? { ...texts, isMinimal } : texts;
}

function packed(message: NewMessage): PackedMessage {
	const units = message.body.length;
	return message.size === units && isPlain(message) ? units : { ...message, body: units };
}

/** Whatever it has beside the two counts, also what this code has not heard of. */
function isPlain(message: NewMessage): boolean {
	for (const name in message) if (name !== 'body' && name !== 'size') return false;
	return true;
}

/** The messages as they set out: as one batch where all of them are plain, else one by one. */
export function unpack({ messages, bodies }: Packed): NewMessages {
	const packed = fromText(messages);
	if (packed.length > 0 && packed.every((message) => typeof message === 'number')) return { sizes: packed, bodies };
	let at = 0;
	return packed.map((message) => {
		const units = typeof message === 'number' ? message : message.body;
		const body = bodies.slice(at, at + units);
		at += units;
		return typeof message === 'number' ? { body, size: message } : { ...message, body };
	});
}

export type PublishOutcome = Accepted | Refusal;

export interface Accepted {
	readonly id: string;
	readonly sequence: number;
	readonly duplicate: boolean;
}

/**
 * Plain messages that were published together and all accepted, for the first time, one after the other, with priority 0:
 * their ids are the object's own. As one, since most publishes are such, and often nobody asks for the ids.
 */
export interface AcceptedRun {
	/** Position of the first. */
	readonly first: number;
	readonly count: number;
}

export function isAcceptedRun(result: unknown): result is AcceptedRun {
	return typeof result === 'object' && result !== null && 'first' in result && 'count' in result;
}

/** The outcome of each message of a run. `tag`: of its object. */
export function outcomesOf(tag: string, { first, count }: AcceptedRun): Accepted[] {
	return Array.from({ length: count }, (_, index) => {
		const position = first + index;
		return { id: ownId(tag, position), sequence: position, duplicate: false };
	});
}

/** How many were accepted, and of these, how many had been before. */
export interface AcceptedCounts {
	readonly accepted: number;
	readonly duplicates: number;
}

/** An outcome per message, in order; where none is refused, in the words in which HTTP answers them: as `results`, or counted. */
export type PublishOutcomes =
	| Refusal
	| readonly PublishOutcome[]
	| { readonly results: readonly Accepted[] }
	| AcceptedCounts;

/** The answer of an object to a publish. `tag`: of the object. */
export function publishAnswer(
	tag: string,
	outcomes: Refusal | readonly PublishOutcome[] | AcceptedRun,
	{ isMinimal }: Pick<Packed, 'isMinimal'>,
): Text<PublishOutcomes> {
	if (isAcceptedRun(outcomes)) {
		return isMinimal
			? toText<PublishOutcomes>({ accepted: outcomes.count, duplicates: 0 })
			: resultsText(tag, outcomes);
	}
	if (isRefusal(outcomes) || !isAllAccepted(outcomes)) return toText<PublishOutcomes>(outcomes);
	return toText<PublishOutcomes>(isMinimal ? countsOf(outcomes) : { results: outcomes });
}

/** What JSON.stringify makes of the `results`, in half the time: in the tag of an object, hex digits, nothing is to be escaped. */
function resultsText(tag: string, { first, count }: AcceptedRun): Text<PublishOutcomes> {
	let results = '';
	for (let position = first; position < first + count; position++) {
		const comma = position === first ? '' : ',';
		results += `${comma}{"id":"${ownId(tag, position)}","sequence":${position},"duplicate":false}`;
	}
	return `{"results":[${results}]}`;
}

export function isAllAccepted(outcomes: readonly unknown[]): outcomes is readonly Accepted[] {
	return outcomes.every((outcome) => (outcome as Partial<Accepted>).id !== undefined);
}

export function countsOf(outcomes: readonly Accepted[]): AcceptedCounts {
	return { accepted: outcomes.length, duplicates: outcomes.filter(({ duplicate }) => duplicate).length };
}
