import type { Address, Queue, RedriveRun, RefusalCode, Totals } from '../protocol';
import { Agenda } from './agenda';
import type { DueCount } from './due-count';
import type { FlightRuns } from './flight-runs';
import type { Leaving } from './message';
import type { SegmentCache } from './segment-cache';

/** A handed-out message, or a keyed one that waits for its next try: what memory knows of it. */
export interface Flight {
	readonly position: number;
	readonly size: number;
	readonly key: string | undefined;
	/** Set where a row in `alias` must go with it. */
	readonly aliasId: string | undefined;
	attempt: number;
	/** While leased: the expiry. Waiting: the instant it is due. */
	until: number;
	leased: boolean;
	handedOutAt: number;
	/** Of its first attempt. */
	firstHandedOutAt: number;
	consumer: string;
	/** The lease row it is a member of; undefined once it has a straggler row. */
	lease: Lease | undefined;
	/** The segment that holds its record; undefined for a straggler. */
	segment: LiveSegment | undefined;
	/** The receive that handed it out last: the same one may take the next of its key. */
	by: object | undefined;
	/** The receive that got it and can be repeated. */
	receiveAttempt: ReceiveAttempt | undefined;
}

/**
 * Plain messages of one segment, one after the other, that one receive handed out together for the first time: most of a
 * large receive. It stands for as many flights while all of them are held as they were handed out; whatever befalls one of
 * them alone opens it.
 */
export interface FlightRun {
	readonly position: number;
	readonly count: number;
	/** Of each message. */
	readonly sizes: readonly number[];
	readonly bytes: number;
	readonly until: number;
	readonly handedOutAt: number;
	readonly consumer: string;
	readonly by: object;
	lease: Lease | undefined;
	/** Undefined once it is over: opened or finished. */
	segment: LiveSegment | undefined;
}

/** What a lease row is written for. */
export type Member = Flight | FlightRun;

/** A receive that was given a name, while every message that it got is still held as it got it. */
export interface ReceiveAttempt {
	readonly id: string;
	readonly receivedAt: number;
	/** In the order of the answer. */
	readonly flights: readonly Flight[];
}

/** A lease row. */
export interface Lease {
	readonly id: number;
	number: number;
	lane: number;
	handedOutAt: number;
	/** Those that it was written for; of some, `lease` says that they have left. */
	members: Member[];
	/** How many messages have not. */
	held: number;
	/** A member left while its segment stays: the row must be rewritten, or a restart would bring it back. */
	outdated: boolean;
	/** Segments that members left in this commit. */
	readonly left: Set<LiveSegment>;
}

/** A segment with leased messages. */
export interface LiveSegment {
	readonly base: number;
	readonly span: number;
	flights: number;
	deleted: boolean;
}

/** A priority's log. Counts of messages and bytes since the lane began; fresh = appended - passed. */
export interface Lane {
	readonly lane: number;
	cursor: number;
	end: number;
	appendedMessages: number;
	appendedBytes: number;
	passedMessages: number;
	passedBytes: number;
	parkedMessages: number;
	parkedBytes: number;
	/** Cursor or counts differ from the newest lease row. */
	dirty: boolean;
	newest: Lease | undefined;
	readonly leases: Map<number, Lease>;
	/** Rows without members: the next lease overwrites one. */
	readonly slots: Lease[];
	/** Handed out in this commit, to be written as one lease row. */
	handedOut: Member[];
	/** Leased messages without a key, by expiry. */
	readonly expiries: Agenda<Member>;
}

/** A key with unfinished messages that were handed out (`flights`, in order) or that lag behind the cursor (`from`). */
export interface Key {
	readonly key: string;
	readonly flights: Flight[];
	from: number | undefined;
	readyAt: number;
}

/** A redrive of everything that was visible, while it runs. */
export interface Redrive {
	readonly id: string;
	readonly to: string | null;
	readonly ratePerSecond: number | null;
	readonly startedAt: number;
	/** Up to here everything has been looked at; null: nothing more leaves. */
	after: number | null;
	/** Sequence numbers from here on came after the redrive began. */
	readonly beforeSequence: number;
	/** Messages that were visible when it began. */
	readonly messages: number;
	/** Of these, those that have left; and of those again, those that have not arrived. */
	moved: number;
	owed: number;
	nextAt: number;
}

export type MutableTotals = {
	-readonly [Name in keyof Totals]: Totals[Name] extends number
		? number
		: Totals[Name] extends readonly number[]
			? number[]
			: Partial<Record<RefusalCode, number>>;
};

/** Written in one state row whenever one of them changes: they belong to exceptions. */
export interface Tally {
	/** Stragglers without a key that wait: only rows know them. */
	waitingMessages: number;
	waitingBytes: number;
	scheduledMessages: number;
	/** Sequence numbers below were given, also to messages that never were in the log. */
	nextSequence: number;
	nextOutboxPosition: number;
	owedMessages: number;
}

/** Everything derived from the rows. Thrown away and rebuilt when a transaction throws. */
export interface Memory {
	readonly tag: string;
	queue: Queue | undefined;
	sealed: boolean;
	destroyed: boolean;
	readonly lanes: Map<number, Lane>;
	/** By position, but for those in runs. */
	readonly flights: Map<number, Flight>;
	readonly runs: FlightRuns;
	leasedMessages: number;
	flightBytes: number;
	/** By their ids, the oldest first; each has messages in flight, so there are never more than these. */
	readonly receiveAttempts: Map<string, ReceiveAttempt>;
	readonly segments: Map<number, LiveSegment>;
	/** Segments in which a message was finished or passed in this commit: candidates for deletion. */
	readonly touched: Map<number, { base: number; span: number }>;
	readonly cache: SegmentCache;
	readonly keys: Map<string, Key>;
	readonly dirtyKeys: Set<string>;
	/** What the rows of `held` say: as many as keys lag. */
	readonly heldRows: Map<string, { from: number; readyAt: number }>;
	/** Keys by the instant at which something of them may be handed out. */
	readonly readyKeys: Agenda<string>;
	/** Leased messages that are buried if their lease expires, by expiry. */
	readonly doomed: Agenda<Flight>;
	nextLeaseId: number;
	nextLeaseNumber: number;
	tally: Tally;
	tallyDirty: boolean;
	/** How many of the waiting and of the scheduled messages are due. */
	readonly waitingDue: DueCount;
	readonly scheduledDue: DueCount;
	/** What this commit is to send, by target. */
	readonly owing: Map<Address, Leaving[]>;
	/** Queues and topics that the outbox has parcels for, and the position of the oldest. */
	readonly owedTargets: Map<Address, number>;
	redrive: Redrive | undefined;
	/** The newest first. */
	endedRedrives: readonly RedriveRun[];
	/** The same as its row has them. */
	writtenRedrives: readonly RedriveRun[];
	redriveDirty: boolean;
	settingsDirty: boolean;
	hasAliases: boolean;
	hasDedup: boolean;
	readonly sweep: Sweep;
	totals: MutableTotals;
	totalsWrittenAt: number;
	/** The last receive stopped at a bound, not for lack of messages. */
	moreToScan: boolean;
}

/** Where the sweeps stand, and when the next one is due. Not stored: a restart begins again. */
export interface Sweep {
	dedupAfter: string;
	stragglerAfter: number;
	nextAt: number | undefined;
}

export function newLane(lane: number, start: number): Lane {
	return {
		lane,
		cursor: start,
		end: start,
		appendedMessages: 0,
		appendedBytes: 0,
		passedMessages: 0,
		passedBytes: 0,
		parkedMessages: 0,
		parkedBytes: 0,
		dirty: false,
		newest: undefined,
		leases: new Map(),
		slots: [],
		handedOut: [],
		expiries: new Agenda(),
	};
}
