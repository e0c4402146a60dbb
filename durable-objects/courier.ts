import { type Lateness, Lines, PartlyTaken } from './courier-lines';
import { byPartition } from './courier-parts';
import {
	type Address,
	type Delivery,
	type DeliveryResult,
	isRefusal,
	LIMITS,
	type Parcel,
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
	/** Durable before it resolves. False where the parcel may not go there: what has its name by now is not what was meant. */
	setRoute(parcel: P, route: Target): Promise<boolean>;
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

/** What one request does: lines that are still to be served, and parcels read and calls made that it still has. */
interface Turn {
	readonly lines: string[];
	/** Parcels of one line in a row: the fewer, the more lines share the turn. */
	readonly inARow: number;
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
	private readonly lines = new Lines();
	private workers = 0;

	constructor(private readonly sender: Sender<P>) {}

	/** Starts on lines that may be carried now, so many at once as is allowed; each promise is a worker's end. */
	start(): Promise<void>[] {
		const room = LIMITS.courierCallsAtOnce - this.workers;
		if (room <= 0) return [];
		const now = this.sender.now();
		const owed = [...this.sender.owed()];
		this.lines.prune(owed, now);
		const lines = this.lines.inTurn(owed.filter((line) => this.mayCarry(line, now)));
		const share = Math.ceil(LIMITS.courierCallsPerTurn / Math.max(1, lines.length));
		const inARow = Math.min(LIMITS.courierParcelsInARow, share);
		const turn: Turn = { lines, inARow, calls: LIMITS.courierCallsPerTurn };
		return Array.from({ length: Math.min(room, turn.lines.length) }, () => this.work(turn));
	}

	/**
	 * Carries what may be carried now, and then says when to go on with what is left: at once, but in another request,
	 * since the calls to objects that one request may make are bounded.
	 */
	async run(goOn: (at: number) => void): Promise<void> {
		const started = this.start();
		// Those that are at work say what is left when they end.
		if (started.length === 0 && this.workers > 0) return;
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
			const until = this.under.has(line) ? undefined : this.lines.waitsUntil(line);
			// One whose time has come is started now, or waits for a worker: the alarm could do nothing more for it.
			const next = until !== undefined && until > now ? until : now + LIMITS.courierInitialBackoffMs;
			at = Math.min(at ?? next, next);
		}
		return at;
	}

	/** Why a line is late, and when it is tried again. */
	latenessOf(line: string): Lateness | undefined {
		return this.lines.latenessOf(line);
	}

	/** The same of the line that has failed most often. */
	lateness(): Lateness | undefined {
		return this.lines.latest();
	}

	/** What the pace was for is over. */
	endPauses(): void {
		this.lines.endPauses();
	}

	/** The line has been changed: it is tried at once. */
	forgive(line: string): void {
		this.lines.forgive(line);
	}

	private mayCarry(line: string, now: number): boolean {
		return !this.under.has(line) && this.lines.mayGo(line, now);
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
		this.lines.begin(line);
		try {
			for (let parcels = turn.inARow; parcels > 0 && turn.calls > 0; parcels--) {
				await this.sender.giveWay();
				if (!(await this.carryOne(line, turn)) || this.lines.isPaused(line)) break;
			}
			this.lines.succeed(line);
		} catch (error) {
			this.lines.fail(line, error, this.sender.now());
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
		if (taken.size > 0) {
			await this.sender.setTaken(parcel, taken);
			this.lines.succeed(line);
		}
		// Only when every partition has said what it took may the rest go another way.
		if (errors[0] !== undefined) throw errors[0];
		if (refusals.some((refusal) => MOVED.has(refusal.refused))) {
			const moved = await this.fixRoute(parcel, turn);
			if (isRefusal(moved)) return this.giveUp(parcel, moved);
		}
		const [refusal] = refusals;
		if (refusal !== undefined) throw taken.size > 0 ? new PartlyTaken(refusal.detail) : new Error(refusal.detail);
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
		if (paceMs > 0) this.lines.pause(line, this.sender.now() + paceMs);
	}

	private async fixRoute(parcel: P, turn: Turn): Promise<Refusal | Target> {
		turn.calls--;
		const target = await this.sender.resolve(parcel.target);
		if (isRefusal(target) || (await this.sender.setRoute(parcel, target))) return target;
		throw new Error(`The way to ${parcel.target} has changed meanwhile; it is looked for again.`);
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

function failed(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
