import type { Env } from '../durable-objects/env';
import {
	isRefusal,
	type Queue,
	type RedriveCommand,
	type RedriveResult,
	type RedriveRun,
	type Refusal,
	redriveRunning,
	refuse,
	told,
} from '../durable-objects/protocol';
import { queues } from './catalog';
import { reach } from './objects';
import { everyPartition, partitionAt } from './partitioner';

/** A redrive as it is asked for; its rate is the whole queue's. */
export type RedriveWish = Omit<RedriveCommand, 'id'>;

/** Starts a redrive in every partition. Answers the id that they share, and what will move. */
export function startRedrive(env: Env, name: string, { to, ids, ratePerSecond }: RedriveWish): Promise<RedriveResult> {
	const id = crypto.randomUUID();
	return queues.with(env, name, async (queue) => {
		const { partitions } = queue.settings;
		if (partitions > 1 && ids === null) {
			// One that has ended in some partitions only would be joined by another one there, and not elsewhere.
			const runs = await runsOf(env, queue);
			if (isRefusal(runs)) return runs;
			if (runs.some(({ status }) => status === 'running')) return redriveRunning();
		}
		const command = { id, to, ids, ratePerSecond: ratePerSecond === null ? null : ratePerSecond / partitions };
		const parts = await everyPartition(queue, (index) =>
			reach(
				'once',
				() => partitionAt(env, queue, index).redrive(told(queue), command),
				'See the redrives of the queue.',
			),
		);
		return addResults(id, parts, ids);
	});
}

/** The queue's newest redrives of everything that was visible, the newest first. */
export function redrivesOf(env: Env, name: string): Promise<readonly RedriveRun[]> {
	return queues.with(env, name, (queue) => runsOf(env, queue));
}

/** Ends a running redrive. Answers what it has moved; refused with `redrive_not_found` where it runs in no partition. */
export function cancelRedrive(env: Env, name: string, id: string): Promise<RedriveRun> {
	return queues.with(env, name, async (queue) => {
		const parts = await everyPartition(queue, (index) =>
			reach(
				'once',
				() => partitionAt(env, queue, index).cancelRedrive(told(queue), id),
				'See the redrives of the queue.',
			),
		);
		const refusals = parts.filter(isRefusal);
		const telling = refusals.find(({ refused }) => refused !== 'redrive_not_found') ?? refusals[0];
		if (telling !== undefined && (telling.refused !== 'redrive_not_found' || refusals.length === parts.length))
			return telling;
		// In some partitions it had ended before: what it moved there counts too.
		const runs = await runsOf(env, queue);
		if (isRefusal(runs)) return runs;
		return runs.find((run) => run.id === id) ?? refuse('redrive_not_found', `The redrive ${id} is not known any more.`);
	});
}

async function runsOf(env: Env, queue: Queue): Promise<Refusal | RedriveRun[]> {
	const parts = await everyPartition(queue, (index) =>
		reach('repeatable', () => partitionAt(env, queue, index).redrives(told(queue))),
	);
	const runs = new Map<string, RedriveRun[]>();
	for (const part of parts) {
		if (isRefusal(part)) return part;
		for (const run of part) runs.set(run.id, [...(runs.get(run.id) ?? []), run]);
	}
	return [...runs.values()]
		.map((same) => addRuns(same, queue.settings.partitions))
		.sort((a, b) => b.startedAt - a.startedAt);
}

/** An id is rejected where no partition has it; a refusal counts where nothing moves anywhere. */
function addResults(
	id: string,
	parts: readonly (Refusal | RedriveResult)[],
	ids: readonly string[] | null,
): Refusal | RedriveResult {
	const results = parts.filter((part) => !isRefusal(part)) as RedriveResult[];
	const refusal = parts.find(isRefusal);
	const accepted = results.reduce((sum, part) => sum + part.accepted, 0);
	if (refusal !== undefined && accepted === 0) return refusal;
	const rejected = (ids ?? []).filter((wanted) => results.every((part) => part.rejected.includes(wanted)));
	return { id, accepted, rejected };
}

/** What ends last, or worst, is what the whole is. */
const STATUSES: readonly RedriveRun['status'][] = ['running', 'failed', 'cancelled', 'completed'];

/** The parts of one redrive as one; a part's rate is the partition's share. */
function addRuns(parts: readonly RedriveRun[], partitions: number): RedriveRun {
	const [first] = parts as [RedriveRun];
	const sum = (of: (run: RedriveRun) => number) => parts.reduce((total, run) => total + of(run), 0);
	return {
		...first,
		ratePerSecond: first.ratePerSecond === null ? null : first.ratePerSecond * partitions,
		startedAt: Math.min(...parts.map(({ startedAt }) => startedAt)),
		messages: sum(({ messages }) => messages),
		moved: sum(({ moved }) => moved),
		status: STATUSES.find((status) => parts.some((run) => run.status === status)) as RedriveRun['status'],
		failure: parts.find(({ failure }) => failure !== null)?.failure ?? null,
	};
}
