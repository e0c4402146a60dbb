import { LIMITS, type RedriveRun } from '../../durable-objects/protocol';
import { demand } from './model';

/** There is no such queue: what is sent there comes back. */
export const NOWHERE = 'nowhere';

/** What is known of a queue's redrives: which began, and what was last told of each. */
export class RedriveBook {
	private readonly begun: string[] = [];
	private readonly told = new Map<string, RedriveRun>();

	began(id: string): void {
		this.begun.push(id);
	}

	/** Refused, so another one must be under way. */
	refused(id: string, runs: readonly RedriveRun[]): void {
		demand(runs[0]?.status === 'running', () => `the redrive ${id} was refused, and none is running`);
	}

	cancelled(id: string, run: RedriveRun): void {
		demand(run.id === id && run.status === 'cancelled', () => `cancelling ${id} answered ${JSON.stringify(run)}`);
		this.note(run);
	}

	/**
	 * The newest are told, the newest first; only the first may be running; what has ended stays as it is. `onTheirWay`: the
	 * redrives of messages that the queue still owes.
	 */
	check(runs: readonly RedriveRun[], onTheirWay: ReadonlySet<string | undefined>): void {
		const newest = this.begun.toReversed().slice(0, LIMITS.redrivesKept);
		const told = runs.map(({ id }) => id);
		demand(told.join() === newest.join(), () => `the redrives are ${newest}, told are ${told}`);
		for (const [index, run] of runs.entries()) {
			demand(run.status !== 'running' || index === 0, () => `${run.id} is running beside ${told[0]}`);
			const isEarly = run.status === 'completed' && onTheirWay.has(run.id);
			demand(!isEarly, () => `${run.id} is completed, and messages of it are on their way`);
			this.note(run);
		}
	}

	/** Everything has arrived, or is back. */
	checkAtRest(runs: readonly RedriveRun[]): void {
		this.check(runs, new Set());
		for (const run of runs) {
			const say = () => `at rest a redrive is ${JSON.stringify(run)}`;
			demand(run.status !== 'running', say);
			if (run.to === NOWHERE) demand(run.moved === 0, say);
			else demand(run.status === 'completed' || run.status === 'cancelled', say);
		}
	}

	private note(run: RedriveRun): void {
		const before = this.told.get(run.id);
		const say = () => `the redrive ${JSON.stringify(before)} became ${JSON.stringify(run)}`;
		demand(run.moved >= 0, say);
		demand((run.failure === 'queue_not_found') === (run.status === 'failed'), say);
		demand(run.status !== 'failed' || run.to === NOWHERE, say);
		if (before !== undefined && before.status !== 'running') {
			const cameBack = run.to === NOWHERE && run.moved <= before.moved;
			demand(run.status === before.status && (run.moved === before.moved || cameBack), say);
		} else if (before !== undefined) demand(run.moved >= before.moved || run.to === NOWHERE, say);
		this.told.set(run.id, run);
	}
}
