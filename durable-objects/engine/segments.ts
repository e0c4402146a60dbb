import type { Database } from '../database';
import { type Head, LANE_SPAN, type LogRecord } from './message';
import type { SegmentCache } from './segment-cache';

interface SegmentRow {
	readonly base: number;
	readonly span: number;
	readonly messages: number;
	readonly bytes: number;
	readonly written_at: number;
	readonly retained_from: number;
	readonly heads: string;
	readonly bodies: string;
}

/** A segment as read: heads parsed, a body cut out only when its message is wanted. */
export class Segment {
	readonly heads: (Head | null)[];
	readonly base: number;
	readonly span: number;
	readonly messages: number;
	readonly bytes: number;
	readonly writtenAt: number;
	readonly retainedFrom: number;
	readonly bodies: string;
	/** All of its messages are plain, and none is gone: then each body has as many bytes as units. */
	readonly isPlain: boolean;
	private offsets: number[] | undefined;

	constructor(row: SegmentRow, heads = JSON.parse(row.heads) as readonly StoredHead[]) {
		this.base = row.base;
		this.span = row.span;
		this.messages = row.messages;
		this.bytes = row.bytes;
		this.writtenAt = row.written_at;
		this.retainedFrom = row.retained_from;
		this.bodies = row.bodies;
		this.heads = headsOf(heads);
		this.isPlain = PLAIN.test(row.heads);
	}

	get end(): number {
		return this.base + this.span;
	}

	head(position: number): Head | null {
		return this.heads[position - this.base] ?? null;
	}

	/** The message at a position, or undefined where there is a hole. */
	record(position: number): LogRecord | undefined {
		const head = this.head(position);
		if (head === null) return undefined;
		const offset = this.offset(position - this.base);
		return {
			position,
			head,
			body: this.bodies.slice(offset, offset + head.length),
			writtenAt: this.writtenAt,
			retainedFrom: Math.max(this.writtenAt, head.deliverAt ?? 0),
		};
	}

	/** What the messages from a position on have as bodies, one behind the other. */
	bodiesOf(position: number, count: number): string {
		const index = position - this.base;
		return this.bodies.slice(this.offset(index), this.offset(index + count));
	}

	private offset(index: number): number {
		if (this.offsets === undefined) {
			this.offsets = [];
			let at = 0;
			for (const head of this.heads) {
				this.offsets.push(at);
				at += head?.length ?? 0;
			}
		}
		return this.offsets[index] ?? this.bodies.length;
	}
}

/**
 * Heads as they are stored: a plain message, of which nothing is known but that its body has as many bytes as units, is a
 * number; that is most messages, and a sixth of the text.
 */
export type StoredHead = Head | number | null;

function textOf(heads: readonly StoredHead[]): string {
	return JSON.stringify(
		heads.map((head) => (typeof head === 'object' && head !== null && isPlain(head) ? head.size : head)),
	);
}

/** Heads as they are stored, where all of them are numbers. */
const PLAIN = /^\[[\d,]*\]$/;

function headsOf(heads: readonly StoredHead[]): (Head | null)[] {
	let last: Head | undefined;
	// Neighbours are mostly of one size: they share a head.
	const plain = (size: number) => {
		if (last?.size !== size) last = { length: size, size };
		return last;
	};
	return heads.map((head) => (typeof head === 'number' ? plain(head) : head));
}

function isPlain(head: Head): boolean {
	if (head.length !== head.size) return false;
	for (const name in head) if (name !== 'length' && name !== 'size') return false;
	return true;
}

const COLUMNS = 'base, span, messages, bytes, written_at, retained_from, heads, bodies';

export interface NewSegment {
	readonly base: number;
	readonly heads: readonly StoredHead[];
	/** Of one message or of several, one behind the other. */
	readonly bodies: readonly string[];
	readonly bytes: number;
	readonly messagesThrough: number;
	readonly bytesThrough: number;
	readonly writtenAt: number;
	readonly retainedFrom: number;
	/** It will be read soon: what is far ahead of the cursor would only push out what is near. */
	readonly isNext: boolean;
}

export function insertSegment(database: Database, cache: SegmentCache, segment: NewSegment): void {
	const row: SegmentRow = {
		base: segment.base,
		span: segment.heads.length,
		messages: segment.heads.length,
		bytes: segment.bytes,
		written_at: segment.writtenAt,
		retained_from: segment.retainedFrom,
		heads: textOf(segment.heads),
		bodies: segment.bodies.length === 1 ? (segment.bodies[0] as string) : segment.bodies.join(''),
	};
	database.run(
		`INSERT INTO segment (${COLUMNS}, messages_through, bytes_through) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.base,
		row.span,
		row.messages,
		row.bytes,
		row.written_at,
		row.retained_from,
		row.heads,
		row.bodies,
		segment.messagesThrough,
		segment.bytesThrough,
	);
	if (segment.isNext) cache.put(new Segment(row, segment.heads));
}

/** The segment that holds a position, or the next one of its lane; undefined at the lane's end. */
export function segmentAtOrAfter(database: Database, cache: SegmentCache, position: number): Segment | undefined {
	// Who reads on stands in a segment that was read before, or at the begin of the next.
	const expected = cache.holding(position) ?? segmentAt(database, cache, position);
	if (expected !== undefined) return expected;
	const laneStart = Math.floor(position / LANE_SPAN) * LANE_SPAN;
	const before = database.first<{ base: number; span: number }>(
		'SELECT base, span FROM segment WHERE base <= ? AND base >= ? ORDER BY base DESC LIMIT 1',
		position,
		laneStart,
	);
	if (before !== undefined && before.base + before.span > position) return segmentAt(database, cache, before.base);
	const next = database.first<{ base: number }>(
		'SELECT base FROM segment WHERE base > ? AND base < ? ORDER BY base LIMIT 1',
		position,
		laneStart + LANE_SPAN,
	);
	return next === undefined ? undefined : segmentAt(database, cache, next.base);
}

export function segmentAt(database: Database, cache: SegmentCache, base: number): Segment | undefined {
	const cached = cache.get(base);
	if (cached !== undefined) return cached;
	const row = database.first<SegmentRow>(`SELECT ${COLUMNS} FROM segment WHERE base = ?`, base);
	if (row === undefined) return undefined;
	const segment = new Segment(row);
	cache.put(segment);
	return segment;
}

/** The segment that holds this very position, or undefined. */
export function segmentHolding(database: Database, cache: SegmentCache, position: number): Segment | undefined {
	const segment = segmentAtOrAfter(database, cache, position);
	return segment !== undefined && segment.base <= position ? segment : undefined;
}

export function deleteSegment(database: Database, cache: SegmentCache, base: number): void {
	cache.drop(base);
	database.run('DELETE FROM segment WHERE base = ?', base);
}

/** Takes messages out of a segment that stays: each leaves a hole, so that positions keep their meaning. */
export function punchHoles(
	database: Database,
	cache: SegmentCache,
	segment: Segment,
	positions: ReadonlySet<number>,
): void {
	const heads: (Head | null)[] = [];
	const bodies: string[] = [];
	let messages = 0;
	let bytes = 0;
	for (let position = segment.base; position < segment.end; position++) {
		const record = positions.has(position) ? undefined : segment.record(position);
		heads.push(record?.head ?? null);
		if (record === undefined) continue;
		bodies.push(record.body);
		messages++;
		bytes += record.head.size;
	}
	cache.drop(segment.base);
	database.run(
		'UPDATE segment SET messages = ?, bytes = ?, heads = ?, bodies = ? WHERE base = ?',
		messages,
		bytes,
		textOf(heads),
		bodies.join(''),
		segment.base,
	);
}
