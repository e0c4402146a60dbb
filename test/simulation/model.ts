import { LIMITS, type Queue, type QueueSettings } from '../../durable-objects/protocol';

/** The engine did what no queue that keeps its promises may do. */
export class Disagreement extends Error {}

export function demand(condition: boolean, complaint: () => string): asserts condition {
	if (!condition) throw new Disagreement(complaint());
}

/** A message as the model knows it: everything in one flat record. */
export interface Held {
	readonly name: string;
	readonly id: string;
	readonly position: number;
	readonly priority: number;
	readonly key: string | undefined;
	readonly body: string;
	readonly publishedAt: number;
	/** It waited for an instant before anybody could get it. */
	readonly delayed: boolean;
	/** Retention counts from the first for its own sake; from the second if it shares its commit with a delayed one. */
	readonly retainedFrom: number;
	retainedFromAtLatest: number;
	readonly expiresAt: number;
	attempts: number;
	leased: boolean;
	/** While leased the lease's end, else the instant from which it may be handed out. */
	until: number;
	handedOutAt: number;
	firstHandedOutAt: number;
	consumer: string;
	/** The commit that handed it out or extended it last. */
	leasedIn: number;
	/** This attempt was the last by the settings under which it was leased. */
	doomed: boolean;
	/** The instant of the first commit that began with nothing of its key before it. */
	headAt: number | undefined;
	/** The named receive that holds it as it got it. */
	namedReceive: NamedReceive | undefined;
	/** It was past its end once: whether it is still stored nobody promised. */
	mayBeGone: boolean;
}

/** What a receive that was given a name got, and when. */
export interface NamedReceive {
	readonly name: string;
	readonly at: number;
	readonly messages: readonly Held[];
	/** Its time was over once: it may be forgotten, though the clock went back since. */
	mayBeForgotten: boolean;
}

interface Accepted {
	readonly id: string;
	readonly at: number;
	/** Its window was over once: the id may be forgotten, though a longer window would bring it back. */
	mayBeForgotten: boolean;
}

/** The reference: what a queue with one partition holds, as plain lists, nothing clever. */
export class Model {
	messages: Held[] = [];
	readonly accepted = new Map<string, Accepted>();
	/** The newest of each name. */
	readonly named = new Map<string, NamedReceive>();
	/** The highest clock seen: time may jump back. */
	latest = 0;
	commits = 0;
	clockWentBack = false;
	lastSequence = 0;

	constructor(public queue: Queue) {}

	get settings(): QueueSettings {
		return this.queue.settings;
	}

	at(position: number): Held | undefined {
		return this.messages.find((message) => message.position === position);
	}

	withId(id: string): Held | undefined {
		return this.messages.find((message) => message.id === id);
	}

	forget(message: Held): void {
		this.messages = this.messages.filter((other) => other !== message);
	}

	/** Past its time to live or its retention, whichever commit it shared. */
	isOver(message: Held, now: number): boolean {
		return now >= message.expiresAt || now >= message.retainedFromAtLatest + this.settings.retentionMs;
	}

	mayBeOver(message: Held, now: number): boolean {
		return now >= message.expiresAt || now >= message.retainedFrom + this.settings.retentionMs;
	}

	/** Somebody has it, and nobody else may. */
	isHeld(message: Held, now: number): boolean {
		return message.leased && message.until > now;
	}

	isLastAttempt(message: Held): boolean {
		const { deadLetter, onPoison, maxReceives } = this.settings;
		if (deadLetter === null || (message.key !== undefined && onPoison === 'block')) return false;
		return message.attempts >= maxReceives;
	}

	beginCommit(now: number): void {
		this.commits++;
		if (now < this.latest) this.clockWentBack = true;
		this.latest = Math.max(this.latest, now);
		for (const message of this.messages) if (message.headAt === undefined && this.isHead(message)) message.headAt = now;
		this.noteEnds(now);
	}

	/** No earlier message of its key is unfinished. */
	isHead(message: Held): boolean {
		return !this.messages.some((other) => isBefore(other, message));
	}

	/** The same, where those that may have been swept do not count. */
	mayBeHead(message: Held): boolean {
		return !this.messages.some((other) => isBefore(other, message) && !other.mayBeGone);
	}

	/** What has ended by now may be swept, and is not counted on from here, whatever the clock says later. */
	noteEnds(now: number): void {
		for (const message of this.messages) {
			if (this.mayBeOver(message, now) && !this.isHeld(message, now)) message.mayBeGone = true;
		}
		for (const entry of this.accepted.values()) {
			if (now >= entry.at + this.settings.dedupWindowMs) entry.mayBeForgotten = true;
		}
		for (const entry of this.named.values()) if (isReceiveOver(entry, now)) entry.mayBeForgotten = true;
	}

	/** Instants at which something changes by time alone: where boundaries are worth a visit. */
	instants(): number[] {
		const instants: number[] = [];
		for (const message of this.messages) {
			instants.push(message.until, message.retainedFrom + this.settings.retentionMs);
			if (Number.isFinite(message.expiresAt)) instants.push(message.expiresAt);
		}
		for (const entry of this.accepted.values()) instants.push(entry.at + this.settings.dedupWindowMs);
		for (const { at } of this.named.values()) instants.push(at + LIMITS.receiveAttemptMs);
		return instants;
	}
}

export function isReceiveOver({ at }: NamedReceive, now: number): boolean {
	return now >= at + LIMITS.receiveAttemptMs;
}

/** Both of one key, and published earlier. */
export function isBefore(other: Held, message: Held): boolean {
	return message.key !== undefined && other.key === message.key && other.position < message.position;
}
