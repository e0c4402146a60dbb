import type { Database } from '../../database';
import { Subject } from '../../filter/filter';
import { type CarriedMessage, type CopyOf, LIMITS, type Target } from '../../protocol';
import { idOf, type LogRecord, markBytes, storedBytes } from '../message';
import { type Segment, segmentAtOrAfter } from '../segments';
import type { LeavingCopy, Reader, ReadMessages, Term, TopicMemory, TopicParcel } from './memory';
import { matcherFor, passTerms } from './readers';
import { isSeen } from './seen';

/** What is next for a subscription, and where it goes if that was fixed. Reads only; a parcel may be without messages. */
export function parcelFor(
	database: Database,
	memory: TopicMemory,
	name: string,
): { readonly parcel: TopicParcel | undefined; readonly route: Target | undefined } {
	const reader = memory.readers.get(name);
	if (reader === undefined || !isBehind(memory, reader)) return { parcel: undefined, route: undefined };
	return { parcel: fill(database, memory, reader), route: reader.route };
}

export function isBehind(memory: TopicMemory, reader: Reader): boolean {
	return reader.position < memory.tally.nextSequence;
}

/** Messages from the cursor on that pass the filter, as far as the present terms reach and a parcel may grow. */
function fill(database: Database, memory: TopicMemory, reader: Reader): TopicParcel {
	const [term, next] = reader.terms as [Term, Term?];
	const end = next?.from ?? memory.tally.nextSequence;
	const { mark } = term;
	const matcher = matcherFor(reader);
	const messages: CarriedMessage[] = [];
	let position = reader.position;
	let missed = 0;
	let stored = 0;
	let scanned = 0;
	let isFull = false;
	for (let looked = 0; position < end && looked < LIMITS.scannedMessages && !isFull; ) {
		const segment = segmentAtOrAfter(database, memory.cache, position);
		// What is not there any more was taken by retention: only the log's beginning goes.
		const found = Math.min(segment?.base ?? end, end);
		if (found > position) missed += found - position - aheadIn(reader, position, found);
		position = Math.max(position, found);
		const read = segment === undefined ? undefined : readOf(memory, segment);
		for (; segment !== undefined && position < Math.min(segment.end, end); position++, looked++) {
			if (reader.ahead.has(position)) continue;
			// What filters look at is work of this turn too, whether it passes or not.
			isFull = scanned > LIMITS.segmentBytes;
			if (isFull) break;
			scanned += (segment.head(position)?.length ?? 0) * (matcher?.weight ?? 0);
			if (matcher !== undefined && !matcher.matches(subjectAt(read as ReadMessages, segment, position))) continue;
			const { message, stored: bytes } = copyAt(memory, read as ReadMessages, segment, position);
			stored += bytes + markBytes(mark);
			isFull = messages.length > 0 && (messages.length >= LIMITS.topicParcelMessages || stored > LIMITS.segmentBytes);
			if (isFull) break;
			messages.push(copyFor(message, isSeen(reader.seen, position), mark));
		}
	}
	return {
		subscription: reader.name,
		source: `${memory.tag}/${reader.name}`,
		generation: reader.generation,
		target: term.queue,
		from: reader.position,
		through: position,
		missed,
		messages,
	};
}

/** Messages in [from, until) that were taken already. */
export function aheadIn({ ahead }: Reader, from: number, until: number): number {
	let count = 0;
	for (const position of ahead) if (position >= from && position < until) count++;
	return count;
}

function readOf(memory: TopicMemory, segment: Segment): ReadMessages {
	let read = memory.read.get(segment);
	if (read === undefined) {
		read = { subjects: [], leaving: [] };
		memory.read.set(segment, read);
	}
	return read;
}

function subjectAt(read: ReadMessages, segment: Segment, position: number): Subject {
	const index = position - segment.base;
	read.subjects[index] ??= new Subject(contentOf(segment, position));
	return read.subjects[index] as Subject;
}

function contentOf(segment: Segment, position: number) {
	const { head, body } = segment.record(position) as LogRecord;
	return { attributes: head.attributes, body, encoding: head.encoding };
}

/** As it leaves: a new message of its queue that says whose copy it is. It was deduplicated when it came here. */
function copyAt(memory: TopicMemory, read: ReadMessages, segment: Segment, position: number): LeavingCopy {
	const index = position - segment.base;
	let copy = read.leaving[index];
	if (copy === undefined) {
		const { head, body } = segment.record(position) as LogRecord;
		const { length: _, id: __, dedupId: ___, ...content } = head;
		const message: CarriedMessage = {
			...content,
			body,
			courierPosition: position,
			publishedAt: head.publishedAt ?? segment.writtenAt,
			copyOf: { topic: memory.topic?.name ?? '', id: idOf(memory.tag, position, head) },
		};
		copy = { message, stored: storedBytes(body, message) };
		read.leaving[index] = copy;
	}
	return copy;
}

/** The copy of one subscription; all that have nothing of their own to say share theirs. */
function copyFor(message: CarriedMessage, isReplay: boolean, mark: string | undefined): CarriedMessage {
	if (!isReplay && mark === undefined) return message;
	const copyOf: CopyOf = {
		...(message.copyOf as CopyOf),
		...(isReplay ? { isReplay } : {}),
		...(mark === undefined ? {} : { mark }),
	};
	return { ...message, copyOf };
}

/**
 * The target has these durably: the cursor goes on to the first message that is still to be taken. What was taken beyond it
 * is remembered, so that the rest may go elsewhere without these. A parcel of a subscription that was moved meanwhile, or
 * that is told of twice, changes nothing.
 */
export function pass(
	database: Database,
	memory: TopicMemory,
	parcel: TopicParcel,
	positions: ReadonlySet<number>,
): void {
	const reader = memory.readers.get(parcel.subscription);
	if (reader === undefined || reader.generation !== parcel.generation || reader.position !== parcel.from) return;
	const taken = parcel.messages.filter((message) => positions.has(message.courierPosition));
	const left = parcel.messages.find((message) => !positions.has(message.courierPosition));
	const to = left?.courierPosition ?? parcel.through;
	const before = (position: number) => position < to;
	const known = aheadIn(reader, parcel.from, to);
	const ours = taken.filter((message) => before(message.courierPosition)).length;
	reader.delivered += taken.length;
	reader.missed += parcel.missed;
	reader.filtered += to - parcel.from - parcel.missed - known - ours;
	reader.ahead = new Set([...reader.ahead, ...positions].filter((position) => !before(position)));
	reader.position = to;
	const isWorthARow = taken.length > 0 || parcel.missed > 0;
	if (isWorthARow || to - reader.written.position >= LIMITS.unwrittenPasses) memory.moved.add(reader);
	passTerms(database, memory, reader);
}
