import type { Database } from '../database';
import { LIMITS, type RedriveCommand, type RedriveResult, type Refusal, redriveRunning } from '../protocol';
import { figures } from './figures';
import { type Live, liveWithId, walk } from './live';
import type { Memory, Redrive } from './memory';
import { type Leaving, leaving, sequenceOf } from './message';
import { owe } from './outbox';
import { endScan } from './redrive-runs';
import { isDue } from './rules';
import { takeOut } from './take-out';

/**
 * Sends dead letters back: named ones at once, or all that are here now, step by step. A message leaves in the
 * transaction that makes it owed, so a crash neither loses nor doubles it. Leased and delayed messages stay, and so
 * do those without an origin when no target is named. Refused with `redrive_running` while one is under way.
 */
export function redrive(
	database: Database,
	memory: Memory,
	command: RedriveCommand,
	now: number,
): Refusal | RedriveResult {
	if (command.ids !== null) return redriveIds(database, memory, command, command.ids, now);
	if (memory.redrive !== undefined) return redriveRunning();
	memory.redrive = {
		id: command.id,
		to: command.to,
		ratePerSecond: command.ratePerSecond,
		startedAt: now,
		after: 0,
		beforeSequence: memory.tally.nextSequence,
		messages: figures(database, memory, now).visible,
		moved: 0,
		owed: 0,
		nextAt: now,
	};
	memory.redriveDirty = true;
	const { messages } = memory.redrive;
	stepRedrive(database, memory, now);
	return { id: command.id, accepted: messages, rejected: [] };
}

function redriveIds(
	database: Database,
	memory: Memory,
	{ id, to }: RedriveCommand,
	ids: readonly string[],
	now: number,
): RedriveResult {
	const moving: Live[] = [];
	const rejected: string[] = [];
	for (const wanted of new Set(ids)) {
		const live = liveWithId(database, memory, wanted, now);
		if (live !== undefined && targetOf(live, to) !== undefined) moving.push(live);
		else rejected.push(wanted);
	}
	send(database, memory, moving, { to });
	return { id, accepted: moving.length, rejected };
}

function targetOf(live: Live, to: string | null): string | undefined {
	return live.state === 'visible' ? (to ?? live.record.head.deadLetter?.queue) : undefined;
}

function send(
	database: Database,
	memory: Memory,
	moving: readonly Live[],
	{ to, id: redriveId }: { readonly to: string | null; readonly id?: string },
): void {
	const parcels = new Map<string, Leaving[]>();
	for (const live of moving) {
		const target = targetOf(live, to) as string;
		const parcel = parcels.get(target) ?? [];
		parcel.push({ ...leaving(memory.tag, live.record, live.record.head.deadLetter), isRedriven: true, redriveId });
		parcels.set(target, parcel);
	}
	takeOut(database, memory, moving);
	for (const [target, parcel] of parcels) owe(memory, target, parcel);
	memory.totals.redriven += moving.length;
}

/** The next part of a running redrive, if it is due: bounded by the rate, and by what the courier still owes. */
export function stepRedrive(database: Database, memory: Memory, now: number): void {
	const running = memory.redrive;
	if (running === undefined || running.after === null || !isDue(running.nextAt, now)) return;
	const allowance = Math.min(LIMITS.courierMessages, allowed(running, now));
	if (memory.tally.owedMessages >= LIMITS.redriveOwedMessages) {
		// The target is behind; `taken` wakes this up as soon as it has caught up.
		running.nextAt = now + LIMITS.redrivePauseMs;
		return;
	}
	if (allowance < 1) {
		running.nextAt = now + LIMITS.redriveStepMs;
		return;
	}
	const moving: Live[] = [];
	const next = walk(database, memory, running.after, now, LIMITS.scannedMessages, (live) => {
		if (moving.length >= allowance) return false;
		if (targetOf(live, running.to) !== undefined && sequenceOf(live.record.position) < running.beforeSequence)
			moving.push(live);
		return true;
	});
	send(database, memory, moving, running);
	running.moved += moving.length;
	running.owed += moving.length;
	memory.redriveDirty = true;
	if (next === null) endScan(memory);
	else {
		running.after = next;
		running.nextAt = running.ratePerSecond === null ? now : now + LIMITS.redriveStepMs;
	}
}

/** How many messages the rate allows by now; the first is free. */
function allowed(running: Redrive, now: number): number {
	if (running.ratePerSecond === null) return Number.POSITIVE_INFINITY;
	return 1 + Math.floor(((now - running.startedAt) * running.ratePerSecond) / 1_000) - running.moved;
}

/** When the running redrive goes on; undefined where nothing more leaves. */
export function nextRedriveAt({ redrive }: Memory): number | undefined {
	return redrive === undefined || redrive.after === null ? undefined : redrive.nextAt;
}
