import type { Courier } from '../../durable-objects/courier';
import type { Command, Commit } from '../../durable-objects/engine/commands';
import type { OutboxParcel } from '../../durable-objects/engine/outbox';
import type { TopicParcel } from '../../durable-objects/engine/topic/memory';
import type { Parcel, Queue, ReceiveCommand, ReceivedMessage, Target } from '../../durable-objects/protocol';
import { type Site, servedIn, type TopicSite } from './site';
import type { Registered } from './subscriptions';

/** What can go wrong with one delivery: its call is lost, its answer is lost, it arrives twice, or the sender dies. */
export type CourierFault = 'before' | 'after' | 'twice' | 'crash';

/** What partitions and topics of a world have in common: an object, its alarm and its courier. */
export interface Inhabitant<P extends Parcel = Parcel> {
	/** Names it towards targets. */
	readonly tag: string;
	readonly object: DurableObjectStub;
	dueAt: number | null;
	/** What the courier would read, by line: an object's database is open only to calls inside that object. */
	parcels: ReadonlyMap<string, Next<P>>;
	courier: Courier<P>;
	/** What goes wrong with the next deliveries. */
	readonly faults: CourierFault[];
}

interface Next<P> {
	readonly parcel: P | undefined;
	readonly route: Target | undefined;
}

/** A long poll that is parked; its messages are set when it is answered. */
export interface Parked {
	readonly command: ReceiveCommand;
	readonly until: number;
	messages: ReceivedMessage[] | undefined;
}

/** A queue with one partition: an engine in an object of its own, and the small part of the shell that moves it. */
export interface Partition extends Inhabitant<OutboxParcel> {
	queue: Queue;
	site: Site | undefined;
	parked: Parked[];
	visibleAt: number | null;
}

/** The same of a topic, and what the catalog knows of it. */
export interface TopicInhabitant extends Inhabitant<TopicParcel>, Registered {
	site: TopicSite | undefined;
}

export function parcelsOf<P>(lines: Iterable<string>, next: (line: string) => Next<P>): Map<string, Next<P>> {
	return new Map([...lines].map((line) => [line, next(line)]));
}

/** Moves in: owes nothing yet, and has a courier that knows whom it works for. */
export function inhabit<One extends Inhabitant>(
	courier: (self: One) => One['courier'],
	rest: Omit<One, 'dueAt' | 'parcels' | 'faults' | 'courier'>,
): One {
	const one = { dueAt: null, parcels: new Map(), faults: [], ...rest } as unknown as One;
	one.courier = courier(one);
	return one;
}

/** One commit of a partition, inside its object: its waiters are served, and what its courier may read is noted. */
export function commitOn(partition: Partition, site: Site, commands: readonly Command[], now: number): Commit {
	const { parked } = partition;
	const waiting = parked.map((wait) => wait.command);
	const commit = site.transaction((engine) => engine.commit(commands, waiting, now));
	partition.parcels = parcelsOf(site.engine.owedTargets, (target) => site.engine.parcelFor(target));
	for (const [index, messages] of servedIn(commit).entries()) (parked[index] as Parked).messages = messages;
	partition.parked = parked.filter((wait) => wait.messages === undefined);
	partition.dueAt = commit.dueAt;
	partition.visibleAt = commit.visibleAt;
	return commit;
}
