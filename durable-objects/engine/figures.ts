import type { Database } from '../database';
import type { Figures } from '../protocol';
import { heldInRuns } from './flight-runs';
import { oldestInLog } from './lane-ends';
import { freshMessages } from './lanes';
import type { Memory } from './memory';
import { isDue } from './rules';
import { oldestStraggler } from './stragglers';

/** Unfinished messages and their bytes, from kept counters. */
export function backlog(memory: Memory): { readonly messages: number; readonly bytes: number } {
	let messages = memory.flights.size + memory.runs.messages + memory.tally.waitingMessages;
	let bytes = memory.flightBytes + memory.tally.waitingBytes;
	for (const lane of memory.lanes.values()) {
		messages += freshMessages(lane) + lane.parkedMessages;
		bytes += lane.appendedBytes - lane.passedBytes + lane.parkedBytes;
	}
	return { messages, bytes };
}

export type EngineFigures = Omit<Figures, 'waiters' | 'databaseBytes' | 'courierError' | 'courierNextAttemptAt'>;

/** Live figures. A message behind a held key counts as visible; an expired one until it is met or swept. */
export function figures(database: Database, memory: Memory, now: number): EngineFigures {
	const { messages, bytes } = backlog(memory);
	let leased = heldInRuns(memory, now);
	let delayed =
		memory.tally.waitingMessages -
		memory.waitingDue.at(now) +
		memory.tally.scheduledMessages -
		memory.scheduledDue.at(now);
	for (const flight of memory.flights.values()) {
		if (isDue(flight.until, now)) continue;
		if (flight.leased) leased++;
		else delayed++;
	}
	return {
		visible: messages - leased - delayed,
		leased,
		delayed,
		bytes,
		oldestPublishedAt: oldest(database, memory),
		owed: memory.tally.owedMessages,
		redriving: redriving(memory),
		totals: { ...memory.totals, refused: { ...memory.totals.refused } },
	};
}

/** What a running redrive has still to send. */
function redriving({ redrive }: Memory): number {
	return redrive === undefined || redrive.after === null ? 0 : Math.max(0, redrive.messages - redrive.moved);
}

function oldest(database: Database, memory: Memory): number | null {
	let at = Number.POSITIVE_INFINITY;
	for (const { lane } of memory.lanes.values()) {
		at = Math.min(at, oldestInLog(database, lane)?.written_at ?? at);
		at = Math.min(at, oldestStraggler(database, lane)?.written_at ?? at);
	}
	return at === Number.POSITIVE_INFINITY ? null : at;
}

/** Waiting messages without a key whose instant lies in (after, until], all lanes. */
export function countWaiting(database: Database, memory: Pick<Memory, 'lanes'>, after: number, until: number): number {
	let count = 0;
	for (const lane of memory.lanes.keys()) {
		count +=
			database.first<{ n: number }>(
				`SELECT count(*) AS n FROM straggler
			WHERE keyed = 0 AND leased = 0 AND lane = ? AND visible_at > ? AND visible_at <= ?`,
				lane,
				after,
				until,
			)?.n ?? 0;
	}
	return count;
}

export function countScheduled(database: Database, after: number, until: number): number {
	return (
		database.first<{ n: number }>(
			'SELECT count(*) AS n FROM scheduled WHERE deliver_at > ? AND deliver_at <= ?',
			after,
			until,
		)?.n ?? 0
	);
}
