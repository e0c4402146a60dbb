import {
	type Address,
	type CarriedMessage,
	type Delivery,
	type DeliveryResult,
	isRefusal,
	LIMITS,
	type Parcel,
	partitionOfKey,
	type Refusal,
	type Target,
} from './protocol';

/**
 * What the courier needs of the object it works for. It carries along lines, each in order and apart from the others: a
 * partition has one per target, a topic one per subscription.
 */
export interface Sender<P extends Parcel> {
	/** Lines that have something to carry. */
	owed(): Iterable<string>;
	parcelFor(line: string): { readonly parcel: P | undefined; readonly route: Target | undefined };
	/** Durable before it resolves. */
	setRoute(parcel: P, route: Target): Promise<void>;
	setTaken(parcel: P, positions: ReadonlySet<number>): Promise<void>;
	/** There is no such target: true where another way was found for the parcel. */
	giveBack(parcel: P): Promise<boolean>;
	resolve(target: Address): Promise<Refusal | Target>;
	deliver(target: Target, index: number, delivery: Delivery): Promise<DeliveryResult>;
	/** The least time from this parcel to the next one of its line: what comes meanwhile goes together. */
	paceMs(parcel: P): number;
	/**
	 * Lets everything else go first. Where all objects share one process (workerd on one machine), calls from one to the other are
	 * answered without ever looking at a socket: without this a publish would be answered when its last copy is delivered.
	 */
	giveWay(): Promise<void>;
	now(): number;
}

export interface Lateness {
	readonly attempts: number;
	readonly nextAt: number;
	readonly error: string;
}

/** What one request does: lines that are still to be served, and parcels read and calls made that it still has. */
interface Turn {
	readonly lines: string[];
	calls: number;
}

/**
 * Carries what an object owes: one parcel at a time per line, in order, until the target has it durably. It may be
 * interrupted anywhere: parcels stay until their messages are known to be taken, the target knows repeats by their
 * positions, and the route is fixed before anything is sent, so that repeats reach the partition that has seen them. A
 * target that cannot be reached delays no other line.
 */
export class Courier<P extends Parcel> {
	private readonly under = new Set<string>();
	private readonly late = new Map<string, Lateness>();
	private readonly pausedUntil = new Map<string, number>();
	private workers = 0;

	constructor(private readonly sender: Sender<P>) {}

	/** Starts on lines that may be carried now, so many at once as is allowed; each promise is a worker's end. */
	start(): Promise<void>[] {
		const room = LIMITS.courierCallsAtOnce - this.workers;
		if (room <= 0) return [];
		const now = this.sender.now();
		const lines = [...this.sender.owed()].filter((line) => this.mayCarry(line, now));
		const turn: Turn = { lines, calls: LIMITS.courierCallsPerTurn };
		return Array.from({ length: Math.min(room, turn.lines.length) }, () => this.work(turn));
	}

	/**
	 * Carries what may be carried now, and then says when to go on with what is left: at once, but in another request,
	 * since the calls to objects that one request may make are bounded.
	 */
	async run(goOn: (at: number) => void): Promise<void> {
		const started = this.start();
		if (started.length === 0) return;
		await Promise.all(started);
		const now = this.sender.now();
		const hasMore = [...this.sender.owed()].some((line) => this.mayCarry(line, now));
		const at = hasMore ? now : this.dueAt(now);
		if (at !== undefined) goOn(at);
	}

	/** When something must happen for it; undefined when nothing is owed. While it runs, a crash must not end it. */
	dueAt(now: number): number | undefined {
		let at: number | undefined;
		for (const line of this.sender.owed()) {
			// Under way: only a crash needs the alarm.
			const pausedUntil = this.under.has(line)
				? undefined
				: (this.late.get(line)?.nextAt ?? this.pausedUntil.get(line));
			const next = Math.max(pausedUntil ?? now + LIMITS.courierInitialBackoffMs, now);
			at = Math.min(at ?? next, next);
		}
		return at;
	}

	/** Why a line is late, and when it is tried again. */
	latenessOf(line: string): Lateness | undefined {
		return this.late.get(line);
	}

	/** The same of the line that is late for longest. */
	lateness(): Lateness | undefined {
		return [...this.late.values()].sort((a, b) => b.attempts - a.attempts)[0];
	}

	private mayCarry(line: string, now: number): boolean {
		if (this.under.has(line)) return false;
		return (this.late.get(line)?.nextAt ?? 0) <= now && (this.pausedUntil.get(line) ?? 0) <= now;
	}

	private async work(turn: Turn): Promise<void> {
		this.workers++;
		try {
			for (let line = turn.lines.shift(); line !== undefined && turn.calls > 0; line = turn.lines.shift()) {
				if (this.mayCarry(line, this.sender.now())) await this.carry(line, turn);
			}
		} finally {
			this.workers--;
		}
	}

	private async carry(line: string, turn: Turn): Promise<void> {
		this.under.add(line);
		this.pausedUntil.delete(line);
		try {
			for (let parcels = LIMITS.courierParcelsInARow; parcels > 0 && turn.calls > 0; parcels--) {
				await this.sender.giveWay();
				if (!(await this.carryOne(line, turn)) || this.pausedUntil.has(line)) break;
			}
			this.late.delete(line);
		} catch (error) {
			const attempts = (this.late.get(line)?.attempts ?? 0) + 1;
			const delayMs = Math.min(LIMITS.courierMaxBackoffMs, LIMITS.courierInitialBackoffMs * 2 ** (attempts - 1));
			const message = error instanceof Error ? error.message : String(error);
			this.late.set(line, { attempts, nextAt: this.sender.now() + delayMs, error: `${line}: ${message}` });
			// From here on the delay counts: a pause besides could be the longer one if the clock was set back.
			this.pausedUntil.delete(line);
		} finally {
			this.under.delete(line);
		}
	}

	/** Sends the oldest parcel; false when there is none. Throws where the target does not take it now. */
	private async carryOne(line: string, turn: Turn): Promise<boolean> {
		const { parcel, route } = this.sender.parcelFor(line);
		if (parcel === undefined) return false;
		turn.calls--;
		if (parcel.messages.length === 0) {
			// A filter has let nothing through: there is nothing to send, but the line is further.
			await this.sender.setTaken(parcel, new Set());
			return true;
		}
		this.pause(line, parcel);
		const target = route ?? (await this.fixRoute(parcel, turn));
		if (isRefusal(target)) return this.giveUp(parcel, target);
		const { taken, refusals, errors } = await this.send(parcel, target, turn);
		if (taken.size > 0) await this.sender.setTaken(parcel, taken);
		// Only when every partition has said what it took may the rest go another way.
		if (errors[0] !== undefined) throw errors[0];
		if (refusals.some((refusal) => MOVED.has(refusal.refused))) {
			const moved = await this.fixRoute(parcel, turn);
			if (isRefusal(moved)) return this.giveUp(parcel, moved);
		}
		if (refusals[0] !== undefined) throw new Error(refusals[0].detail);
		return true;
	}

	/** To every partition of the target that has messages in the parcel, at once. */
	private async send({ source, generation, messages: all }: P, target: Target, turn: Turn) {
		const taken = new Set<number>();
		const refusals: Refusal[] = [];
		const errors: Error[] = [];
		const parts = [...byPartition(all, target.settings.partitions)];
		turn.calls -= parts.length - 1;
		const deliveries = parts.map(async ([index, messages]) => {
			const result = await this.sender.deliver(target, index, { source, generation, messages }).catch(failed);
			if (result instanceof Error) return errors.push(result);
			for (const { courierPosition } of messages) if (courierPosition <= result.taken) taken.add(courierPosition);
			return result.refusal === undefined ? 0 : refusals.push(result.refusal);
		});
		await Promise.all(deliveries);
		return { taken, refusals, errors };
	}

	private pause(line: string, parcel: P): void {
		const paceMs = this.sender.paceMs(parcel);
		if (paceMs > 0) this.pausedUntil.set(line, this.sender.now() + paceMs);
	}

	private async fixRoute(parcel: P, turn: Turn): Promise<Refusal | Target> {
		turn.calls--;
		const target = await this.sender.resolve(parcel.target);
		if (!isRefusal(target)) await this.sender.setRoute(parcel, target);
		return target;
	}

	/** There is nowhere to go: what has no other way waits for its target. */
	private async giveUp(parcel: P, { refused, detail }: Refusal): Promise<boolean> {
		if (NOWHERE.has(refused) && (await this.sender.giveBack(parcel))) return true;
		throw new Error(detail);
	}
}

const NOWHERE: ReadonlySet<string> = new Set(['queue_not_found', 'topic_not_found']);

/** The partitions that the route names are not the target's any more. */
const MOVED: ReadonlySet<string> = new Set(['settings_stale', ...NOWHERE]);

/** Messages whose positions share this many go together where nothing else tells where they go. */
const TOGETHER = 128;

/** By key; else by what is the message's own, so that repeats go the same way, and dedupIds meet; else many together. */
function byPartition(
	messages: readonly CarriedMessage[],
	partitions: number,
): ReadonlyMap<number, readonly CarriedMessage[]> {
	if (partitions === 1) return new Map([[0, messages]]);
	const groups = new Map<number, CarriedMessage[]>();
	for (const message of messages) {
		const { key, dedupId, id, courierPosition } = message;
		const name = key ?? (id === undefined ? (dedupId ?? String(Math.floor(courierPosition / TOGETHER))) : id);
		const index = partitionOfKey(name, partitions);
		const group = groups.get(index);
		if (group === undefined) groups.set(index, [message]);
		else group.push(message);
	}
	return groups;
}

function failed(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
