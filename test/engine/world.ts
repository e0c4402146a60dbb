import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Courier, type Sender } from '../../durable-objects/courier';
import type { Command } from '../../durable-objects/engine/commands';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { Delivery, DeliveryResult, Queue, ReceiveCommand, ReceivedMessage } from '../../durable-objects/protocol';
import { queueOf } from './queue';
import { type Engine, type EngineClass, Site } from './site';

/** What can go wrong with one delivery: its call is lost, its answer is lost, it arrives twice, or the sender dies. */
export type CourierFault = 'before' | 'after' | 'twice' | 'crash';

/** A long poll that is parked; its messages are set when it is answered. */
export interface Parked {
	readonly command: ReceiveCommand;
	readonly until: number;
	messages: ReceivedMessage[] | undefined;
}

/** A queue with one partition: an engine in an object of its own, and the small part of the shell that moves it. */
export interface Partition {
	queue: Queue;
	readonly object: DurableObjectStub;
	site: Site | undefined;
	parked: Parked[];
	dueAt: number | null;
	visibleAt: number | null;
	/** What the courier would read: an object's database is open only to calls inside that object. */
	parcels: Map<string, Parcel>;
	courier: Courier;
	/** What goes wrong with the next deliveries. */
	readonly faults: CourierFault[];
}

type Parcel = ReturnType<Engine['parcelFor']>;

/** Far more than any story needs: a courier that never gets rid of its parcels must not run for ever. */
const DELIVERIES = 2_000;

const never = Number.POSITIVE_INFINITY;

/** Queues over real databases, with couriers between them and a clock that is a number. */
export class World {
	readonly partitions = new Map<string, Partition>();
	private deliveries = 0;
	private readonly id = crypto.randomUUID();

	constructor(
		public now: number,
		private readonly Engine: EngineClass = PartitionEngine,
		private readonly CourierClass: typeof Courier = Courier,
	) {}

	partition(name: string): Partition {
		let partition = this.partitions.get(name);
		if (partition === undefined) {
			partition = {
				queue: queueOf(name, name.endsWith('-dlq') ? { deadLetter: null } : {}, this.now),
				object: env.SCRATCH.getByName(`${this.id}/${name}`),
				site: undefined,
				parked: [],
				dueAt: null,
				visibleAt: null,
				parcels: new Map(),
				courier: this.newCourier(name),
				faults: [],
			};
			this.partitions.set(name, partition);
		}
		return partition;
	}

	/** One commit: the results of its commands. Parked receives are served on the way. */
	async commit(name: string, commands: readonly Command[]): Promise<readonly unknown[]> {
		const partition = this.partition(name);
		const commit = await runInDurableObject(partition.object, (_object, state) => {
			partition.site ??= new Site(state.storage, name, this.Engine);
			const { engine } = partition.site;
			const waiting = partition.parked.map((wait) => wait.command);
			const commit = partition.site.transaction(() => engine.commit(commands, waiting, this.now));
			partition.parcels = new Map([...engine.owedQueues].map((queue) => [queue, engine.parcelFor(queue)]));
			return commit;
		});
		for (const [index, messages] of commit.served.entries()) (partition.parked[index] as Parked).messages = messages;
		partition.parked = partition.parked.filter((wait) => wait.messages === undefined);
		partition.dueAt = commit.dueAt;
		partition.visibleAt = commit.visibleAt;
		return commit.results;
	}

	/** Lets time pass, with everything that falls due on the way, at its instant. */
	async advance(target: number): Promise<void> {
		for (let next = this.nextInstant(); next <= target; next = this.nextInstant()) {
			this.now = Math.max(this.now, next);
			for (const [name, partition] of this.partitions) await this.ring(name, partition);
			await this.settle();
		}
		this.now = target;
	}

	/** Couriers run until none has anything that it may carry now. */
	async settle(): Promise<void> {
		for (let started = true; started; ) {
			const running = [...this.partitions.values()].flatMap((partition) => partition.courier.start());
			await Promise.all(running);
			started = running.length > 0;
		}
	}

	/** What a crash, an eviction or a deploy does to one object, or to all. */
	async restart(only?: string): Promise<void> {
		for (const [name, partition] of this.partitions) {
			if (only !== undefined && only !== name) continue;
			await runInDurableObject(partition.object, () => partition.site?.restart());
			for (const wait of partition.parked) wait.messages = [];
			partition.parked = [];
			partition.courier = this.newCourier(name);
			await this.commit(name, []);
		}
	}

	private nextInstant(): number {
		let at = never;
		for (const { dueAt, visibleAt, parked, courier } of this.partitions.values()) {
			at = Math.min(at, dueAt ?? never, courier.dueAt(this.now) ?? never);
			if (parked.length > 0) at = Math.min(at, visibleAt ?? never, ...parked.map((wait) => wait.until));
		}
		return at;
	}

	/** What the alarm and the timers of the shell do. */
	private async ring(name: string, partition: Partition): Promise<void> {
		const { dueAt, visibleAt, parked, queue } = partition;
		const at = Math.min(dueAt ?? never, parked.length > 0 ? (visibleAt ?? never) : never);
		if (at <= this.now) await this.commit(name, [{ kind: 'tick', queue }]);
		for (const wait of partition.parked) if (wait.until <= this.now) wait.messages = [];
		partition.parked = partition.parked.filter((wait) => wait.messages === undefined);
	}

	private newCourier(name: string): Courier {
		return new this.CourierClass(this.sender(name));
	}

	private sender(name: string): Sender {
		const self = () => this.partition(name);
		return {
			source: name,
			owedQueues: () => new Set(self().parcels.keys()),
			parcelFor: (queue) => self().parcels.get(queue) ?? { parcel: undefined, route: undefined },
			setRoute: async (to, route) =>
				void (await this.commit(name, [{ kind: 'route', queue: self().queue, to, route }])),
			setTaken: async (parcel, positions) =>
				void (await this.commit(name, [{ kind: 'taken', queue: self().queue, parcel, positions }])),
			giveBack: async (parcel) => void (await this.commit(name, [{ kind: 'giveBack', queue: self().queue, parcel }])),
			resolve: async (queue) => this.partition(queue).queue,
			deliver: (queue, _index, delivery) => this.deliver(name, queue, delivery),
			now: () => this.now,
		};
	}

	private async deliver(from: string, queue: Queue, delivery: Delivery): Promise<DeliveryResult> {
		const fault = this.partition(from).faults.shift();
		const arrive = async () =>
			(await this.commit(queue.name, [{ kind: 'deliver', queue, delivery }]))[0] as DeliveryResult;
		if (++this.deliveries > DELIVERIES) throw new Error('the courier runs for ever');
		if (fault === 'before') throw new Error('the call was lost');
		const result = await arrive();
		if (fault === 'twice') return arrive();
		if (fault === 'crash') await this.restart(from);
		if (fault === 'after' || fault === 'crash') throw new Error('the answer was lost');
		return result;
	}
}
