import type { ReceivedMessage, SettleOutcome } from '../../../durable-objects/protocol';
import { demand } from '../model';
import { MAX_RECEIVES } from './catalog';
import { draftOf, isAnnotated, type Stored } from './content';
import type { SimulatedPartition } from './objects';

/** A message of a queue, from its arrival to its end. */
interface Life {
	readonly id: string;
	readonly name: string;
	/** Whose copy it is, if any. */
	readonly copyOf: string | undefined;
	/** Where it was seen last. */
	on: SimulatedPartition;
	key: string | undefined;
	position: number;
	attempt: number;
	handedOutAt: number;
	until: number;
	/** It may be on its way to another queue. */
	mayLeave: boolean;
	/** Its queue was emptied while it may have been on its way out: whether it is still anywhere nobody promised. */
	mayBeGone: boolean;
}

/** A hand-out that was seen. */
export interface HandOut {
	readonly receipt: string;
	readonly on: SimulatedPartition;
	readonly id: string;
	readonly position: number;
	readonly attempt: number;
}

/** Messages that queues hold: each that is not finished is in one place. */
export class Lives {
	readonly handOuts = new Map<string, HandOut>();
	private readonly unfinished = new Map<string, Life>();
	private readonly lastFirst = new Map<string, number>();
	/** The latest that the clock has been: what ended by then has ended, though it was set back. */
	private latest = 0;

	noteTime(now: number): void {
		this.latest = Math.max(this.latest, now);
	}

	/** It has come into a queue: as a new one, or from another queue under the id it had. */
	arrive({ id, position, draft, head }: Stored, on: SimulatedPartition, isNew: boolean): void {
		const { name, key } = draft;
		const life = this.unfinished.get(id);
		demand(isAnnotated(head, draft), () => `${name} came into ${on.name} with ${JSON.stringify(head.annotations)}`);
		const copyOf = JSON.stringify(head.copyOf);
		const begun = { on, position, attempt: 0, handedOutAt: 0, until: 0, mayLeave: false };
		if (isNew) {
			demand(life === undefined, () => `${id} was given twice`);
			this.unfinished.set(id, { id, name, key, copyOf, mayBeGone: false, ...begun });
			return;
		}
		demand(life !== undefined, () => `P6: ${name} came into ${on.name}, though it is finished`);
		demand(
			life.copyOf === copyOf,
			() => `P6: ${name} came into ${on.name} as a copy of ${copyOf}, not of ${life.copyOf}`,
		);
		Object.assign(life, begun);
	}

	received(on: SimulatedPartition, messages: readonly ReceivedMessage[], now: number): void {
		for (const message of messages) {
			const { id, key, attempt, position, leaseExpiresAt } = message;
			const draft = draftOf(message.body);
			const { name } = draft;
			const life = this.unfinished.get(id);
			demand(life !== undefined, () => `P2: ${name} is finished, and was handed out again by ${on.name}`);
			demand(life.on === on, () => `P6: ${name} was handed out by ${on.name}, though it is in ${life.on.name}`);
			const isWhole = isAnnotated(message, draft) && JSON.stringify(message.copyOf) === life.copyOf;
			demand(isWhole, () => `P2: ${name} was handed out as ${JSON.stringify(message)}, a copy of ${life.copyOf}`);
			demand(life.until <= now, () => `P3: ${name} was handed out by ${on.name} while its lease runs`);
			const isNext = attempt === life.attempt + 1;
			demand(isNext, () => `P6: ${name} was handed out for the ${attempt}th time after ${life.attempt}`);
			const isDeadLetters = on.queue.endsWith('-dlq');
			demand(isDeadLetters || attempt <= MAX_RECEIVES, () => `P6: ${name} was handed out for the ${attempt}th time`);
			if (attempt === 1 && key !== undefined) {
				const last = this.lastFirst.get(`${on.name} ${key}`) ?? 0;
				demand(position > last, () => `P5: ${name} (${position}) came behind ${last}, which has its key`);
				this.lastFirst.set(`${on.name} ${key}`, position);
			}
			Object.assign(life, { attempt, handedOutAt: now, until: leaseExpiresAt ?? now });
			const receipt = `${on.queue}/${name}#${attempt}`;
			this.handOuts.delete(receipt);
			this.handOuts.set(receipt, { receipt, on, id, position, attempt });
		}
	}

	/** Whether its newest receipt this is; undefined where the message may have left, or ended without anybody. */
	isCurrent({ id, on, attempt }: HandOut): boolean | undefined {
		const life = this.unfinished.get(id);
		if (life === undefined || life.on !== on || life.attempt !== attempt) return false;
		return this.isSure(life) ? true : undefined;
	}

	/** Whether an earlier message of its key has been handed out to somebody else since; undefined as above. */
	isOvertaken({ id, on }: HandOut): boolean | undefined {
		const life = this.unfinished.get(id);
		if (life?.key === undefined || life.on !== on) return false;
		const others = [...this.unfinished.values()].filter(
			(other) => other.on === on && other.key === life.key && other.position < life.position && other.attempt > 0,
		);
		const apart = others.filter((other) => other.handedOutAt !== life.handedOutAt);
		if (apart.some((other) => this.isSure(other))) return true;
		return apart.length > 0 ? undefined : false;
	}

	settled(kind: 'ack' | 'retry', handOut: HandOut, { outcome }: SettleOutcome): void {
		const { id, receipt } = handOut;
		const isCurrent = this.isCurrent(handOut);
		const isRefused = outcome === 'stale' || outcome === 'unknown';
		demand(!isRefused || isCurrent !== true, () => `P4: ${kind} ${receipt} is ${outcome}`);
		demand(isRefused || isCurrent !== false, () => `P4: ${kind} ${receipt} is ${outcome}, though it is not the newest`);
		const life = this.unfinished.get(id);
		if (isRefused || outcome === 'kept' || life === undefined) return;
		if (kind === 'ack') this.unfinished.delete(id);
		else Object.assign(life, { until: 0, mayLeave: outcome === 'buried' });
	}

	/** A redrive of everything: what nobody holds leaves. */
	redriven(on: SimulatedPartition): void {
		for (const life of this.unfinished.values()) if (life.on === on && life.until <= this.latest) life.mayLeave = true;
	}

	/** What was there is no more; what was about to leave may have left. */
	emptied(on: SimulatedPartition): void {
		for (const life of this.unfinished.values()) if (life.on === on) life.mayBeGone = true;
	}

	/** `shown`: the ids that all queues hold now, when nothing is on its way. */
	check(shown: readonly { readonly id: string; readonly on: SimulatedPartition }[]): void {
		const seen = new Set<string>();
		for (const { id, on } of shown) {
			const life = this.unfinished.get(id);
			demand(life !== undefined, () => `P2: ${id} is finished, and is in ${on.name}`);
			demand(life.on === on, () => `P6: ${life.name} is in ${on.name}, though it was seen in ${life.on.name} last`);
			demand(!seen.has(id), () => `P6: ${life.name} is there twice`);
			seen.add(id);
			Object.assign(life, { mayLeave: false, mayBeGone: false });
		}
		for (const life of this.unfinished.values()) {
			if (seen.has(life.id)) continue;
			demand(life.mayBeGone, () => `P1: ${life.name} is lost; it was in ${life.on.name}`);
			this.unfinished.delete(life.id);
		}
	}

	/** It is where it was seen last. */
	private isSure({ attempt, until, on, mayLeave, mayBeGone }: Life): boolean {
		const mayBeBuried = attempt >= MAX_RECEIVES && until <= this.latest && !on.queue.endsWith('-dlq');
		return !(mayLeave || mayBeGone || mayBeBuried);
	}
}
