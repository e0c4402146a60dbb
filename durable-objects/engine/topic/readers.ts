import type { Database } from '../../database';
import { matcherOf } from '../../filter/filter';
import { isTopic, type Queue, type Start, type Subscription, type Target } from '../../protocol';
import { firstAfter, firstSequence } from './log';
import type { Reader, Term, TopicMemory } from './memory';
import { type Interval, withSeen } from './seen';

/** Tells all subscriptions of the topic as they are: new ones begin, moved ones begin anew, missing ones end. */
export function tellSubscriptions(
	database: Database,
	memory: TopicMemory,
	subscriptions: readonly Subscription[],
): void {
	const names = new Set(subscriptions.map(({ name }) => name));
	for (const name of memory.readers.keys()) if (!names.has(name)) forget(database, memory, name);
	for (const subscription of subscriptions) {
		const reader = memory.readers.get(subscription.name);
		if (reader === undefined || reader.generation < subscription.generation)
			begin(database, memory, subscription, reader);
		else agree(database, memory, subscription, reader);
	}
}

/** At its start, as a new source. What it had come by before is told from what is new by `seen`. */
function begin(database: Database, memory: TopicMemory, subscription: Subscription, before: Reader | undefined): void {
	const { name, generation, start } = subscription;
	const position = positionOf(database, memory, start);
	const reader: Reader = {
		name,
		generation,
		begunAt: position,
		seen: before === undefined ? [] : withSeen(before.seen, [before.begunAt, before.position]),
		terms: [termsOf(subscription, position)],
		route: undefined,
		position,
		ahead: new Set(),
		delivered: before?.delivered ?? 0,
		filtered: before?.filtered ?? 0,
		missed: before?.missed ?? 0,
		written: { position, filtered: before?.filtered ?? 0 },
		matcher: undefined,
	};
	memory.readers.set(name, reader);
	writeReader(database, reader);
	memory.moved.add(reader);
}

function termsOf({ version, queue, queueGeneration, filter, mark }: Subscription, from: number): Term {
	return { from, version, queue, queueGeneration, filter, ...(mark === undefined ? {} : { mark }) };
}

/** What the log does not have any more, or not yet, is no place to begin at. */
function positionOf(database: Database, memory: TopicMemory, start: Start): number {
	const first = firstSequence(database, memory);
	switch (start.from) {
		case 'earliest':
			return first;
		case 'sequence':
			return Math.min(Math.max(start.sequence, first), memory.tally.nextSequence);
		// An instant names the messages at it and behind it; "now" those behind it only.
		case 'instant':
			return firstAfter(database, memory, start.at - 1);
		case 'now':
			return firstAfter(database, memory, start.at);
	}
}

/** Filters have 16 KiB at most, and a row ends at 2 MB. */
const MOST_TERMS = 32;

/**
 * Another queue, filter or mark counts from here on: what was published before still goes by the terms of then. The cursor's row
 * is written with the terms, here and in `passTerms`: if it lagged behind them, a restart would hold older messages to them.
 */
function agree(database: Database, memory: TopicMemory, subscription: Subscription, reader: Reader): void {
	if ((reader.terms.at(-1) as Term).version >= subscription.version) return;
	const from = memory.tally.nextSequence;
	const kept = reader.terms.filter((term) => term.from < from && from > reader.position);
	// The newest takes the place of the last one where a row could not hold them all.
	const last = kept.length < MOST_TERMS ? undefined : kept.pop();
	setTerms(reader, [...kept, termsOf(subscription, last?.from ?? from)]);
	writeReader(database, reader);
	memory.moved.add(reader);
}

/** Leaves terms behind that the cursor has passed. */
export function passTerms(database: Database, memory: TopicMemory, reader: Reader): void {
	const { terms, position } = reader;
	const holds = terms.findLastIndex((term, index) => index === 0 || term.from <= position);
	if (holds === 0) return;
	setTerms(reader, terms.slice(holds));
	writeReader(database, reader);
	memory.moved.add(reader);
}

/** The queue of terms that have been replaced is gone: the next ones hold for its messages too. False when there are none. */
export function skipTerm(database: Database, reader: Reader): boolean {
	const [first, second, ...others] = reader.terms;
	if (first === undefined || second === undefined) return false;
	setTerms(reader, [{ ...second, from: first.from }, ...others]);
	writeReader(database, reader);
	return true;
}

function setTerms(reader: Reader, terms: Term[]): void {
	const [now, before] = [terms[0], reader.terms[0]];
	if (now?.queue !== before?.queue || now?.queueGeneration !== before?.queueGeneration) reader.route = undefined;
	reader.matcher = undefined;
	reader.terms = terms;
}

/**
 * Fixes where the first terms' messages go. A queue that was made again under the same name is not theirs, and nothing may
 * go there: if they have been replaced, the next terms hold for what is left; else the subscription is gone as well, and
 * this object has not been told yet. Answers whether the route may be taken.
 */
export function setRoute(database: Database, reader: Reader, route: Target): boolean {
	const [term] = reader.terms;
	if (isTopic(route) || route.name !== term?.queue) return false;
	if (route.generation !== term.queueGeneration) {
		skipTerm(database, reader);
		return false;
	}
	reader.route = route;
	writeReader(database, reader);
	return true;
}

/** A policy of so many characters counts as one look at a message more: with 150 conditions it has some thousands. */
const WEIGHED_UNITS = 256;

export function matcherFor(reader: Reader): Reader['matcher'] {
	const filter = reader.terms[0]?.filter;
	if (filter === null || filter === undefined) return undefined;
	reader.matcher ??= { matches: matcherOf(filter), weight: 1 + JSON.stringify(filter.policy).length / WEIGHED_UNITS };
	return reader.matcher;
}

function forget(database: Database, memory: TopicMemory, name: string): void {
	memory.readers.delete(name);
	database.run('DELETE FROM subscription WHERE name = ?', name);
	database.run('DELETE FROM cursor WHERE name = ?', name);
}

function writeReader(database: Database, { name, generation, begunAt, seen, terms, route }: Reader): void {
	database.run(
		`INSERT INTO subscription (name, generation, begun_at, seen, terms, route) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, begun_at = excluded.begun_at,
			seen = excluded.seen, terms = excluded.terms, route = excluded.route`,
		name,
		generation,
		begunAt,
		JSON.stringify(seen),
		JSON.stringify(terms),
		route === undefined ? null : JSON.stringify(route),
	);
}

/** What a filter has let by is to be written before retention takes it: else a restart would find it missed. */
export function settleReaders(memory: TopicMemory, first: number): void {
	for (const reader of memory.readers.values()) {
		if (reader.written.position < first && reader.position > reader.written.position) memory.moved.add(reader);
	}
}

/** One row per subscription that has moved in this commit. */
export function flushCursors(database: Database, memory: TopicMemory): void {
	for (const reader of memory.moved) {
		if (memory.readers.get(reader.name) !== reader) continue;
		const { name, position, ahead, delivered, filtered, missed } = reader;
		reader.written = { position, filtered };
		database.run(
			`INSERT INTO cursor (name, position, ahead, delivered, filtered, missed) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET position = excluded.position, ahead = excluded.ahead,
				delivered = excluded.delivered, filtered = excluded.filtered, missed = excluded.missed`,
			name,
			position,
			JSON.stringify([...ahead]),
			delivered,
			filtered,
			missed,
		);
	}
	memory.moved.clear();
}

interface ReaderRow {
	readonly name: string;
	readonly generation: number;
	readonly begun_at: number;
	readonly seen: string;
	readonly terms: string;
	readonly route: string | null;
	readonly position: number;
	readonly ahead: string;
	readonly delivered: number;
	readonly filtered: number;
	readonly missed: number;
}

export function loadReaders(database: Database, memory: TopicMemory): void {
	const rows = database.all<ReaderRow>('SELECT * FROM subscription JOIN cursor USING (name)');
	for (const row of rows) {
		const { name, generation, position, delivered, filtered, missed } = row;
		memory.readers.set(name, {
			name,
			generation,
			begunAt: row.begun_at,
			seen: JSON.parse(row.seen) as Interval[],
			terms: JSON.parse(row.terms) as Term[],
			route: row.route === null ? undefined : (JSON.parse(row.route) as Queue),
			position,
			ahead: new Set(JSON.parse(row.ahead) as number[]),
			delivered,
			filtered,
			missed,
			written: { position, filtered },
			matcher: undefined,
		});
	}
}
