import type { Courier } from '../../durable-objects/courier';
import type {
	BrowsedMessage,
	BrowseResult,
	PublishOutcome,
	ReceivedMessage,
	RedriveRun,
	SettleResult,
} from '../../durable-objects/protocol';
import { isRefusal } from '../../durable-objects/protocol';
import { commandOf } from '../engine/commands';
import { Names } from '../engine/names';
import { changed } from '../engine/queue';
import type { EngineClass } from '../engine/site';
import { World } from '../engine/world';
import { EPOCH, render, type Scribe } from '../guarantees/answers';
import { type Action, DEFAULT_QUEUE, type Settings } from '../guarantees/script';
import { demand } from './model';
import { NOWHERE, RedriveBook } from './redrive-book';
import type { Answers } from './story';
import type { Event } from './trial';

/** What a mutant replaces. */
export interface Classes {
	readonly Engine?: EngineClass;
	readonly CourierClass?: typeof Courier;
}

export const DEAD_LETTERS = 'q-dlq';

/** Longer than any backoff of a courier: after it nothing may be on its way. */
const REST_MS = 900_000;

/**
 * A queue, its dead-letter queue, and couriers between them that fail. The model is a set: a message that was
 * accepted and not finished is in exactly one of the two, whatever failed in between.
 */
export class Journey {
	private readonly names = new Names();
	private readonly scribe: Scribe = {
		published: () => undefined,
		nameOf: (id) => this.names.nameOf(id),
		queueOf: (name) => name,
		handedOut: () => undefined,
		redriving: () => undefined,
		redriveOf: (id) => id,
	};
	private readonly unfinished = new Map<string, { holder: string | undefined; until: number }>();
	private readonly redrives = new RedriveBook();
	readonly world: World;

	constructor(
		settings: Settings,
		private readonly maxReceives: number,
		{ Engine, CourierClass }: Classes,
		private readonly answers?: Answers,
	) {
		this.world = new World(EPOCH, Engine, CourierClass);
		this.configure(DEFAULT_QUEUE, { ...settings, maxReceives });
		this.world.partition(DEAD_LETTERS);
		this.world.missing.add(NOWHERE);
	}

	async play({ at, queue = DEFAULT_QUEUE, actions }: Event): Promise<void> {
		await this.world.advance(Math.max(this.world.now, EPOCH + at));
		for (const action of actions) await this.act(queue, action);
		await this.world.settle();
	}

	/** Everything that is owed arrives once nothing fails any more; then each message is somewhere, once. */
	async rest(): Promise<void> {
		const { world } = this;
		for (const name of [...world.partitions.keys()]) {
			world.partition(name).faults.length = 0;
			this.configure(name, { maxBacklog: null });
			await world.commit(name, [{ kind: 'configure', queue: world.partition(name).queue }]);
		}
		await world.advance(world.now + REST_MS);
		const shown = [...(await this.browse(DEFAULT_QUEUE)), ...(await this.browse(DEAD_LETTERS))];
		const counts = new Map<string, number>();
		for (const { id } of shown) counts.set(id, (counts.get(id) ?? 0) + 1);
		for (const [id, count] of counts) {
			demand(this.unfinished.has(id), () => `${this.names.nameOf(id)} is finished, and is there`);
			demand(count === 1, () => `${this.names.nameOf(id)} is there ${count} times`);
		}
		for (const id of this.unfinished.keys()) demand(counts.has(id), () => `${this.names.nameOf(id)} is lost`);
		for (const [name, { parcels }] of world.partitions)
			demand(parcels.size === 0, () => `${name} still owes something`);
		this.redrives.checkAtRest(await this.runs());
	}

	private async browse(name: string): Promise<readonly BrowsedMessage[]> {
		const { queue } = this.world.partition(name);
		const command = { kind: 'browse', queue, command: { after: 0, limit: 1_000 } } as const;
		const [{ messages }] = (await this.world.commit(name, [command])) as [BrowseResult];
		return messages;
	}

	private async runs(): Promise<readonly RedriveRun[]> {
		const { queue } = this.world.partition(DEAD_LETTERS);
		const [runs] = await this.world.commit(DEAD_LETTERS, [{ kind: 'redrives', queue }]);
		return runs as RedriveRun[];
	}

	/** The redrives of what the dead-letter queue owes. */
	private onTheirWay(): ReadonlySet<string | undefined> {
		const parcels = [...this.world.partition(DEAD_LETTERS).parcels.values()];
		return new Set(parcels.flatMap(({ parcel }) => parcel?.messages ?? []).map(({ redriveId }) => redriveId));
	}

	private configure(name: string, settings: Settings): void {
		const partition = this.world.partition(name);
		partition.queue = changed(partition.queue, { settings }, this.world.now);
	}

	/** A receipt is good in the queue that gave it out: the edge refuses it elsewhere before any partition sees it. */
	private belongs(receipt: string, queue: string): boolean {
		const id = this.names.receipt(receipt)?.known.id ?? '';
		return this.unfinished.get(id)?.holder === queue;
	}

	private async act(name: string, given: Action): Promise<void> {
		const action =
			given.verb === 'settle'
				? { ...given, entries: given.entries.filter(({ receipt }) => this.belongs(receipt, name)) }
				: given;
		const { world } = this;
		const partition = world.partition(name);
		if (action.verb === 'restart') return world.restart(name);
		if (action.verb === 'courier') return void partition.faults.push(action.fault);
		if (action.verb === 'set') this.configure(name, action.settings);
		const command = commandOf(action, partition.queue, this.names, EPOCH);
		if (command === null) return;
		const [result] = await world.commit(name, [command]);
		try {
			if (!isRefusal(result)) this.check(name, action, result);
			if (action.verb === 'redrive' && !isRefusal(result)) this.redrives.check(await this.runs(), this.onTheirWay());
			else if (action.verb === 'redrive') this.redrives.refused(action.as ?? '', await this.runs());
		} finally {
			this.answers?.set(action, render(action, result, this.scribe));
		}
	}

	private check(queue: string, action: Action, result: unknown): void {
		if (action.verb === 'publish') {
			for (const [index, { name }] of action.messages.entries()) {
				const outcome = (result as PublishOutcome[])[index] as PublishOutcome;
				if (isRefusal(outcome)) continue;
				this.names.published(name, outcome.id, outcome.sequence, 0);
				this.unfinished.set(outcome.id, { holder: undefined, until: 0 });
			}
		} else if (action.verb === 'receive') this.received(queue, result as ReceivedMessage[]);
		else if (action.verb === 'settle') this.settled(queue, action, result as SettleResult);
		else if (action.verb === 'redrive' && action.names === undefined) this.redrives.began(action.as ?? '');
		else if (action.verb === 'cancel') this.redrives.cancelled(action.name, result as RedriveRun);
		else if (action.verb === 'redrives') this.redrives.check(result as RedriveRun[], this.onTheirWay());
		else if (action.verb === 'remove') this.unfinished.delete((result as BrowsedMessage).id);
	}

	private received(queue: string, messages: readonly ReceivedMessage[]): void {
		const { now } = this.world;
		for (const message of messages) {
			const name = this.names.nameOf(message.id);
			const state = this.unfinished.get(message.id);
			demand(state !== undefined, () => `${name} is finished, and was handed out again by ${queue}`);
			demand(
				state.until <= now,
				() => `P3: ${name} was handed out by ${queue} while its lease runs in ${state.holder}`,
			);
			const origin = message.deadLetter;
			if (queue === DEAD_LETTERS) {
				const told =
					origin?.queue === DEFAULT_QUEUE && origin.attempts === this.maxReceives && origin.failures.length > 0;
				demand(told, () => `P6: the dead letter ${name} does not know where it comes from: ${JSON.stringify(origin)}`);
			} else {
				demand(origin === undefined, () => `P6: ${name} came back as a dead letter`);
				demand(
					message.attempt <= this.maxReceives,
					() => `P6: ${name} was handed out for the ${message.attempt}th time`,
				);
			}
			this.names.moved(message.id, message.position);
			state.holder = queue;
			state.until = message.leaseExpiresAt ?? now;
		}
	}

	private settled(queue: string, action: Action & { verb: 'settle' }, result: SettleResult): void {
		const next = { ack: 0, retry: 0, extend: 0 };
		for (const { kind, receipt } of action.entries) {
			const outcome = result[kind][next[kind]++];
			const id = this.names.receipt(receipt)?.known.id ?? '';
			const state = this.unfinished.get(id);
			if (outcome?.outcome === 'unknown' || outcome?.outcome === 'stale') continue;
			demand(
				state !== undefined,
				() => `P4: ${kind} ${receipt} on ${queue} was ${outcome?.outcome}, though it is finished`,
			);
			if (kind === 'ack') this.unfinished.delete(id);
			else state.until = outcome?.outcome === 'extended' ? outcome.leaseExpiresAt : 0;
		}
	}
}
