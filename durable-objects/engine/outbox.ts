import type { Database } from '../database';
import { type Address, type CarriedMessage, LIMITS, type Parcel } from '../protocol';
import type { Appender } from './appender';
import { append } from './deliver';
import type { Memory } from './memory';
import { type Head, headOf, type Leaving, storedBytes } from './message';
import { noteArrivals, noteReturns } from './redrive-runs';

/** A row of the outbox: messages for one target, in order, on their way by courier. */
export interface OutboxParcel extends Parcel {
	/** Courier position of the first message; the row's key. */
	readonly position: number;
}

/** Puts messages on their way: durable with this commit, before they are sent, so that nothing is lost between two objects. */
export function owe(memory: Memory, target: Address, messages: readonly Leaving[]): void {
	const owing = memory.owing.get(target);
	if (owing === undefined) memory.owing.set(target, [...messages]);
	else owing.push(...messages);
	memory.tally.owedMessages += messages.length;
	memory.tallyDirty = true;
}

/** What a commit owes to one target goes out together. */
export function flushOwing(database: Database, memory: Memory): void {
	for (const [target, messages] of memory.owing) writeParcels(database, memory, target, messages);
	memory.owing.clear();
}

/** Positions are never used twice: the target takes a position that it has seen for a repeat. */
function writeParcels(database: Database, memory: Memory, target: Address, messages: readonly Leaving[]): void {
	let batch: Leaving[] = [];
	let bytes = 0;
	const write = () => {
		if (batch.length === 0) return;
		const heads = batch.map((message) => headOf(message, message));
		database.run(
			'INSERT INTO outbox (position, target, span, heads, bodies) VALUES (?, ?, ?, ?, ?)',
			memory.tally.nextOutboxPosition,
			target,
			batch.length,
			JSON.stringify(heads),
			batch.map((message) => message.body).join(''),
		);
		if (!memory.owedTargets.has(target)) memory.owedTargets.set(target, memory.tally.nextOutboxPosition);
		memory.tally.nextOutboxPosition += batch.length;
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
	readonly heads: string;
	readonly bodies: string;
}

/** The oldest parcel for a target: the courier sends them one at a time, in order. */
export function oldestParcel(database: Database, memory: Memory, target: Address): OutboxParcel | undefined {
	const position = memory.owedTargets.get(target);
	if (position === undefined) return undefined;
	const row = database.first<OutboxRow>('SELECT heads, bodies FROM outbox WHERE position = ?', position);
	if (row === undefined) throw new Error(`the parcel ${position} for ${target} is gone`);
	const messages: CarriedMessage[] = [];
	let offset = 0;
	for (const [index, head] of (JSON.parse(row.heads) as (Head | null)[]).entries()) {
		if (head === null) continue;
		const { length, publishedAt, ...rest } = head;
		messages.push({
			...rest,
			body: row.bodies.slice(offset, offset + length),
			publishedAt: publishedAt as number,
			courierPosition: position + index,
		});
		offset += length;
	}
	return { position, source: memory.tag, generation: 0, target, messages };
}

/**
 * The target has these durably: the parcel goes, or what is left of it stays under its old positions, so that a
 * target which has seen some of them still knows them.
 */
export function taken(
	database: Database,
	memory: Memory,
	parcel: OutboxParcel,
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
	noteArrivals(
		memory,
		parcel.messages.filter(({ courierPosition }) => positions.has(courierPosition)),
	);
	if (memory.redrive !== undefined) memory.redrive.nextAt = Math.min(memory.redrive.nextAt, now);
	memory.tallyDirty = true;
	if (memory.tally.owedMessages === 0) memory.owedTargets.clear();
	else if (left.length === 0) noteNext(database, memory, parcel);
}

/** Which parcel is the target's oldest now: its rows lie among those of other targets, so that it is looked for once. */
function noteNext(database: Database, memory: Memory, { target, position }: OutboxParcel): void {
	const next = database.first<{ position: number }>(
		'SELECT position FROM outbox WHERE target = ? AND position > ? ORDER BY position LIMIT 1',
		target,
		position,
	);
	if (next === undefined) memory.owedTargets.delete(target);
	else memory.owedTargets.set(target, next.position);
}

/**
 * The target of redriven messages does not exist: they go back into this log, with their history, in the commit that
 * takes them off the outbox. What was never anywhere else stays owed.
 */
export function giveBack(
	database: Database,
	memory: Memory,
	appender: Appender,
	parcel: OutboxParcel,
	now: number,
): void {
	const redriven = parcel.messages.filter((message) => message.isRedriven);
	for (const message of memory.destroyed ? [] : redriven)
		append(database, memory, appender, message.id as string, { ...message, isRedriven: false });
	noteReturns(memory, redriven);
	taken(database, memory, parcel, new Set(redriven.map((message) => message.courierPosition)), now);
}

export function loadOwed(database: Database, memory: Memory): void {
	if (memory.tally.owedMessages === 0) return;
	const query = 'SELECT target, min(position) AS position FROM outbox GROUP BY target';
	for (const row of database.all<{ target: string; position: number }>(query))
		memory.owedTargets.set(row.target, row.position);
}
