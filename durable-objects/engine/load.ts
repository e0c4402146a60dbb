import type { Database } from '../database';
import type { Queue } from '../protocol';
import { Agenda } from './agenda';
import { anyDedup } from './dedup';
import { DueCount } from './due-count';
import { countScheduled, countWaiting } from './figures';
import { FlightRuns } from './flight-runs';
import { addFlight } from './flights';
import { loadKeys } from './keys';
import { laneNumber, loadLanes } from './lanes';
import { loadLeases } from './leases';
import type { Memory, Tally } from './memory';
import { loadOwed } from './outbox';
import { loadReceives } from './receive-attempts';
import { loadEndedRedrives, loadRedrive } from './redrive-runs';
import { SegmentCache } from './segment-cache';
import { readState } from './state';
import { loadStragglers } from './stragglers';
import { loadTotals } from './totals';

/** Builds the memory of a partition from its rows: at the start, and whenever a transaction threw. */
export function load(database: Database, tag: string): Memory {
	const queue = readState<Queue>(database, 'queue');
	const tally = readState<Tally>(database, 'tally');
	const endedRedrives = loadEndedRedrives(database);
	const memory: Memory = {
		tag,
		queue,
		sealed: readState<boolean>(database, 'sealed') ?? false,
		destroyed: readState<boolean>(database, 'destroyed') ?? false,
		lanes: new Map(),
		flights: new Map(),
		runs: new FlightRuns(),
		leasedMessages: 0,
		flightBytes: 0,
		receiveAttempts: new Map(),
		segments: new Map(),
		touched: new Map(),
		cache: new SegmentCache(),
		keys: new Map(),
		dirtyKeys: new Set(),
		heldRows: new Map(),
		readyKeys: new Agenda(),
		doomed: new Agenda(),
		nextLeaseId: 1,
		nextLeaseNumber: 1,
		tally: {
			waitingMessages: 0,
			waitingBytes: 0,
			scheduledMessages: 0,
			nextSequence: 1,
			nextOutboxPosition: 1,
			owedMessages: 0,
			...tally,
		},
		tallyDirty: false,
		waitingDue: new DueCount((after, until) => countWaiting(database, memory, after, until)),
		scheduledDue: new DueCount((after, until) => countScheduled(database, after, until)),
		owing: new Map(),
		owedTargets: new Map(),
		redrive: loadRedrive(database),
		endedRedrives,
		writtenRedrives: endedRedrives,
		redriveDirty: false,
		settingsDirty: false,
		hasAliases: database.first('SELECT 1 FROM alias LIMIT 1') !== undefined,
		hasDedup: anyDedup(database),
		sweep: { dedupAfter: '', stragglerAfter: 0, nextAt: undefined },
		totals: loadTotals(database),
		totalsWrittenAt: Number.NEGATIVE_INFINITY,
		moreToScan: false,
	};
	// A lane that holds nothing but delayed messages has neither segment nor lease.
	for (const { lane } of database.all<{ lane: number }>(STRAGGLER_LANES)) laneNumber(memory, lane);
	const adopt = (flight: Parameters<typeof addFlight>[2]) => addFlight(memory, queue?.settings, flight);
	loadLeases(database, memory, (lane) => laneNumber(memory, lane), adopt);
	loadStragglers(database, adopt);
	loadReceives(database, memory);
	loadKeys(database, memory);
	loadLanes(database, memory);
	loadOwed(database, memory);
	return memory;
}

/** Finds each lane by one step of the index, not by reading the stragglers. */
const STRAGGLER_LANES = `WITH RECURSIVE lanes (lane) AS (
	SELECT min(lane) FROM straggler WHERE keyed = 0 AND leased = 0
	UNION ALL
	SELECT (SELECT min(lane) FROM straggler WHERE keyed = 0 AND leased = 0 AND lane > lanes.lane)
	FROM lanes WHERE lanes.lane IS NOT NULL
) SELECT lane FROM lanes WHERE lane IS NOT NULL`;
