import {
	isRefusal,
	pack,
	packSettle,
	type Queue,
	type SettleResult,
	topicAddress,
	unpack,
	unpackSettle,
} from '../../../durable-objects/protocol';
import { EPOCH } from '../../guarantees/answers';
import type { Checker } from './checker';
import { messageOf } from './content';
import type { HandOut } from './lives';
import type { Simulated } from './objects';
import type { Action, From, OfQueue, OfSubscription, Settle } from './script';
import type { World } from './world';

/** The topic that stories are about, and one that pipelines publish to beside it. */
export const TOPIC = 't';
export const OTHER_TOPIC = 'u';

export const QUEUES = ['a', 'b', 'c', 'd', 'p'] as const;

/** What the topic's subscriptions are called; not all are there at all times. */
export const SUBSCRIPTIONS = ['plain', 'some', 'poor'] as const;

/** Where pipelines publish to. */
export const OUTPUTS = ['p', 'd', topicAddress(TOPIC), topicAddress(OTHER_TOPIC)] as const;

/** Does what a story says: what the edge and the catalog would make of a request. */
export class Actor {
	private readonly sealed = new Set<string>();

	constructor(
		private readonly world: World,
		private readonly checker: Checker,
	) {}

	/** Every subscription that is not there begins, now. */
	begin(): void {
		const { catalog } = this.world;
		const all = [
			[TOPIC, 'plain', 'a', 'all'],
			[TOPIC, 'some', 'b', 'red'],
			[TOPIC, 'poor', 'c', 'all'],
			[OTHER_TOPIC, 'other', 'd', 'all'],
		] as const;
		for (const [topic, name, queue, filter] of all) {
			if (!catalog.names(topic).includes(name)) catalog.subscribe(topic, name, queue, filter, 'now');
		}
		for (const topic of [TOPIC, OTHER_TOPIC]) this.tell(topic);
	}

	/** Nothing fails any more, every queue is there and has room, and all has been told. */
	mend(): void {
		const { world } = this;
		world.cutUntil.clear();
		for (const object of world.objects.values()) object.faults.length = 0;
		for (const name of world.queues()) {
			const { settings } = world.catalog.queue(name);
			if (!world.catalog.isThere(name)) world.catalog.create(name, settings.partitions);
			if (this.sealed.has(name)) this.unseal(name);
			if (settings.maxBacklog !== null) this.bound(name, null);
		}
		for (const topic of [TOPIC, OTHER_TOPIC]) this.tell(topic);
	}

	act(action: Exclude<Action, { verb: 'rest' }>): void {
		const { world } = this;
		const { catalog } = world;
		switch (action.verb) {
			case 'publish': {
				const { topic, messages } = action;
				const packed = pack(messages.map(messageOf));
				world.call(world.topic(topic), { kind: 'publish', topic: catalog.topic(topic), messages: unpack(packed) });
				break;
			}
			case 'settle':
				this.settle(action);
				break;
			case 'subscribe':
			case 'unsubscribe':
			case 'seek':
				this.change(action);
				break;
			case 'tell':
				if (action.stale) this.tellAgain();
				else this.tell(TOPIC);
				break;
			case 'cut':
				world.cutUntil.set(action.queue, world.now + action.ms);
				break;
			case 'fault':
				this.object(action.of).faults.push(action.fault);
				break;
			case 'restart':
				world.restart(this.object(action.of));
				break;
			case 'create':
				if (!catalog.isThere(action.queue)) catalog.create(action.queue, action.partitions);
				break;
			default:
				if (catalog.isThere(action.queue)) this.onQueue(action);
		}
	}

	/** An object as stories name it: a topic, or a queue and the number of its partition. */
	private object(name: string): Simulated {
		const [queue = '', index] = name.split('.');
		return index === undefined ? this.world.topic(queue) : this.world.partition(queue, Number(index));
	}

	private onQueue(action: OfQueue): void {
		const { world } = this;
		const name = action.queue;
		const queue = world.catalog.queue(name);
		switch (action.verb) {
			case 'receive': {
				const command = { max: action.max, consumer: 'somebody', visibilityTimeoutMs: action.leaseMs };
				world.call(world.partition(name, action.index), { kind: 'receive', queue, command });
				break;
			}
			case 'redrive': {
				const command = { id: 'redrive', to: null, ids: null, ratePerSecond: null };
				this.toAll(queue, { kind: 'redrive', queue, command });
				break;
			}
			case 'bound':
				this.bound(name, action.maxBacklog);
				break;
			case 'delete':
				this.delete(queue, action.told);
				break;
			case 'seal':
				this.seal(name);
				break;
			case 'layout':
				if (!this.sealed.has(name)) this.toAll(queue, { kind: 'purge', queue });
				if (this.seal(name)) world.catalog.layout(name, action.partitions);
				this.sealed.delete(name);
		}
	}

	/** By force: the subscriptions that feed it end. */
	private delete(queue: Queue, told: boolean): void {
		this.world.catalog.delete(queue.name, [TOPIC, OTHER_TOPIC]);
		this.sealed.delete(queue.name);
		this.toAll(queue, { kind: 'destroy', queue });
		if (told) for (const topic of [TOPIC, OTHER_TOPIC]) this.tell(topic);
	}

	private change(action: OfSubscription): void {
		const { catalog } = this.world;
		if (action.verb === 'unsubscribe') catalog.unsubscribe(TOPIC, action.name);
		else if (action.verb === 'seek') catalog.seek(TOPIC, action.name, instantOf(action.from));
		else if (catalog.isThere(action.queue))
			catalog.subscribe(TOPIC, action.name, action.queue, action.filter, instantOf(action.from), action.mark);
		if (action.told) this.tell(TOPIC);
	}

	/** Receipts of other partitions than the first one's are left out: only one partition settles in one step. */
	private settle({ acks, retries, publish: wanted }: Settle): void {
		const { world, checker } = this;
		const { handOuts } = checker.lives;
		const known = (receipts: readonly string[]) =>
			receipts.map((receipt) => handOuts.get(receipt)).filter((handOut) => handOut !== undefined);
		const on = [...known(acks), ...known(retries)][0]?.on;
		if (on === undefined) return;
		const here = (receipts: readonly string[]) => known(receipts).filter((handOut) => handOut.on === on);
		const lease = ({ position, attempt }: HandOut) => ({ position, attempt });
		const ack = here(acks);
		const retry = here(retries);
		const publish = ack.length === 0 ? [] : wanted;
		const handover = {
			acks: [...ack.keys()],
			publish: publish.map(({ to, messages }) => ({ to, messages: messages.map(messageOf) })),
		};
		const command = {
			ack: ack.map(lease),
			retry: retry.map((handOut) => ({ ...lease(handOut), delayMs: 0 })),
			extend: [],
			handovers: publish.length === 0 ? undefined : [handover],
		};
		const result = world.call(on, {
			kind: 'settle',
			queue: world.catalog.queue(on.queue),
			command: unpackSettle(packSettle(command)),
		});
		if (isRefusal(result)) checker.handovers.settled(publish, false);
		else checker.settled(ack, retry, publish, result as SettleResult);
	}

	private tell(topic: string): void {
		const told = this.world.catalog.tell(topic);
		this.world.call(this.world.topic(topic), { kind: 'configure', ...told });
	}

	/** What the topic heard some time ago, by a call that was long on its way. */
	private tellAgain(): void {
		const old = this.world.catalog.told.filter(({ topic }) => topic.name === TOPIC).at(-2);
		if (old !== undefined) this.world.call(this.world.topic(TOPIC), { kind: 'configure', ...old });
	}

	private bound(name: string, maxBacklog: number | null): void {
		const queue = this.world.catalog.set(name, { maxBacklog });
		this.toAll(queue, { kind: 'configure', queue });
	}

	private toAll(queue: Queue, command: unknown): unknown[] {
		return this.world.partitions(queue.name).map((partition) => this.world.call(partition, command));
	}

	/** All of its partitions, or none. */
	private seal(name: string): boolean {
		const queue = this.world.catalog.queue(name);
		const isRefused = this.toAll(queue, { kind: 'seal', queue }).some(isRefusal);
		this.sealed.add(name);
		if (isRefused) this.unseal(name);
		return !isRefused;
	}

	private unseal(name: string): void {
		const queue = this.world.catalog.set(name, {});
		this.toAll(queue, { kind: 'unseal', queue });
		this.sealed.delete(name);
	}
}

function instantOf(from: From): From {
	return typeof from === 'object' && 'instant' in from ? { instant: EPOCH + from.instant } : from;
}
