import type { Parcel } from './engine/outbox';
import {
	type CarriedMessage,
	type Delivery,
	type DeliveryResult,
	isRefusal,
	LIMITS,
	partitionOfKey,
	type Queue,
	type Refusal,
} from './protocol';

/** What the courier needs of the object it works for. */
export interface Sender {
	/** Names this object to the targets: they remember per source what they took. */
	readonly source: string;
	owedQueues(): ReadonlySet<string>;
	parcelFor(queue: string): { readonly parcel: Parcel | undefined; readonly route: Queue | undefined };
	/** Durable before it resolves. */
	setRoute(queue: string, route: Queue): Promise<void>;
	setTaken(parcel: Parcel, positions: ReadonlySet<number>): Promise<void>;
	/** Takes what was redriven back into the log. */
	giveBack(parcel: Parcel): Promise<void>;
	resolve(queue: string): Promise<Refusal | Queue>;
	deliver(queue: Queue, index: number, delivery: Delivery): Promise<DeliveryResult>;
	now(): number;
}

interface Lateness {
	attempts: number;
	nextAt: number;
	error: string;
}

/**
 * Carries what an object owes to other queues: one parcel at a time per queue, in order, until the target has it
 * durably. It may be interrupted anywhere: parcels stay until their messages are known to be taken, the target
 * knows repeats by their positions, and the route is fixed before anything is sent, so that repeats reach the
 * partition that has seen them. A queue that cannot be reached delays no other.
 */
export class Courier {
	private readonly under = new Set<string>();
	private readonly late = new Map<string, Lateness>();

	constructor(private readonly sender: Sender) {}

	/** Starts on every queue that is owed something, is not under way and not waiting for its next attempt. */
	start(): Promise<void>[] {
		const now = this.sender.now();
		const started: Promise<void>[] = [];
		for (const queue of this.sender.owedQueues()) {
			if (this.under.has(queue) || (this.late.get(queue)?.nextAt ?? 0) > now) continue;
			this.under.add(queue);
			started.push(this.carry(queue));
		}
		return started;
	}

	/** When the alarm must come for it; undefined when nothing is owed. While it runs, a crash must not end it. */
	dueAt(now: number): number | undefined {
		let at: number | undefined;
		for (const queue of this.sender.owedQueues()) {
			// Under way: only a crash needs the alarm.
			const late = this.under.has(queue) ? undefined : this.late.get(queue);
			const next = late?.nextAt ?? now + LIMITS.courierInitialBackoffMs;
			at = Math.min(at ?? next, Math.max(next, now));
		}
		return at;
	}

	/** Why the latest queue is late, and when it is tried again. */
	lateness(): { readonly error: string; readonly nextAt: number } | undefined {
		return [...this.late.values()].sort((a, b) => b.attempts - a.attempts)[0];
	}

	private async carry(queue: string): Promise<void> {
		try {
			for (let sent = true; sent; ) sent = await this.carryOne(queue);
			this.late.delete(queue);
		} catch (error) {
			const attempts = (this.late.get(queue)?.attempts ?? 0) + 1;
			const delayMs = Math.min(LIMITS.courierMaxBackoffMs, LIMITS.courierInitialBackoffMs * 2 ** (attempts - 1));
			const message = error instanceof Error ? error.message : String(error);
			this.late.set(queue, { attempts, nextAt: this.sender.now() + delayMs, error: `${queue}: ${message}` });
		} finally {
			this.under.delete(queue);
		}
	}

	/** Sends the oldest parcel; false when there is none. Throws where the target does not take it now. */
	private async carryOne(queue: string): Promise<boolean> {
		const { parcel, route } = this.sender.parcelFor(queue);
		if (parcel === undefined) return false;
		const target = route ?? (await this.fixRoute(queue));
		if (isRefusal(target)) return this.giveUp(queue, target);
		const groups = byPartition(parcel.messages, target.settings.partitions);
		const answers = await Promise.all(
			[...groups].map(async ([index, messages]) => ({
				messages,
				result: await this.sender.deliver(target, index, { source: this.sender.source, messages }).catch(failed),
			})),
		);
		const taken = new Set<number>();
		const refusals: Refusal[] = [];
		const errors: Error[] = [];
		for (const { messages, result } of answers) {
			if (result instanceof Error) {
				errors.push(result);
				continue;
			}
			for (const { courierPosition } of messages) if (courierPosition <= result.taken) taken.add(courierPosition);
			if (result.refusal !== undefined) refusals.push(result.refusal);
		}
		if (taken.size > 0) await this.sender.setTaken(parcel, taken);
		// Only when every partition has said what it took may the rest go another way.
		if (errors[0] !== undefined) throw errors[0];
		if (refusals.some((refusal) => MOVED.has(refusal.refused))) {
			const moved = await this.fixRoute(queue);
			if (isRefusal(moved)) return this.giveUp(queue, moved);
		}
		if (refusals[0] !== undefined) throw new Error(refusals[0].detail);
		return true;
	}

	private async fixRoute(queue: string): Promise<Refusal | Queue> {
		const target = await this.sender.resolve(queue);
		if (!isRefusal(target)) await this.sender.setRoute(queue, target);
		return target;
	}

	/** There is nowhere to go. What was redriven returns to where it was; a dead letter waits for its queue. */
	private async giveUp(queue: string, { refused, detail }: Refusal): Promise<boolean> {
		const { parcel } = this.sender.parcelFor(queue);
		if (refused !== 'queue_not_found' || !parcel?.messages.some((message) => message.isRedriven))
			throw new Error(detail);
		await this.sender.giveBack(parcel);
		return true;
	}
}

/** The partitions that the route names are not the queue's any more. */
const MOVED: ReadonlySet<string> = new Set(['settings_stale', 'queue_not_found']);

/** Without a key, a message's id chooses: any partition will do, but always the same. */
function byPartition(messages: readonly CarriedMessage[], partitions: number): Map<number, CarriedMessage[]> {
	const groups = new Map<number, CarriedMessage[]>();
	for (const message of messages) {
		const index = partitionOfKey(message.key ?? message.id, partitions);
		const group = groups.get(index);
		if (group === undefined) groups.set(index, [message]);
		else group.push(message);
	}
	return groups;
}

function failed(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
