import type { Database } from '../database';
import { type CarriedMessage, LIMITS, type RedriveRun, type Refusal, refuse } from '../protocol';
import type { Memory, Redrive } from './memory';
import { deleteState, readState, writeState } from './state';

// What became of redrives: the one that runs, and the newest that have ended.

/** The newest redrives, the newest first. */
export function redrives({ redrive, endedRedrives }: Memory): RedriveRun[] {
	return redrive === undefined ? [...endedRedrives] : newest([runOf(redrive, 'running'), ...endedRedrives]);
}

function newest(runs: readonly RedriveRun[]): RedriveRun[] {
	return runs.slice(0, LIMITS.redrivesKept);
}

function runOf(redrive: Redrive, status: RedriveRun['status'], failure: RedriveRun['failure'] = null): RedriveRun {
	const { id, to, ratePerSecond, startedAt, messages, moved } = redrive;
	return { id, to, ratePerSecond, startedAt, messages, moved, status, failure };
}

/** Ends a running redrive: nothing more leaves, and what has left goes its way. Refused with `redrive_not_found`. */
export function cancelRedrive(memory: Memory, id: string): Refusal | RedriveRun {
	if (memory.redrive?.id !== id) {
		return refuse('redrive_not_found', `There is no redrive ${id} under way here; the queue's redrives tell which is.`);
	}
	return endRedrive(memory, memory.redrive, 'cancelled');
}

function endRedrive(
	memory: Memory,
	redrive: Redrive,
	status: RedriveRun['status'],
	failure: RedriveRun['failure'] = null,
): RedriveRun {
	const run = runOf(redrive, status, failure);
	memory.endedRedrives = newest([run, ...memory.endedRedrives]);
	memory.redrive = undefined;
	memory.redriveDirty = true;
	return run;
}

/** Nothing more leaves by the running redrive: it is completed when what has left has arrived. */
export function endScan(memory: Memory): void {
	const { redrive } = memory;
	if (redrive === undefined) return;
	redrive.after = null;
	memory.redriveDirty = true;
	if (redrive.owed === 0) endRedrive(memory, redrive, 'completed');
}

/** Messages are where they were sent: of interest are those of the running redrive. */
export function noteArrivals(memory: Memory, messages: readonly CarriedMessage[]): void {
	const { redrive } = memory;
	const arrived = redrive === undefined ? 0 : messages.filter(({ redriveId }) => redriveId === redrive.id).length;
	if (redrive === undefined || arrived === 0) return;
	redrive.owed -= arrived;
	memory.redriveDirty = true;
	if (redrive.owed === 0 && redrive.after === null) endRedrive(memory, redrive, 'completed');
}

/** Messages came back, since there is no such queue as they were sent to: a running redrive that sent one of them has failed. */
export function noteReturns(memory: Memory, messages: readonly CarriedMessage[]): void {
	for (const { redriveId: id } of messages) {
		if (id === undefined) continue;
		if (memory.redrive?.id === id) endRedrive(memory, memory.redrive, 'failed', 'queue_not_found');
		memory.endedRedrives = memory.endedRedrives.map((run) => (run.id === id ? { ...run, moved: run.moved - 1 } : run));
		memory.redriveDirty = true;
	}
}

export function flushRedrives(database: Database, memory: Memory): void {
	if (!memory.redriveDirty) return;
	memory.redriveDirty = false;
	if (memory.redrive === undefined) deleteState(database, 'redrive');
	else writeState(database, 'redrive', memory.redrive);
	if (memory.endedRedrives === memory.writtenRedrives) return;
	if (memory.endedRedrives.length === 0) deleteState(database, 'redrives');
	else writeState(database, 'redrives', memory.endedRedrives);
	memory.writtenRedrives = memory.endedRedrives;
}

/** One that began before redrives had ids gets one that nobody asks for. */
export function loadRedrive(database: Database): Redrive | undefined {
	const redrive = readState<Redrive>(database, 'redrive');
	return redrive === undefined ? undefined : { ...{ id: '', owed: 0 }, ...redrive };
}

export function loadEndedRedrives(database: Database): readonly RedriveRun[] {
	return readState<readonly RedriveRun[]>(database, 'redrives') ?? [];
}
