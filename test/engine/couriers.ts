import type { Courier, Sender } from '../../durable-objects/courier';
import { outboxOf } from '../../durable-objects/courier-sender';
import type { Command } from '../../durable-objects/engine/commands';
import type { OutboxParcel } from '../../durable-objects/engine/outbox';
import type { TopicCommand } from '../../durable-objects/engine/topic/commands';
import type { TopicParcel } from '../../durable-objects/engine/topic/memory';
import {
	type Address,
	type Delivery,
	type DeliveryResult,
	isTopic,
	type Parcel,
	type Target,
	topicAddress,
} from '../../durable-objects/protocol';
import type { Inhabitant, Partition, TopicInhabitant } from './inhabitant';
import type { Engine } from './site';
import type { World } from './world';

/** Far more than any story needs: a courier that never gets rid of its parcels must not run for ever. */
const DELIVERIES = 2_000;

/** Makes the couriers of a world, and lets go wrong what is to go wrong. */
export class Couriers {
	private deliveries = 0;

	constructor(
		private readonly world: World,
		private readonly CourierClass: typeof Courier,
	) {}

	ofPartition(self: Partition): Courier<OutboxParcel> {
		const isAlive = () => self.courier === courier;
		const run = async (command: Command) => (isAlive() ? (await this.world.commitTo(self, [command]))[0] : wasReset());
		const courier: Courier<OutboxParcel> = new this.CourierClass<OutboxParcel>({
			...outboxOf(() => self.site?.engine as Engine, run),
			...linesOf(self, isAlive),
			...this.waysOf(self, self.queue.name, isAlive),
		});
		return courier;
	}

	ofTopic(self: TopicInhabitant): Courier<TopicParcel> {
		const { name } = self.topic;
		const isAlive = () => self.courier === courier;
		const run = async <Result>(command: TopicCommand) =>
			(isAlive() ? (await this.world.commitTopic(name, [command]))[0] : wasReset()) as Result;
		const courier: Courier<TopicParcel> = new this.CourierClass<TopicParcel>({
			...linesOf(self, isAlive),
			...this.waysOf(self, topicAddress(name), isAlive),
			setRoute: (parcel, route) => run({ kind: 'route', topic: self.topic, parcel, route }),
			setTaken: (parcel, positions) => run({ kind: 'passed', topic: self.topic, parcel, positions }),
			giveBack: (parcel) => run({ kind: 'skipTerm', topic: self.topic, parcel }),
		});
		return courier;
	}

	private waysOf(
		self: Inhabitant,
		address: Address,
		isAlive: () => boolean,
	): Pick<Sender<never>, 'resolve' | 'deliver' | 'giveWay' | 'now'> {
		return {
			resolve: async (address) => this.world.resolve(address),
			deliver: async (target, _index, delivery) =>
				isAlive() ? this.deliver(self, address, target, delivery) : wasReset(),
			giveWay: async () => undefined,
			now: () => this.world.now,
		};
	}

	private async deliver(
		{ faults }: Inhabitant,
		from: Address,
		target: Target,
		delivery: Delivery,
	): Promise<DeliveryResult> {
		const fault = faults.shift();
		const arrive = async () => (await this.arrive(target, delivery)) as DeliveryResult;
		if (++this.deliveries > DELIVERIES) throw new Error('the courier runs for ever');
		if (fault === 'before') throw new Error('the call was lost');
		const result = await arrive();
		if (fault === 'twice') return arrive();
		if (fault === 'crash') await this.world.restart(from);
		if (fault === 'after' || fault === 'crash') throw new Error('the answer was lost');
		return result;
	}

	private async arrive(target: Target, delivery: Delivery): Promise<unknown> {
		const [result] = isTopic(target)
			? await this.world.commitTopic(target.name, [{ kind: 'deliver', topic: target, delivery }])
			: await this.world.commitTo(this.world.partitionOf(target), [{ kind: 'deliver', queue: target, delivery }]);
		return result;
	}
}

function wasReset(): never {
	throw new Error('the object was reset');
}

/** How a courier reads what it is to carry. It dies with its object: what one of an earlier life does leads to nothing. */
function linesOf<P extends Parcel>(
	self: Inhabitant<P>,
	isAlive: () => boolean,
): Pick<Sender<P>, 'owed' | 'parcelFor' | 'paceMs'> {
	return {
		owed: () => (isAlive() ? [...self.parcels.keys()] : []),
		parcelFor: (line) => (isAlive() ? self.parcels.get(line) : undefined) ?? { parcel: undefined, route: undefined },
		paceMs: () => 0,
	};
}
