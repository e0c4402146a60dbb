import { DurableObject } from 'cloudflare:workers';
import { catalogMigrations } from '../migrations/catalog';
import { inParallel, type PartitionAt, performDuty } from './catalog/calls';
import { dutiesDue, findDuty, type LayoutKey, nextDutyAt } from './catalog/duties';
import { deleteKey, getKey, listKeys, putKey } from './catalog/keys';
import { finishDuty } from './catalog/progress';
import * as queues from './catalog/queues';
import type { AccessKey, NewAccessKey, QueueDeleted, QueuePage, QueuePatch, QueuePut } from './catalog-protocol';
import { Database, migrate } from './database';
import type { Env } from './env';
import { isRefusal, partitionObjectName, type Queue, type QueueSettings, type Refusal } from './protocol';

/** Layouts that one alarm works on at once, and looks at in all; the next alarm follows at once. */
const dutiesAtOnce = 4;
const dutiesPerAlarm = 100;

/** The least time between two alarms: a duty that throws must not spin. */
const alarmSpacingMs = 1_000;

/**
 * Shell of the control plane: one object, named "catalog". A change is durable, with the duties it brings
 * (catalog/duties.ts), before the first partition hears of it; a reset at any point is taken up by the alarm.
 * Changes of one queue wait for nobody, except that the replacement of its partitions refuses all but deletion
 * (`settings_stale`, retryable), and the same change asked again gets the answer of the first.
 */
export class Catalog extends DurableObject<Env> {
	private readonly database: Database;
	/** When the alarm is set for; null when it is not. */
	private alarmAt: number | null = null;
	/** What is being done now, by layout: two calls never work on the same duty. */
	private readonly running = new Map<string, Promise<Refusal | null>>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.database = new Database(ctx.storage.sql);
		ctx.blockConcurrencyWhile(async () => {
			ctx.storage.transactionSync(() => migrate(this.database, catalogMigrations));
			this.alarmAt = await ctx.storage.getAlarm();
			this.arm(0);
		});
	}

	/** Creates the queue, or replaces all its settings. The same again changes nothing. */
	putQueue(name: string, settings: QueueSettings): Promise<Refusal | QueuePut> {
		const now = Date.now();
		return this.changeSettings(() => queues.putQueue(this.database, name, settings, now));
	}

	async patchQueue(name: string, patch: QueuePatch): Promise<Refusal | Queue> {
		const now = Date.now();
		const result = await this.changeSettings(() => queues.patchQueue(this.database, name, patch, now));
		return isRefusal(result) ? result : result.queue;
	}

	async getQueue(name: string): Promise<Refusal | Queue> {
		return queues.getQueue(this.database, name);
	}

	/** `after`: a name, or null to start; `limit`: at least 1. */
	async listQueues(after: string | null, limit: number): Promise<QueuePage> {
		return queues.listQueues(this.database, after, limit);
	}

	async deleteQueue(name: string, force: boolean): Promise<Refusal | QueueDeleted> {
		const now = Date.now();
		const change = this.commit(() => queues.deleteQueue(this.database, name, force, now));
		if (isRefusal(change)) return change;
		await this.perform(change.duties);
		return change.answer;
	}

	async setPaused(name: string, paused: boolean): Promise<Refusal | Queue> {
		const now = Date.now();
		const change = this.commit(() => queues.setPaused(this.database, name, paused, now));
		if (isRefusal(change)) return change;
		await this.perform(change.duties);
		return change.answer;
	}

	async putKey(key: NewAccessKey): Promise<Refusal | AccessKey> {
		const now = Date.now();
		return this.commit(() => putKey(this.database, key, now));
	}

	async listKeys(): Promise<AccessKey[]> {
		return listKeys(this.database);
	}

	async getKey(id: string): Promise<Refusal | AccessKey> {
		return getKey(this.database, id);
	}

	async deleteKey(id: string): Promise<Refusal | null> {
		return this.commit(() => deleteKey(this.database, id));
	}

	/** Takes up what a reset, or a partition that did not answer, has left undone. */
	override async alarm(): Promise<void> {
		this.alarmAt = null;
		try {
			const due = dutiesDue(this.database, Date.now(), dutiesPerAlarm);
			await inParallel(due, dutiesAtOnce, (layout) => this.perform([layout]).then(() => undefined));
		} finally {
			this.arm(Date.now() + alarmSpacingMs);
		}
	}

	private async changeSettings(decide: () => Refusal | queues.Change<QueuePut>): Promise<Refusal | QueuePut> {
		const change = this.commit(decide);
		if (isRefusal(change)) return change;
		const refusal = await this.perform(change.duties);
		if (!change.relayout) return change.answer;
		return queues.layoutOutcome(this.database, change.answer.queue, refusal);
	}

	/** One transition: one transaction, and in the same implicit one an alarm for the duties that it brings. */
	private commit<T>(transition: () => T): T {
		const result = this.ctx.storage.transactionSync(transition);
		this.arm(0);
		return result;
	}

	/** The alarm is no later than the next duty; it is never moved to a later time, nor before `earliest`. */
	private arm(earliest: number): void {
		const dueAt = nextDutyAt(this.database);
		if (dueAt === null) return;
		const at = Math.max(dueAt, earliest);
		if (this.alarmAt !== null && this.alarmAt <= at) return;
		this.alarmAt = at;
		this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
	}

	/** Does what is owed to these layouts now, and answers why a new one has been refused, if one has. */
	private async perform(layouts: readonly LayoutKey[]): Promise<Refusal | null> {
		const refusals: (Refusal | null)[] = [];
		await inParallel(layouts, dutiesAtOnce, async (layout) => {
			refusals.push(await this.performOnce(layout));
		});
		return refusals.find((refusal) => refusal !== null) ?? null;
	}

	private performOnce(layout: LayoutKey): Promise<Refusal | null> {
		const id = `${layout.name}/${layout.generation}/${layout.layout}`;
		const running = this.running.get(id);
		if (running) return running;
		if (!findDuty(this.database, layout)) return Promise.resolve(null);
		const started = this.performAll(id, layout);
		this.running.set(id, started);
		return started;
	}

	/** Every await lets another change in: `finishDuty` reads again what is owed. */
	private async performAll(id: string, layout: LayoutKey): Promise<Refusal | null> {
		let refusal: Refusal | null = null;
		try {
			for (let again = true; again; ) {
				const duty = findDuty(this.database, layout);
				if (!duty) break;
				const result = await performDuty(duty, this.partitionAt);
				const now = Date.now();
				const step = this.commit(() => finishDuty(this.database, duty, result, now));
				refusal = step.refusal ?? refusal;
				again = step.again;
			}
			return refusal;
		} finally {
			// Here and not in a later turn: whoever writes the next duty must not be told that it is being done.
			this.running.delete(id);
		}
	}

	private readonly partitionAt: PartitionAt = (queue, index) => {
		const { location } = queue.settings;
		return this.env.PARTITION.getByName(
			partitionObjectName(queue, index),
			location === null ? {} : { locationHint: location },
		);
	};
}
