import { DurableObject } from 'cloudflare:workers';
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
import { Intake } from './intake';
import type * as protocol from './protocol';
import {
	fromText,
	isRefusal,
	LastText,
	LIMITS,
	type Packed,
	publishAnswer,
	type Queue,
	type ReceivedMessage,
	type Refusal,
	type Text,
	toText,
	unpack,
} from './protocol';
import { type Entry, isNothing, type Wait, type WaitAnswer, Waiters } from './waiters';

/** What the courier asks of its own object. */
const COURIERS: ReadonlySet<Command['kind']> = new Set(['taken', 'route', 'giveBack']);

/**
 * The shell of a partition: the clock, the transaction, the waiters and the alarm; every decision is the engine's.
 * One funnel: commands that arrive while a commit is being made durable form the next one ("group commit").
 */
export class Partition extends DurableObject<Env> {
	/** Read once: every access to `ctx.storage` builds a wrapper anew. */
	private readonly storage: DurableObjectStorage;
	protected readonly database: Database;
	private engine: PartitionEngine;
	private readonly tag: string;
	private readonly waiters = new Waiters();
	private readonly intake = new Intake();
	private readonly courier: Courier<OutboxParcel>;
	private readonly funnel: Funnel<Entry>;
	private readonly alarmClock: AlarmClock;
	private isSoon = false;
	private readonly settings = new LastText<Queue>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.storage = ctx.storage;
		this.database = new Database(this.storage.sql);
		this.tag = ctx.id.toString().slice(0, 16);
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

	async publish(queue: Text<Queue>, packed: Packed): Promise<Text<protocol.PublishOutcomes>> {
		type Outcomes = Refusal | protocol.PublishOutcome[];
		const command = () => ({ queue: this.settings.read(queue), messages: unpack(packed) });
		const publish = () => this.run<Outcomes>({ kind: 'publish', ...command() });
		return publishAnswer(await this.intake.take(packed.messages.length + packed.bodies.length, publish));
	}

	async receive(
		queue: Text<Queue>,
		command: Text<protocol.ReceiveCommand>,
	): Promise<Text<Refusal | ReceivedMessage[]>> {
		return toText(await this.run({ kind: 'receive', queue: this.settings.read(queue), command: fromText(command) }));
	}

	async settle(
		queue: Text<Queue>,
		command: Text<protocol.SettleCommand>,
	): Promise<Text<Refusal | protocol.SettleResult>> {
		return toText(await this.run({ kind: 'settle', queue: this.settings.read(queue), command: fromText(command) }));
	}

	/** A settle with handovers. A method of its own: an object that still runs code from before it must not acknowledge alone. */
	handOver(queue: Text<Queue>, command: Text<protocol.SettleCommand>): Promise<Text<Refusal | protocol.SettleResult>> {
		return this.settle(queue, command);
	}

	browse(queue: Queue, command: protocol.BrowseCommand): Promise<Refusal | protocol.BrowseResult> {
		return this.run({ kind: 'browse', queue, command });
	}

	look(queue: Queue, id: string): Promise<Refusal | protocol.BrowsedMessage> {
		return this.run({ kind: 'look', queue, id });
	}

	remove(queue: Queue, id: string): Promise<Refusal | protocol.BrowsedMessage> {
		return this.run({ kind: 'remove', queue, id });
	}

	redrive(queue: Queue, command: protocol.RedriveCommand): Promise<Refusal | protocol.RedriveResult> {
		return this.run({ kind: 'redrive', queue, command });
	}

	/** The newest redrives of this partition, the newest first. */
	redrives(queue: Queue): Promise<Refusal | protocol.RedriveRun[]> {
		return this.run({ kind: 'redrives', queue });
	}

	/** Ends a running redrive: what has left is on its way, the rest stays. Refused with `redrive_not_found`. */
	cancelRedrive(queue: Queue, id: string): Promise<Refusal | protocol.RedriveRun> {
		return this.run({ kind: 'cancelRedrive', queue, id });
	}

	purge(queue: Queue, forgetDedup = false): Promise<Refusal | { purged: number }> {
		return this.run({ kind: 'purge', queue, forgetDedup });
	}

	/** Adopts newer settings at once, e.g. so that a resume wakes who waits. */
	configure(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'configure', queue });
	}

	async deliver(queue: Text<Queue>, delivery: Text<protocol.Delivery>): Promise<Text<protocol.DeliveryResult>> {
		return toText(await this.run({ kind: 'deliver', queue: this.settings.read(queue), delivery: fromText(delivery) }));
	}

	seal(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'seal', queue });
	}

	unseal(queue: Queue): Promise<Refusal | null> {
		return this.run({ kind: 'unseal', queue });
	}

	destroy(queue: Queue): Promise<null> {
		return this.run({ kind: 'destroy', queue });
	}

	async figures(queue: Queue): Promise<Refusal | protocol.Figures> {
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
		return Response.json(await this.wait(await request.json<Wait>(), request.signal));
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

	private run<Result>(command: Command): Promise<Result> {
		return new Promise<Result>((resolve, reject) => {
			this.funnel.enter({ command, resolve: resolve as (result: unknown) => void, reject });
		});
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
