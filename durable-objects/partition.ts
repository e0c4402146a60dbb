import { partitionMigrations } from '../migrations/partition';
import { AlarmClock, earlier } from './alarm-clock';
import { Courier } from './courier';
import { outboxOf, waysTo } from './courier-sender';
import { Database, migrate } from './database';
import { type Command, type Commit, DEFERRED } from './engine/commands';
import { PartitionEngine } from './engine/engine';
import type { EngineFigures } from './engine/figures';
import type { OutboxParcel } from './engine/outbox';
import type { Env } from './env';
import { Funnel } from './funnel';
import { PartitionCalls } from './partition-calls';
import { type Figures, isRefusal, LIMITS, packReceived, type Queue, type Refusal } from './protocol';
import { type Entry, isNothing, type Wait, type WaitAnswer, Waiters } from './waiters';

/** What the courier asks of its own object. */
const COURIERS: ReadonlySet<Command['kind']> = new Set(['taken', 'route', 'giveBack']);

/**
 * The shell of a partition: the clock, the transaction, the waiters and the alarm; every decision is the engine's.
 * One funnel: commands that arrive while a commit is being made durable form the next one ("group commit").
 */
export class Partition extends PartitionCalls {
	/** Read once: every access to `ctx.storage` builds a wrapper anew. */
	private readonly storage: DurableObjectStorage;
	protected readonly database: Database;
	private engine: PartitionEngine;
	private readonly waiters = new Waiters();
	private readonly courier: Courier<OutboxParcel>;
	private readonly funnel: Funnel<Entry>;
	private readonly alarmClock: AlarmClock;
	private isSoon = false;

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.storage = ctx.storage;
		this.database = new Database(this.storage.sql);
		this.storage.transactionSync(() => migrate(this.database, partitionMigrations));
		this.engine = new PartitionEngine(this.database, this.tag);
		this.alarmClock = new AlarmClock(this.storage);
		this.funnel = new Funnel(
			(group) => this.commit(group),
			() => this.storage.sync(),
		);
		this.courier = new Courier({
			...waysTo(env),
			...outboxOf(
				() => this.engine,
				(command) => this.run(command),
			),
		});
		ctx.blockConcurrencyWhile(async () => {
			await this.alarmClock.load();
			this.commit([]);
		});
	}

	async figures(queue: Queue): Promise<Refusal | Figures> {
		const figures = await this.run<Refusal | EngineFigures>({ kind: 'figures', queue });
		if (isRefusal(figures)) return figures;
		const late = this.courier.lateness();
		return {
			...figures,
			waiters: this.waiters.size,
			databaseBytes: this.storage.sql.databaseSize,
			courierError: late?.error ?? null,
			courierNextAttemptAt: late?.nextAt ?? null,
		};
	}

	/** The long poll. A request, not a method, because only a request tells when its client is gone. */
	override async fetch(request: Request): Promise<Response> {
		const answer = await this.wait(await request.json<Wait>(), request.signal);
		return Response.json('messages' in answer ? packReceived(this.tag, answer.messages) : answer);
	}

	override async alarm(): Promise<void> {
		this.alarmClock.rang();
		const { queue } = this.engine;
		if (queue !== undefined) await this.run({ kind: 'tick', queue });
	}

	private wait(wait: Wait, gone: AbortSignal): Promise<WaitAnswer> {
		return new Promise((resolve, reject) => {
			this.funnel.enter({ ...this.waiters.entry(wait, gone, resolve), reject });
		});
	}

	protected override enter(...entries: readonly Entry[]): void {
		this.funnel.enter(...entries);
	}

	/** One transaction for the whole group. Answers whether it wrote anything. */
	private commit(group: readonly Entry[]): boolean {
		const now = Date.now();
		const rowsBefore = this.database.rowsWritten;
		const commands = group.map((entry) => entry.command);
		let commit: Commit;
		try {
			commit = this.storage.transactionSync(() => this.engine.commit(commands, this.waiters.commands(), now));
		} catch (error) {
			// The rows are as before; memory may not be.
			this.engine = new PartitionEngine(this.database, this.tag);
			if (group.length === 0) throw error;
			// One command must not fail its neighbours: each gets a transaction of its own.
			if (group.length > 1) for (const entry of group) this.commit([entry]);
			else group[0]?.reject(error);
			return true;
		}
		this.waiters.serve(commit.served);
		for (const [index, entry] of group.entries()) this.answer(entry, commit.results[index], now);
		if (this.waiters.size > 0 && this.engine.closed !== undefined) this.waiters.dismiss(this.engine.closed);
		this.wakeSleepers(now);
		if (commit.again && this.waiters.hasLeasing()) this.soon(0);
		const isOwn = group.length > 0 && group.every(({ command }) => COURIERS.has(command.kind));
		this.arm(commit.dueAt, commit.visibleAt, isOwn, now);
		return this.database.rowsWritten > rowsBefore;
	}

	private answer(entry: Entry, result: unknown, now: number): void {
		if (result === DEFERRED) this.funnel.enter(entry);
		else if (entry.park === undefined || !isNothing(entry.command, result, () => this.engine.available(now)))
			entry.resolve(result);
		else entry.park();
	}

	/** The alarm comes no later than the next thing that is due by time. */
	private arm(dueAt: number | null, visibleAt: number | null, isCouriers: boolean, now: number): void {
		// What the courier does itself starts no other turn: it says when there is more.
		if (!isCouriers && this.engine.owedTargets.length > 0) {
			// After this commit is durable: what is sent must not be lost here.
			void this.storage.sync().then(() => this.courier.run((at) => this.alarmClock.noLaterThan(at)));
		}
		let at = earlier(dueAt, this.courier.dueAt(now) ?? null);
		if (this.waiters.size > 0) at = earlier(at, visibleAt);
		if (at !== null) this.alarmClock.noLaterThan(at);
	}

	/** A sleeper that was woken may find its batch full elsewhere, or its client gone: then another one is woken. */
	private wakeSleepers(now: number): void {
		if (!this.waiters.hasSleeping()) return;
		const available = this.engine.available(now);
		if (available === 0) return;
		this.waiters.wake(available);
		if (this.waiters.hasSleeping()) this.soon(LIMITS.wakeAgainMs);
	}

	/** Another commit without anybody asking; at most one is under way. */
	private soon(delayMs: number): void {
		if (this.isSoon) return;
		this.isSoon = true;
		setTimeout(() => {
			this.isSoon = false;
			this.tick();
		}, delayMs);
	}

	private tick(): void {
		const { queue } = this.engine;
		if (queue !== undefined) void this.run({ kind: 'tick', queue });
	}
}
