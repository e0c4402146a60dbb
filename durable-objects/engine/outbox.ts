import type { Database } from '../database';
import { type CarriedMessage, LIMITS } from '../protocol';
import type { Appender } from './appender';
import { append } from './deliver';
import type { Memory } from './memory';
import { type Head, headOf, type Leaving, storedBytes } from './message';

/** A row of the outbox: messages for one queue, in order, on their way by courier. */
export interface Parcel {
	/** Courier position of the first message; the row's key. */
	readonly position: number;
	readonly queue: string;
	readonly messages: readonly CarriedMessage[];
}

/**
 * Puts messages on their way: durable here before they are sent, so that nothing is lost between two objects.
 * Positions are never used twice: the target takes a position that it has seen for a repeat.
 */
export function owe(database: Database, memory: Memory, queue: string, messages: readonly Leaving[]): void {
	let batch: Leaving[] = [];
	let bytes = 0;
	const write = () => {
		if (batch.length === 0) return;
		const heads = batch.map((message) => headOf(message, message));
		database.run(
			'INSERT INTO outbox (position, queue, span, heads, bodies) VALUES (?, ?, ?, ?, ?)',
			memory.tally.nextOutboxPosition,
			queue,
			batch.length,
			JSON.stringify(heads),
			batch.map((message) => message.body).join(''),
		);
		memory.tally.nextOutboxPosition += batch.length;
		memory.tally.owedMessages += batch.length;
		memory.tallyDirty = true;
		memory.owedQueues.add(queue);
		batch = [];
		bytes = 0;
	};
	for (const message of messages) {
		const stored = storedBytes(message.body, message);
		if (batch.length > 0 && (batch.length >= LIMITS.courierMessages || bytes + stored > LIMITS.segmentBytes)) write();
		batch.push(message);
		bytes += stored;
	}
	write();
}

interface OutboxRow {
	readonly position: number;
	readonly queue: string;
	readonly heads: string;
	readonly bodies: string;
}

/** The oldest parcel for a queue: the courier sends them one at a time, in order. */
export function oldestParcel(database: Database, queue: string): Parcel | undefined {
	const row = database.first<OutboxRow>(
		'SELECT position, queue, heads, bodies FROM outbox WHERE queue = ? ORDER BY position LIMIT 1',
		queue,
	);
	if (row === undefined) return undefined;
	const messages: CarriedMessage[] = [];
	let offset = 0;
	for (const [index, head] of (JSON.parse(row.heads) as (Head | null)[]).entries()) {
		if (head === null) continue;
		const { length, deliverAt: _, id, publishedAt, ...rest } = head;
		messages.push({
			...rest,
			body: row.bodies.slice(offset, offset + length),
			id: id as string,
			publishedAt: publishedAt as number,
			courierPosition: row.position + index,
		});
		offset += length;
	}
	return { position: row.position, queue: row.queue, messages };
}

/**
 * The target has these durably: the parcel goes, or what is left of it stays under its old positions, so that a
 * target which has seen some of them still knows them.
 */
export function taken(
	database: Database,
	memory: Memory,
	parcel: Parcel,
	positions: ReadonlySet<number>,
	now: number,
): void {
	const left = parcel.messages.filter((message) => !positions.has(message.courierPosition));
	const gone = parcel.messages.length - left.length;
	if (gone === 0) return;
	if (left.length === 0) database.run('DELETE FROM outbox WHERE position = ?', parcel.position);
	else {
		const span = (left.at(-1) as CarriedMessage).courierPosition - parcel.position + 1;
		const heads: (Head | null)[] = new Array<Head | null>(span).fill(null);
		for (const message of left) heads[message.courierPosition - parcel.position] = headOf(message, message);
		database.run(
			'UPDATE outbox SET span = ?, heads = ?, bodies = ? WHERE position = ?',
			span,
			JSON.stringify(heads),
			left.map((message) => message.body).join(''),
			parcel.position,
		);
	}
	memory.tally.owedMessages -= gone;
	if (memory.redrive !== undefined) memory.redrive.nextAt = Math.min(memory.redrive.nextAt, now);
	memory.tallyDirty = true;
	if (memory.tally.owedMessages === 0) memory.owedQueues.clear();
	else if (left.length === 0 && oldestParcel(database, parcel.queue) === undefined)
		memory.owedQueues.delete(parcel.queue);
}

/**
 * The target of redriven messages does not exist: they go back into this log, with their history, in the commit that
 * takes them off the outbox. What was never anywhere else stays owed.
 */
export function giveBack(database: Database, memory: Memory, appender: Appender, parcel: Parcel, now: number): void {
	const redriven = parcel.messages.filter((message) => message.isRedriven);
	if (!memory.destroyed)
		for (const message of redriven) append(database, memory, appender, { ...message, isRedriven: false });
	memory.redrive = undefined;
	memory.redriveDirty = true;
	taken(database, memory, parcel, new Set(redriven.map((message) => message.courierPosition)), now);
}

export function loadOwed(database: Database, memory: Memory): void {
	if (memory.tally.owedMessages === 0) return;
	for (const row of database.all<{ queue: string }>('SELECT DISTINCT queue FROM outbox'))
		memory.owedQueues.add(row.queue);
}
