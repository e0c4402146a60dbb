import type { Database } from '../database';
import type * as protocol from '../protocol';
import {
	type Address,
	isRefusal,
	LIMITS,
	type Queue,
	type ReceiveCommand,
	type Received,
	type Refusal,
	refuse,
	type Target,
} from '../protocol';
import { Appender } from './appender';
import { available } from './available';
import { type Command, type Commit, DEFERRED, inPhases, PHASES } from './commands';
import { adopt, closed, destroy, purge, seal, unseal } from './control';
import { deliver } from './deliver';
import { dueAt, isVisibleStill, visibleAt } from './due';
import { figures } from './figures';
import { buryFlight, recall } from './flights';
import type { Budget } from './handout';
import { busy } from './handover';
import { takenFrom } from './inbox';
import { flushKeys } from './keys';
import { flushSegments } from './lanes';
import { flushLeases } from './leases';
import { load } from './load';
import { browse, look, remove } from './look';
import type { Memory } from './memory';
import { weightOf } from './message';
import { flushOwing, giveBack, type OutboxParcel, oldestParcel, taken } from './outbox';
import { publish } from './publish';
import { receive } from './receive';
import { redrive, stepRedrive } from './redrive';
import { cancelRedrive, flushRedrives, redrives } from './redrive-runs';
import { isDue, isLastAttempt } from './rules';
import { settle } from './settle';
import { type Snapshot, snapshot } from './snapshot';
import { readState, writeState } from './state';
import { planSweep, sweep } from './sweep';
import { countRefusals, flushTotals } from './totals';

/**
 * A partition: a synchronous function of rows, commands and the instant. The caller wraps each commit in one
 * transaction, and drops the engine where it throws.
 */
export class PartitionEngine {
	private readonly memory: Memory;

	constructor(
		private readonly database: Database,
		tag: string,
	) {
		this.memory = load(database, tag);
	}

	commit(commands: readonly Command[], waiting: Iterable<ReceiveCommand>, now: number): Commit {
		const { database, memory } = this;
		const before = { rows: database.rowsWritten, published: memory.totals.published };
		const results: unknown[] = new Array(commands.length);
		const appender = new Appender(database, memory, now);
		const budget: Budget = { units: LIMITS.commitUnits };
		let hasBuried = false;
		let served: Received[] | undefined;
		let hasLeft = false;
		// Of any receive of the commit, waiting ones included.
		memory.moreToScan = false;
		for (const index of inPhases(commands)) {
			const command = commands[index] as Command;
			if (PHASES[command.kind] > PHASES.publish) appender.flush();
			if (PHASES[command.kind] > PHASES.settle && !hasBuried) hasBuried = this.buryDoomed(now);
			// First come, first served: who waits goes before who comes.
			if (PHASES[command.kind] >= PHASES.receive) served ??= this.serve(waiting, budget, now);
			results[index] = this.run(command, appender, budget, now);
			countRefusals(memory, results[index]);
			hasLeft ||= command.kind === 'receive' && isVisibleStill(results[index], now);
		}
		appender.flush();
		if (!hasBuried) this.buryDoomed(now);
		served ??= this.serve(waiting, budget, now);
		this.flush(before, now);
		const again = memory.moreToScan || hasLeft;
		return { results, served, dueAt: dueAt(memory), visibleAt: visibleAt(database, memory, now), again };
	}

	/** The queue as last seen; undefined before the first call. */
	get queue(): Queue | undefined {
		return this.memory.queue;
	}

	/** Why nothing comes from this partition any more, or undefined. */
	get closed(): Refusal | undefined {
		return closed(this.memory, this.memory.queue?.name ?? 'this name');
	}

	/** Whether a receive at `now` would find something, and about how much; looks without touching. */
	available(now: number): number {
		return available(this.database, this.memory, now);
	}

	/** Queues and topics that a courier has something for. */
	get owedTargets(): readonly Address[] {
		return [...this.memory.owedTargets.keys()];
	}

	/** The oldest messages for a target, and where they go if that was fixed. */
	parcelFor(target: Address): { readonly parcel: OutboxParcel | undefined; readonly route: Target | undefined } {
		const parcel = oldestParcel(this.database, this.memory, target);
		return { parcel, route: readState<Target>(this.database, `route/${target}`) };
	}

	snapshot(): Snapshot {
		return snapshot(this.memory);
	}

	private run(command: Command, appender: Appender, budget: Budget, now: number): unknown {
		const { database, memory } = this;
		if (command.kind === 'destroy') return destroy(database, memory);
		if (
			(command.kind === 'seal' || command.kind === 'unseal') &&
			command.queue.version < (memory.queue?.version ?? 0)
		) {
			return refuse('settings_stale', 'A newer change of the queue has been seen.');
		}
		if (command.kind === 'unseal') {
			// A seal that was sent before comes too late from here on.
			adopt(memory, command.queue);
			return unseal(database, memory);
		}
		if (command.kind === 'taken') return taken(database, memory, command.parcel, command.positions, now);
		if (command.kind === 'giveBack') return giveBack(database, memory, appender, command.parcel, now);
		if (command.kind === 'route') return writeState(database, `route/${command.parcel.target}`, command.route);
		const refusal = closed(memory, command.queue.name);
		if (refusal !== undefined) {
			if (command.kind === 'deliver') return { taken: takenFrom(database, command.delivery), refusal };
			return command.kind === 'seal' && memory.sealed ? null : refusal;
		}
		const queue = adopt(memory, command.queue);
		const { settings } = queue;
		switch (command.kind) {
			case 'publish':
				return publish(database, memory, appender, settings, command.messages, now);
			case 'deliver':
				return deliver(database, memory, appender, settings, command.delivery, now);
			case 'settle':
				return busy(database, memory, command.command) ?? settle(database, memory, settings, command.command, now);
			case 'receive':
				return budget.units > 0 ? receive(database, memory, queue, command.command, budget, now) : DEFERRED;
			case 'browse':
				return browse(database, memory, command.command, now);
			case 'look':
				return look(database, memory, command.id, now);
			case 'remove':
				return remove(database, memory, command.id, now);
			case 'redrive':
				return redrive(database, memory, command.command, now);
			case 'redrives':
				return redrives(memory);
			case 'cancelRedrive':
				return cancelRedrive(memory, command.id);
			case 'purge':
				return purge(database, memory, command.forgetDedup);
			case 'figures':
				flushSegments(database, memory);
				return figures(database, memory, now);
			case 'seal':
				return seal(database, memory, settings, now);
			case 'configure':
				return null;
			case 'tick':
				return this.tick(settings, now);
		}
	}

	/** What falls due by time alone. */
	private tick(settings: protocol.QueueSettings, now: number): null {
		const sweepAt = this.memory.sweep.nextAt;
		if (sweepAt !== undefined && isDue(sweepAt, now)) sweep(this.database, this.memory, settings, now);
		stepRedrive(this.database, this.memory, now);
		return null;
	}

	/** Leases that ended after the last attempt: nobody needs to receive for these to reach the dead-letter queue. */
	private buryDoomed(now: number): true {
		const { database, memory } = this;
		const settings = memory.queue?.settings;
		if (settings === undefined || memory.destroyed) return true;
		let units = 0;
		for (let buried = 0; buried < LIMITS.buriedMessages && units < LIMITS.receiveBytes; ) {
			const flight = memory.doomed.pop(now);
			if (flight === undefined) break;
			if (!isLastAttempt(settings, flight.attempt, flight.key)) continue;
			// In order per key, also into the dead-letter queue: when the one before it is done, it is noted again.
			if (flight.key !== undefined && memory.keys.get(flight.key)?.flights[0] !== flight) continue;
			const { record, failures } = recall(database, memory, flight);
			memory.totals.leasesExpired++;
			buryFlight(database, memory, settings, flight, failures, record, now);
			buried++;
			units += weightOf(record);
		}
		return true;
	}

	/** Serves parked receives in turn. All may take the same, so the first that gets nothing ends it. */
	private serve(waiting: Iterable<ReceiveCommand>, budget: Budget, now: number): Received[] {
		const served: Received[] = [];
		const { queue } = this.memory;
		if (queue === undefined || closed(this.memory, queue.name) !== undefined) return served;
		for (const command of waiting) {
			if (budget.units <= 0) {
				this.memory.moreToScan = true;
				break;
			}
			const messages = receive(this.database, this.memory, queue, command, budget, now);
			if (isRefusal(messages) || messages.length === 0) break;
			served.push(messages);
		}
		return served;
	}

	private flush(before: { readonly rows: number; readonly published: number }, now: number): void {
		const { database, memory } = this;
		flushSegments(database, memory);
		for (const lane of memory.lanes.values()) flushLeases(database, memory, lane, now);
		flushKeys(database, memory);
		flushOwing(database, memory);
		flushRedrives(database, memory);
		if (memory.tallyDirty) writeState(database, 'tally', memory.tally);
		memory.tallyDirty = false;
		if (memory.settingsDirty) writeState(database, 'queue', memory.queue);
		memory.settingsDirty = false;
		if (database.rowsWritten > before.rows) flushTotals(database, memory, now);
		const hasPublished = memory.totals.published > before.published;
		if (memory.queue === undefined || memory.destroyed) return;
		planSweep(database, memory, memory.queue.settings, hasPublished, now);
	}
}
