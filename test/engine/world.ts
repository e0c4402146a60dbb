import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Courier } from '../../durable-objects/courier';
import type { Command } from '../../durable-objects/engine/commands';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { TopicCommand } from '../../durable-objects/engine/topic/commands';
import { TopicEngine } from '../../durable-objects/engine/topic/engine';
import {
	type Address,
	type Queue,
	type Refusal,
	type Start,
	type Target,
	type TopicSettings,
	topicAddress,
	topicIn,
} from '../../durable-objects/protocol';
import { Couriers } from './couriers';
import { commitOn, type Inhabitant, inhabit, type Partition, parcelsOf, type TopicInhabitant } from './inhabitant';
import { queueOf } from './queue';
import { type EngineClass, Site, type TopicEngineClass, TopicSite } from './site';
import { type NewSubscription, notFound, revise, seek, subscribe, topicOf, unsubscribe } from './subscriptions';

export type { CourierFault, Parked, Partition, TopicInhabitant } from './inhabitant';

const never = Number.POSITIVE_INFINITY;

/** Queues and topics over real databases, with couriers between them and a clock that is a number. */
export class World {
	readonly partitions = new Map<string, Partition>();
	readonly topics = new Map<string, TopicInhabitant>();
	/** Of queues that were deleted and made again. */
	readonly former: Partition[] = [];
	/** Queues and topics, by address, that the catalog does not know. */
	readonly missing = new Set<Address>();
	private readonly couriers: Couriers;
	private readonly id = crypto.randomUUID();

	constructor(
		public now: number,
		private readonly Engine: EngineClass = PartitionEngine,
		CourierClass: typeof Courier = Courier,
		private readonly TopicClass: TopicEngineClass = TopicEngine,
	) {
		this.couriers = new Couriers(this, CourierClass);
	}

	partition(name: string): Partition {
		let partition = this.partitions.get(name);
		if (partition === undefined) {
			const generation = this.former.filter(({ queue }) => queue.name === name).length + 1;
			const settings = name.endsWith('-dlq') ? { deadLetter: null } : {};
			partition = inhabit<Partition>((self) => this.couriers.ofPartition(self), {
				object: this.object(`${name}/${generation}`),
				tag: generation === 1 ? name : `${name}.${generation}`,
				queue: { ...queueOf(name, settings, this.now), generation },
				site: undefined,
				parked: [],
				visibleAt: null,
			});
			this.partitions.set(name, partition);
		}
		return partition;
	}

	/** With one partition. */
	topic(name: string): TopicInhabitant {
		let topic = this.topics.get(name);
		if (topic === undefined) {
			const address = topicAddress(name);
			topic = inhabit<TopicInhabitant>((self) => this.couriers.ofTopic(self), {
				object: this.object(address),
				tag: address,
				topic: topicOf(name, {}, this.now),
				subscriptions: new Map(),
				site: undefined,
			});
			this.topics.set(name, topic);
		}
		return topic;
	}

	/** One commit: the results of its commands. Parked receives are served on the way. */
	commit(name: string, commands: readonly Command[]): Promise<readonly unknown[]> {
		return this.commitTo(this.partition(name), commands);
	}

	async commitTo(partition: Partition, commands: readonly Command[]): Promise<readonly unknown[]> {
		return runInDurableObject(partition.object, (_object, state) => {
			partition.site ??= new Site(state.storage, partition.tag, this.Engine);
			const { results, ...first } = commitOn(partition, partition.site, commands, this.now);
			const tick = { kind: 'tick', queue: partition.queue } as const;
			for (let { again } = first; again && partition.parked.length > 0; )
				({ again } = commitOn(partition, partition.site, [tick], this.now));
			return results;
		});
	}

	/** One commit of a topic: the results of its commands. */
	async commitTopic(name: string, commands: readonly TopicCommand[]): Promise<readonly unknown[]> {
		const topic = this.topic(name);
		return runInDurableObject(topic.object, (_object, state) => {
			topic.site ??= new TopicSite(state.storage, topic.tag, this.TopicClass);
			const { site } = topic;
			const commit = site.transaction((engine) => engine.commit(commands, this.now));
			topic.parcels = parcelsOf(site.engine.owed(), (subscription) => site.engine.parcelFor(subscription));
			topic.dueAt = commit.dueAt;
			return commit.results;
		});
	}

	/** Makes a subscription, or changes its queue and filter, and tells the topic. */
	async subscribe(topic: string, wanted: NewSubscription): Promise<Refusal | null> {
		if (this.missing.has(wanted.queue)) return notFound(wanted.queue);
		subscribe(this.topic(topic), wanted, this.now, this.partition(wanted.queue).queue.generation);
		return this.configure(topic);
	}

	async unsubscribe(topic: string, name: string): Promise<Refusal | null> {
		return unsubscribe(this.topic(topic), name, this.now) ?? this.configure(topic);
	}

	async seek(topic: string, name: string, start: Start): Promise<Refusal | null> {
		return seek(this.topic(topic), name, start, this.now) ?? this.configure(topic);
	}

	/** Changes a topic's settings, and tells it. */
	async setTopic(name: string, settings: Partial<TopicSettings>): Promise<Refusal | null> {
		revise(this.topic(name), this.now, settings);
		return this.configure(name);
	}

	/** The catalog's part of deleting a queue: its name means nothing any more, and subscriptions that feed it end. */
	async cut(queue: string): Promise<void> {
		this.missing.add(queue);
		for (const [name, registered] of this.topics) {
			const fed = [...registered.subscriptions.values()].filter((subscription) => subscription.queue === queue);
			for (const subscription of fed) await this.unsubscribe(name, subscription.name);
		}
	}

	/** Makes a queue again that was deleted: another queue, in another object. */
	remake(queue: string): void {
		if (!this.missing.delete(queue)) return;
		this.former.push(this.partition(queue));
		this.partitions.delete(queue);
	}

	/** Tells a topic all its subscriptions. */
	async configure(name: string): Promise<Refusal | null> {
		const { topic, subscriptions } = this.topic(name);
		const [answer] = await this.commitTopic(name, [
			{ kind: 'configure', topic, subscriptions: [...subscriptions.values()] },
		]);
		return answer as Refusal | null;
	}

	/** What the catalog answers a courier. */
	resolve(address: Address): Refusal | Target {
		const topic = topicIn(address);
		if (this.missing.has(address)) return notFound(address);
		return topic === undefined ? this.partition(address).queue : this.topic(topic).topic;
	}

	/** Lets time pass, with everything that falls due on the way, at its instant. */
	async advance(target: number): Promise<void> {
		for (let next = this.nextInstant(); next <= target; next = this.nextInstant()) {
			this.now = Math.max(this.now, next);
			for (const partition of this.everyPartition()) await this.ring(partition);
			for (const [name, { topic, dueAt }] of this.topics) {
				if ((dueAt ?? never) <= this.now) await this.commitTopic(name, [{ kind: 'tick', topic }]);
			}
			await this.settle();
		}
		this.now = target;
	}

	/** Couriers run until none has anything that it may carry now. */
	async settle(): Promise<void> {
		for (let started = true; started; ) {
			const running = [...this.inhabitants()].flatMap(({ courier }) => courier.start());
			await Promise.all(running);
			started = running.length > 0;
		}
	}

	/** What a crash, an eviction or a deploy does to one object (a topic's by its address), or to all. */
	async restart(only?: Address): Promise<void> {
		for (const partition of this.everyPartition()) {
			if (only !== undefined && only !== partition.queue.name) continue;
			partition.courier = this.couriers.ofPartition(partition);
			await runInDurableObject(partition.object, () => partition.site?.restart());
			for (const wait of partition.parked) wait.messages = [];
			partition.parked = [];
			await this.commitTo(partition, []);
		}
		for (const [name, topic] of this.topics) {
			if (only !== undefined && only !== topicAddress(name)) continue;
			topic.courier = this.couriers.ofTopic(topic);
			await runInDurableObject(topic.object, () => topic.site?.restart());
			await this.commitTopic(name, []);
		}
	}

	/** The object that a courier's target means: a queue that was made again has another one. */
	partitionOf({ name, generation }: Queue): Partition {
		const isMeant = ({ queue }: Partition) => queue.name === name && queue.generation === generation;
		return this.everyPartition().find(isMeant) ?? this.partition(name);
	}

	private everyPartition(): Partition[] {
		return [...this.partitions.values(), ...this.former];
	}

	private *inhabitants(): Generator<Inhabitant> {
		yield* this.everyPartition();
		yield* this.topics.values();
	}

	private object(name: string): DurableObjectStub {
		return env.SCRATCH.getByName(`${this.id}/${name}`);
	}

	private nextInstant(): number {
		let at = never;
		for (const { dueAt, courier } of this.inhabitants())
			at = Math.min(at, dueAt ?? never, courier.dueAt(this.now) ?? never);
		for (const { visibleAt, parked } of this.everyPartition()) {
			if (parked.length > 0) at = Math.min(at, visibleAt ?? never, ...parked.map((wait) => wait.until));
		}
		return at;
	}

	/** What the alarm and the timers of the shell do. */
	private async ring(partition: Partition): Promise<void> {
		const { dueAt, visibleAt, parked, queue } = partition;
		const at = Math.min(dueAt ?? never, parked.length > 0 ? (visibleAt ?? never) : never);
		if (at <= this.now) await this.commitTo(partition, [{ kind: 'tick', queue }]);
		for (const wait of partition.parked) if (wait.until <= this.now) wait.messages = [];
		partition.parked = partition.parked.filter((wait) => wait.messages === undefined);
	}
}
