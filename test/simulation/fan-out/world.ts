import {
	type Delivery,
	type DeliveryResult,
	isTopic,
	partitionObjectName,
	type Queue,
	type Target,
	type Topic,
	topicObjectName,
} from '../../../durable-objects/protocol';
import { demand } from '../model';
import type { Prng } from '../prng';
import { SimulatedCatalog } from './catalog';
import { type Around, type Classes, type Simulated, SimulatedPartition, SimulatedTopic } from './objects';
import type { Setting } from './script';
import { emptyTables } from './tables';
import { quiet, Turns } from './turns';

/** Sees every command of every object, and throws where something is wrong. */
export interface Watcher {
	before(on: Simulated, command: unknown): void;
	after(on: Simulated, command: unknown, result: unknown): void;
}

/** Far more than any story needs: a courier that never gets rid of its parcels must not run for ever. */
const STEPS = 20_000;

const never = Number.POSITIVE_INFINITY;

/**
 * Topics, queues and their couriers, over real rows. Couriers make one step at a time, in an order that a seed decides; the
 * clock is a number.
 */
export class World implements Around {
	readonly objects = new Map<string, Simulated>();
	readonly catalog: SimulatedCatalog;
	readonly paceMs: number;
	/** Queues that cannot be reached, until when. */
	readonly cutUntil = new Map<string, number>();
	private readonly turns = new Turns();
	private late: { readonly at: number; readonly arrive: () => void }[] = [];
	/** What went wrong in a courier's step: a courier would take it for a target that does not answer. */
	private failure: Error | undefined;
	private steps = 0;
	private made = 0;

	constructor(
		readonly storage: DurableObjectStorage,
		readonly classes: Classes,
		setting: Setting,
		public now: number,
		private readonly watcher: Watcher,
	) {
		emptyTables(storage.sql);
		this.paceMs = setting.paceMs;
		this.catalog = new SimulatedCatalog(setting, () => this.now);
	}

	topic(name: string): SimulatedTopic {
		return this.objectFor(this.catalog.topic(name), 0) as SimulatedTopic;
	}

	/** A partition of the queue as the catalog knows it; one too far is the last. */
	partition(queue: string, index: number): SimulatedPartition {
		const known = this.catalog.queue(queue);
		const last = known.settings.partitions - 1;
		return this.objectFor(known, Math.min(index, last)) as SimulatedPartition;
	}

	partitions(queue: string): SimulatedPartition[] {
		const { partitions } = this.catalog.queue(queue).settings;
		return Array.from({ length: partitions }, (_, index) => this.partition(queue, index));
	}

	/** Queues that anything has come to. */
	queues(): Set<string> {
		const names = new Set<string>();
		for (const object of this.objects.values()) if (object instanceof SimulatedPartition) names.add(object.queue);
		return names;
	}

	/** Now, in one transaction, and checked. */
	call(on: Simulated, command: unknown): unknown {
		try {
			this.watcher.before(on, command);
			const result = on.commit(command);
			this.watcher.after(on, command, result);
			return result;
		} catch (error) {
			this.failure ??= error as Error;
			throw error;
		}
	}

	/** For a courier: when it is its turn. */
	async run(on: Simulated, command: unknown): Promise<unknown> {
		const { life } = on;
		await this.turns.next(() => on.life !== life);
		return this.call(on, command);
	}

	waysOf(from: Simulated) {
		const giveWay = () => {
			const { life } = from;
			return this.turns.next(() => from.life !== life);
		};
		return {
			resolve: async (address: string) => {
				await giveWay();
				return this.catalog.resolve(address);
			},
			deliver: (target: Target, index: number, delivery: Delivery) => this.deliver(from, target, index, delivery),
			giveWay,
			now: () => this.now,
		};
	}

	restart(object: Simulated): void {
		object.restart();
		this.call(object, undefined);
	}

	/** Lets time pass, with everything that falls due on the way; `held`: no courier makes a step meanwhile. */
	async advance(target: number, held: boolean, prng: Prng): Promise<void> {
		if (target > this.now && !held) await this.settle(prng);
		for (let next = this.nextInstant(held); next <= target; next = this.nextInstant(held)) {
			this.now = Math.max(this.now, next);
			this.count();
			this.ring();
			if (!held) await this.settle(prng);
		}
		this.now = target;
	}

	/** Couriers make so many steps, or all that they may make now. */
	async settle(prng: Prng, steps = never): Promise<void> {
		for (let made = 0; made < steps; made++) {
			for (const object of this.objects.values()) for (const worker of object.courier.start()) void worker;
			await quiet();
			if (!(await this.turns.step(prng))) break;
			if (this.failure !== undefined) throw this.failure;
			this.count();
		}
	}

	private count(): void {
		demand(++this.steps <= STEPS, () => 'the couriers run for ever');
	}

	private nextInstant(held: boolean): number {
		let at = Math.min(never, ...this.late.map((call) => call.at));
		for (const { dueAt, courier } of this.objects.values()) {
			at = Math.min(at, dueAt ?? never, held ? never : (courier.dueAt(this.now) ?? never));
		}
		return at;
	}

	/** What alarms do, and calls that were long on their way. */
	private ring(): void {
		for (const object of this.objects.values()) {
			const { tick } = object;
			if ((object.dueAt ?? never) <= this.now && tick !== undefined) this.call(object, tick);
		}
		const due = this.late.filter((call) => call.at <= this.now).sort((a, b) => a.at - b.at);
		this.late = this.late.filter((call) => call.at > this.now);
		for (const { arrive } of due) arrive();
	}

	private objectFor(target: Target, index: number): Simulated {
		const name = isTopic(target) ? `topic/${topicObjectName(target, index)}` : partitionObjectName(target, index);
		let object = this.objects.get(name);
		if (object === undefined) {
			const number = this.made++;
			object = isTopic(target)
				? new SimulatedTopic(name, `t${number}`, this)
				: new SimulatedPartition(name, `p${number}`, this, target.name, target.generation);
			this.objects.set(name, object);
		}
		return object;
	}

	/** One call to another object, with what goes wrong on the way. */
	private async deliver(from: Simulated, target: Target, index: number, given: Delivery): Promise<DeliveryResult> {
		const { life } = from;
		const isOver = () => from.life !== life;
		const isCut = () => (this.cutUntil.get(target.name) ?? 0) > this.now;
		const to = this.objectFor(target, index);
		const delivery = copy(given);
		const command = isTopic(target)
			? { kind: 'deliver', topic: target satisfies Topic, delivery }
			: { kind: 'deliver', queue: target satisfies Queue, delivery };
		const arrive = () => copy(this.call(to, command) as DeliveryResult);
		const fault = from.faults.shift();
		if (fault?.kind === 'late') this.late.push({ at: this.now + fault.ms, arrive });
		if (fault?.kind === 'before' || fault?.kind === 'late') {
			await this.turns.next(isOver);
			throw new Error('the call was lost');
		}
		// What is on its way arrives, whatever has become of who sent it.
		await this.turns.next(() => false);
		if (isCut()) throw new Error(`${target.name} cannot be reached`);
		let result = arrive();
		const there = to.life;
		if (fault?.kind === 'twice') result = arrive();
		if (fault?.kind === 'again') this.late.push({ at: this.now + fault.ms, arrive });
		await this.turns.next(isOver);
		if (fault?.kind === 'after' || to.life !== there) throw new Error('the answer was lost');
		return result;
	}
}

/** What crosses from one object to another is text. */
function copy<T>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T;
}
