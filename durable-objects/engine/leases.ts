import type { Database } from '../database';
import type { Flight, Lane, Lease, LiveSegment, Member, Memory } from './memory';
import { segmentHolding } from './segments';

/** [first position, how many, expires at, consumer]. */
type Run = readonly [from: number, count: number, expiresAt: number, consumer: string];

interface LeaseRow {
	readonly id: number;
	readonly number: number;
	readonly lane: number;
	readonly cursor: number;
	readonly passed_messages: number;
	readonly passed_bytes: number;
	readonly parked_messages: number;
	readonly parked_bytes: number;
	readonly handed_out_at: number;
	readonly runs: string;
}

/** Empty rows kept for reuse; above it an emptied row is deleted, so that a burst leaves no litter. */
const SLOTS = 64;

/** Members that have left and may still be listed beside as many as have not: memory is bounded by what is leased. */
const LEFT_OVER = 8;

/** Writes what a commit changed in a lane's leases: at most one row for all it handed out. */
export function flushLeases(database: Database, memory: Memory, lane: Lane, now: number): void {
	for (const lease of [...lane.leases.values()]) {
		if (lease.left.size === 0) continue;
		for (const segment of lease.left) if (!segment.deleted) lease.outdated = true;
		lease.left.clear();
		if (lease.held === 0) vacate(database, lane, lease);
	}
	if (lane.handedOut.length > 0) {
		const members = lane.handedOut.filter((member) => member.lease === undefined && member.segment !== undefined);
		lane.handedOut = [];
		if (members.length > 0) writeNewLease(database, memory, lane, members, now);
	}
	for (const lease of lane.leases.values())
		if (lease.outdated && lease !== lane.newest) writeLease(database, lane, lease);
	if (lane.newest?.outdated || lane.dirty) {
		if (lane.newest === undefined) writeNewLease(database, memory, lane, [], now);
		else writeLease(database, lane, lane.newest);
	}
	lane.dirty = false;
}

function vacate(database: Database, lane: Lane, lease: Lease): void {
	lane.leases.delete(lease.id);
	if (lease !== lane.newest && lease.outdated && lane.slots.length >= SLOTS) {
		database.run('DELETE FROM lease WHERE id = ?', lease.id);
		return;
	}
	lane.slots.push(lease);
	if (lease.outdated && lease !== lane.newest) writeLease(database, lane, lease);
}

function writeNewLease(database: Database, memory: Memory, lane: Lane, members: Member[], now: number): void {
	const slot = lane.slots.pop();
	const lease: Lease = {
		id: slot?.id ?? memory.nextLeaseId++,
		number: memory.nextLeaseNumber++,
		lane: lane.lane,
		handedOutAt: now,
		members,
		held: members.reduce((sum, member) => sum + countOf(member), 0),
		outdated: false,
		left: new Set(),
	};
	for (const member of members) member.lease = lease;
	const overwritten = lane.newest;
	lane.newest = lease;
	if (members.length === 0) lane.slots.push(lease);
	else lane.leases.set(lease.id, lease);
	// An outdated newest row was left for last so that it is written once; now it is an ordinary one.
	if (overwritten?.outdated && overwritten.id !== lease.id) writeLease(database, lane, overwritten);
	writeLease(database, lane, lease);
	lane.dirty = false;
}

function writeLease(database: Database, lane: Lane, lease: Lease): void {
	lease.outdated = false;
	database.run(
		WRITE_LEASE,
		lease.id,
		lease.number,
		lane.lane,
		lane.cursor,
		lane.passedMessages,
		lane.passedBytes,
		lane.parkedMessages,
		lane.parkedBytes,
		lease.handedOutAt,
		JSON.stringify(runsOf(lease)),
	);
}

const WRITE_LEASE = `INSERT INTO lease (id, number, lane, cursor, passed_messages, passed_bytes, parked_messages,
	parked_bytes, handed_out_at, runs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET number = excluded.number, lane = excluded.lane, cursor = excluded.cursor,
	passed_messages = excluded.passed_messages, passed_bytes = excluded.passed_bytes,
	parked_messages = excluded.parked_messages, parked_bytes = excluded.parked_bytes,
	handed_out_at = excluded.handed_out_at, runs = excluded.runs`;

/** Those that have not left. */
export function membersOf(lease: Lease): Member[] {
	return lease.members.filter((member) => member.lease === lease);
}

/** How many messages it is. */
export function countOf(member: Member): number {
	return 'count' in member ? member.count : 1;
}

function runsOf(lease: Lease): Run[] {
	const runs: [number, number, number, string][] = [];
	for (const member of membersOf(lease).sort((a, b) => a.position - b.position)) {
		const { position, until, consumer } = member;
		const last = runs.at(-1);
		if (last && last[0] + last[1] === position && last[2] === until && last[3] === consumer) last[1] += countOf(member);
		else runs.push([position, countOf(member), until, consumer]);
	}
	return runs;
}

/** A member is finished or got a row of its own; the lease row forgets it at the flush. */
export function leaveLease(memory: Memory, member: Member): void {
	const { lease, segment } = member;
	const count = countOf(member);
	if (lease !== undefined) {
		member.lease = undefined;
		lease.held -= count;
		if (lease.members.length > 2 * lease.held + LEFT_OVER) lease.members = membersOf(lease);
		if (segment !== undefined) lease.left.add(segment);
	}
	if (segment !== undefined) {
		segment.flights -= count;
		memory.touched.set(segment.base, segment);
		member.segment = undefined;
	}
}

/** The segment, with so many more of its messages leased. */
export function liveSegment(memory: Memory, base: number, span: number, count = 1): LiveSegment {
	let segment = memory.segments.get(base);
	if (segment === undefined) {
		segment = { base, span, flights: 0, deleted: false };
		memory.segments.set(base, segment);
	}
	segment.flights += count;
	return segment;
}

/** Rebuilds a lane's leases from its rows: a member whose segment or record is gone is finished. */
export function loadLeases(
	database: Database,
	memory: Memory,
	laneFor: (lane: number) => Lane,
	adopt: (flight: Flight) => void,
): void {
	for (const row of database.all<LeaseRow>('SELECT * FROM lease ORDER BY number')) {
		const lane = laneFor(row.lane);
		const lease: Lease = {
			id: row.id,
			number: row.number,
			lane: row.lane,
			handedOutAt: row.handed_out_at,
			members: [],
			held: 0,
			outdated: false,
			left: new Set(),
		};
		for (const [from, count, expiresAt, consumer] of JSON.parse(row.runs) as Run[]) {
			for (let position = from; position < from + count; position++) {
				const segment = segmentHolding(database, memory.cache, position);
				const head = segment?.head(position);
				if (segment === undefined || head === null || head === undefined) continue;
				const flight: Flight = {
					position,
					size: head.size,
					key: head.key,
					aliasId: head.id,
					attempt: 1,
					until: expiresAt,
					leased: true,
					handedOutAt: row.handed_out_at,
					firstHandedOutAt: row.handed_out_at,
					consumer,
					lease,
					segment: liveSegment(memory, segment.base, segment.span),
					by: undefined,
					receiveAttempt: undefined,
				};
				lease.members.push(flight);
				lease.held++;
				adopt(flight);
			}
		}
		if (lease.held > 0) lane.leases.set(lease.id, lease);
		else lane.slots.push(lease);
		lane.newest = lease;
		lane.cursor = Math.max(lane.cursor, row.cursor);
		lane.passedMessages = row.passed_messages;
		lane.passedBytes = row.passed_bytes;
		lane.parkedMessages = row.parked_messages;
		lane.parkedBytes = row.parked_bytes;
		memory.nextLeaseId = Math.max(memory.nextLeaseId, row.id + 1);
		memory.nextLeaseNumber = Math.max(memory.nextLeaseNumber, row.number + 1);
	}
}
