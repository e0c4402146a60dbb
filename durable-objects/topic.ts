import { DurableObject } from 'cloudflare:workers';
import { topicMigrations } from '../migrations/topic';
import { AlarmClock } from './alarm-clock';
import { Courier } from './courier';
import { waysTo } from './courier-sender';
import { Database, migrate } from './database';
import type { TopicCommand, TopicCommit } from './engine/topic/commands';
import { TopicEngine } from './engine/topic/engine';
import type { TopicEngineFigures } from './engine/topic/figures';
import type { TopicParcel } from './engine/topic/memory';
import type { Env } from './env';
import { Funnel } from './funnel';
import { Intake } from './intake';
import {
	type Delivery,
	type DeliveryResult,
	fromText,
	isRefusal,
	LastText,
	LIMITS,
	type Packed,
	type PublishOutcome,
	type PublishOutcomes,
	publishAnswer,
	type Refusal,
	type Subscription,
	type Text,
	type Topic,
	type TopicFigures,
	toText,
	unpack,
} from './protocol';

/** A command on its way through the funnel. */
interface Entry {
	readonly command: TopicCommand;
	readonly resolve: (result: unknown) => void;
	readonly reject: (error: unknown) => void;
}

/** What the courier asks of its own object. */
const COURIERS: ReadonlySet<TopicCommand['kind']> = new Set(['passed', 'route', 'skipTerm']);

/** A topic counts as being published to for so long after a publish. */
const BUSY_MS = 100;

/** Up to so many subscriptions a parcel goes out as soon as the one before is answered. */
const UNPACED_SUBSCRIPTIONS = 4;

/**
 * The shell of one partition of a topic: the clock, the transaction, the courier and the alarm; every decision is the
 * engine's. A publish is answered when it is durable here, whatever the number of subscriptions.
 */
export class TopicPartition extends DurableObject<Env> {
	private readonly storage: DurableObjectStorage;
	protected readonly database: Database;
	private engine: TopicEngine;
	private readonly tag: string;
	private readonly courier: Courier<TopicParcel>;
	private readonly funnel: Funnel<Entry>;
	private readonly alarmClock: AlarmClock;
	private readonly settings = new LastText<Topic>();
	private readonly intake = new Intake();
	private busyUntil = 0;
	/** What ends the next pause, and when. */
	private timer: { readonly at: number; readonly stop: () => void } | undefined;
	/** Each subscription as it was told last. */
	private readonly stamps = new Map<string, string>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		this.storage = ctx.storage;
		this.database = new Database(this.storage.sql);
		this.tag = ctx.id.toString().slice(0, 16);
		this.storage.transactionSync(() => migrate(this.database, topicMigrations));
		this.engine = new TopicEngine(this.database, this.tag);
		this.alarmClock = new AlarmClock(this.storage);
		this.funnel = new Funnel(
			(group) => this.commit(group),
			() => this.storage.sync(),
		);
		const topic = () => this.engine.topic as Topic;
		this.courier = new Courier<TopicParcel>({
			...waysTo(env),
			owed: () => this.engine.owed(),
			parcelFor: (subscription) => this.engine.parcelFor(subscription),
			setRoute: (parcel, route) => this.run({ kind: 'route', topic: topic(), parcel, route }),
			setTaken: (parcel, positions) => this.run({ kind: 'passed', topic: topic(), parcel, positions }),
			giveBack: (parcel) => this.run({ kind: 'skipTerm', topic: topic(), parcel }),
			paceMs: (parcel) => this.paceMs(parcel),
		});
		ctx.blockConcurrencyWhile(async () => {
			await this.alarmClock.load();
			this.commit([]);
		});
	}

	async publish(topic: Text<Topic>, packed: Packed): Promise<Text<PublishOutcomes>> {
		this.busyUntil = Date.now() + BUSY_MS;
		const publish = () =>
			this.run<Refusal | PublishOutcome[]>({
				kind: 'publish',
				topic: this.settings.read(topic),
				messages: unpack(packed),
			});
		const outcomes = await this.intake.take(packed.messages.length + packed.bodies.length, publish);
		return publishAnswer(this.tag, outcomes, packed);
	}

	/** Takes what pipelines publish here. */
	async deliver(topic: Text<Topic>, delivery: Text<Delivery>): Promise<Text<DeliveryResult>> {
		return toText(await this.run({ kind: 'deliver', topic: this.settings.read(topic), delivery: fromText(delivery) }));
	}

	/** All subscriptions of the topic, as of its version. */
	async configure(topic: Topic, subscriptions: readonly Subscription[]): Promise<Refusal | null> {
		const refusal = await this.run<Refusal | null>({ kind: 'configure', topic, subscriptions });
		for (const { name, version, generation } of subscriptions) {
			const stamp = `${version}/${generation}`;
			// What made it late may be what was changed.
			if (this.stamps.get(name) !== stamp) this.courier.forgive(name);
			this.stamps.set(name, stamp);
		}
		void this.carry(true);
		return refusal;
	}

	destroy(topic: Topic): Promise<null> {
		return this.run({ kind: 'destroy', topic });
	}

	/** `subscription`: a name, or null for all. */
	async figures(topic: Topic, subscription: string | null): Promise<Refusal | TopicFigures> {
		const figures = await this.run<Refusal | TopicEngineFigures>({ kind: 'figures', topic, subscription });
		if (isRefusal(figures)) return figures;
		return {
			...figures,
			databaseBytes: this.storage.sql.databaseSize,
			subscriptions: figures.subscriptions.map((reader) => {
				const late = this.courier.latenessOf(reader.name);
				return { ...reader, courierError: late?.error ?? null, courierNextAttemptAt: late?.nextAt ?? null };
			}),
		};
	}

	override async alarm(): Promise<void> {
		this.alarmClock.rang();
		const { topic } = this.engine;
		if (topic !== undefined) await this.run({ kind: 'tick', topic });
	}

	private run<Result>(command: TopicCommand): Promise<Result> {
		return new Promise<Result>((resolve, reject) => {
			this.funnel.enter({ command, resolve: resolve as (result: unknown) => void, reject });
		});
	}

	/** One transaction for the whole group. Answers whether it wrote anything. */
	private commit(group: readonly Entry[]): boolean {
		const rowsBefore = this.database.rowsWritten;
		const commands = group.map((entry) => entry.command);
		let commit: TopicCommit;
		try {
			commit = this.storage.transactionSync(() => this.engine.commit(commands, Date.now()));
		} catch (error) {
			// The rows are as before; memory may not be.
			this.engine = new TopicEngine(this.database, this.tag);
			if (group.length === 0) throw error;
			// One command must not fail its neighbours: each gets a transaction of its own.
			if (group.length > 1) for (const entry of group) this.commit([entry]);
			else group[0]?.reject(error);
			return true;
		}
		for (const [index, entry] of group.entries()) entry.resolve(commit.results[index]);
		const isOwn = group.length > 0 && group.every(({ command }) => COURIERS.has(command.kind));
		this.arm(commit.dueAt, isOwn);
		return this.database.rowsWritten > rowsBefore;
	}

	/** The alarm comes no later than the next thing that is due by time, or than what a crash would leave undone. */
	private arm(dueAt: number | null, isCouriers: boolean): void {
		if (dueAt !== null) this.alarmClock.noLaterThan(dueAt);
		const at = this.courier.dueAt(Date.now());
		if (at === undefined) return;
		this.alarmClock.noLaterThan(Math.max(at, Date.now() + LIMITS.courierInitialBackoffMs));
		// What the courier does itself starts no other turn: it says when there is more.
		if (isCouriers) return;
		// After this commit is durable: what is sent must not be lost here.
		void this.storage.sync().then(() => this.carry(true));
	}

	/** A pause that the pace asks for is waited for here, once per request; for all else that is left there is the alarm. */
	private async carry(mayWait: boolean): Promise<void> {
		await this.courier.run((at) => {
			const now = Date.now();
			const isPause = at > now && at - now <= LIMITS.courierMaxPaceMs;
			if (mayWait && isPause) this.carryAt(at, now);
			else this.alarmClock.noLaterThan(at);
		});
	}

	/** The earliest pause counts: what is over then says when the next one is. All end when nobody publishes any more. */
	private carryAt(pauseEndsAt: number, now: number): void {
		const at = Math.min(pauseEndsAt, Math.max(now, this.busyUntil));
		if (this.timer !== undefined && this.timer.at <= at) return;
		this.timer?.stop();
		const timeout = setTimeout(() => {
			this.timer = undefined;
			if (Date.now() >= this.busyUntil) this.courier.endPauses();
			void this.carry(false);
		}, at - now);
		this.timer = { at, stop: () => clearTimeout(timeout) };
	}

	/**
	 * While publishers are at it, subscriptions share a rate of parcels and of copies instead of taking one per publish each:
	 * publishing stays as fast as it is with one subscription, and what gathers meanwhile costs fewer rows. It is a courtesy
	 * for a while only: messages that have waited for long go at full speed.
	 */
	private paceMs({ messages }: TopicParcel): number {
		const { subscriptions } = this.engine;
		const now = Date.now();
		if (now >= this.busyUntil || subscriptions <= UNPACED_SUBSCRIPTIONS) return 0;
		if (now - (messages[0]?.publishedAt ?? now) > LIMITS.courierPatienceMs) return 0;
		const parcelMs = Math.max(LIMITS.courierPaceMs, messages.length * LIMITS.courierCopyPaceMs);
		return Math.min(LIMITS.courierMaxPaceMs, Math.ceil(parcelMs * subscriptions));
	}
}
