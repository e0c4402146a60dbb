import type { Command } from '../../../durable-objects/engine/commands';
import { invariants } from '../../../durable-objects/engine/invariants';
import type { TopicCommand } from '../../../durable-objects/engine/topic/commands';
import {
	type CarriedMessage,
	type Delivery,
	type DeliveryResult,
	isRefusal,
	type ReceivedMessage,
	type SettleOutcome,
	type SettleResult,
	topicAddress,
} from '../../../durable-objects/protocol';
import { demand } from '../model';
import type { SimulatedCatalog } from './catalog';
import { draftOf, type Stored, storedFrom } from './content';
import { Handovers } from './handovers';
import { InboxModel } from './inbox-model';
import { type HandOut, Lives } from './lives';
import { type Simulated, SimulatedPartition, SimulatedTopic } from './objects';
import { topicInvariants } from './topic-invariants';
import { TopicModel } from './topic-model';
import type { Watcher } from './world';

/** Comparing a partition's memory with its rows costs as much as the rest, and is done elsewhere for every kind of command. */
const COMPARE_EVERY = 12;

/** What is known of one object beside what it says. */
interface Known {
	readonly inbox: InboxModel;
	/** Of a queue's log: what stands behind it is new. */
	next: number;
	/** Ids that its queue has accepted; their window outlasts every story. */
	readonly dedupIds: Set<string>;
	commits: number;
}

/** Checks every command of every object against what was published, who subscribes, and what was acknowledged. */
export class Checker implements Watcher {
	readonly topics = new Map<string, TopicModel>();
	readonly lives = new Lives();
	readonly handovers = new Handovers();
	private readonly known = new Map<Simulated, Known>();

	constructor(
		private readonly catalog: () => SimulatedCatalog,
		private readonly now: () => number,
	) {}

	before(on: Simulated, command: unknown): void {
		this.lives.noteTime(this.now());
		if (on instanceof SimulatedTopic) this.modelOf(on).before(command as TopicCommand | undefined, this.now());
	}

	after(on: Simulated, given: unknown, result: unknown): void {
		const known = this.knownOf(on);
		known.commits++;
		if (on instanceof SimulatedTopic) {
			const command = given as TopicCommand | undefined;
			const added = this.modelOf(on).after(command, result, this.now());
			if (command?.kind === 'deliver') this.toTopic(on, command.delivery, result as DeliveryResult, added);
		} else if (on instanceof SimulatedPartition) this.afterPartition(on, given as Command | undefined, result);
		this.checkRows(on, known.commits);
	}

	modelOf(topic: SimulatedTopic): TopicModel {
		const name = topic.name.split('/')[1] ?? '';
		let model = this.topics.get(name);
		if (model === undefined) {
			model = new TopicModel(name, topic, this.catalog().topic(name).settings);
			this.topics.set(name, model);
		}
		return model;
	}

	private knownOf(on: Simulated): Known {
		let known = this.known.get(on);
		if (known === undefined) {
			known = { inbox: new InboxModel(on), next: 1, dedupIds: new Set(), commits: 0 };
			this.known.set(on, known);
		}
		return known;
	}

	private afterPartition(on: SimulatedPartition, command: Command | undefined, result: unknown): void {
		const known = this.knownOf(on);
		const added = storedFrom(on.database, on.tag, known.next);
		known.next = (added.at(-1)?.position ?? known.next - 1) + 1;
		if (command?.kind === 'deliver') this.toQueue(on, command.delivery, result as DeliveryResult, added);
		else if (command?.kind === 'giveBack') for (const one of added) this.lives.arrive(one, on, false);
		else demand(added.length === 0, () => `${command?.kind} added to ${on.name}`);
		const isDone = !isRefusal(result);
		if (command?.kind === 'receive' && isDone) this.lives.received(on, result as ReceivedMessage[], this.now());
		if (command?.kind === 'redrive') this.lives.redriven(on);
		if (command?.kind === 'purge' || command?.kind === 'destroy') this.lives.emptied(on);
	}

	/** What a topic takes is new there, but for duplicates. */
	private toTopic(on: SimulatedTopic, delivery: Delivery, result: DeliveryResult, added: readonly Stored[]): void {
		const model = this.modelOf(on);
		const left = [...added];
		for (const message of this.knownOf(on).inbox.bring(delivery, result)) {
			const { dedupId } = message;
			const { name } = draftOf(message.body);
			this.handovers.arrive(draftOf(message.body), topicAddress(model.name), delivery.source, message.courierPosition);
			const isDuplicate = model.isDuplicate(dedupId, this.now()) ?? left[0]?.draft.name !== name;
			if (isDuplicate) continue;
			const entry = left.shift();
			demand(entry?.draft.name === name, () => `P10: ${name} was taken by ${on.name}, and is not there`);
			model.accept(dedupId, entry.id, this.now());
		}
		demand(left.length === 0, () => `P10: ${left[0]?.draft.name} was not brought, and is in ${on.name}`);
	}

	private toQueue(on: SimulatedPartition, delivery: Delivery, result: DeliveryResult, added: readonly Stored[]): void {
		const { inbox, dedupIds } = this.knownOf(on);
		const left = [...added];
		for (const message of inbox.bring(delivery, result)) {
			const { dedupId } = message;
			const { name } = draftOf(message.body);
			const isDuplicate = message.id === undefined && dedupId !== undefined && dedupIds.has(dedupId);
			const isOutput = message.id === undefined && message.copyOf === undefined;
			if (isOutput) this.handovers.arrive(draftOf(message.body), on.queue, delivery.source, message.courierPosition);
			if (isDuplicate) continue;
			const copy = left.shift();
			demand(copy?.draft.name === name, () => `${name} was taken by ${on.name}, and is not there`);
			if (isOutput && dedupId !== undefined) dedupIds.add(dedupId);
			if (!isOutput && message.id === undefined) this.copied(on, delivery, message, copy);
			demand(message.id === undefined || message.id === copy.id, () => `P6: ${name} has another id in ${on.name}`);
			this.lives.arrive(copy, on, message.id === undefined);
		}
		demand(left.length === 0, () => `P9: ${left[0]?.draft.name} was not new, and is in ${on.name} again`);
	}

	private copied(
		on: SimulatedPartition,
		{ source, generation }: Delivery,
		{ courierPosition }: CarriedMessage,
		copy: Stored,
	) {
		const [, name = ''] = source.split('/');
		const model = [...this.topics.values()].find((one) => one.source === source.split('/')[0]);
		const reader = model?.everybody.get(`${name}/${generation}`);
		const original = model?.entries[courierPosition - 1];
		demand(model !== undefined && reader !== undefined && original !== undefined, () => `nobody sent ${source}`);
		reader.arrive(original, copy, on, model.name);
	}

	/** How a settle came out; all acknowledgements were one handover, if anything is published. */
	settled(
		acks: readonly HandOut[],
		retries: readonly HandOut[],
		publish: Parameters<Handovers['settled']>[0],
		result: SettleResult,
	): void {
		const acked = result.ack.filter(({ outcome }) => outcome === 'acked').length;
		const kept = result.ack.filter(({ outcome }) => outcome === 'kept').length;
		const told = () => `${acks.map(({ receipt }) => receipt)}: ${JSON.stringify(result.ack)}`;
		if (publish.length > 0) {
			demand(acked === 0 || acked === acks.length, () => `P10: only a part was acknowledged: ${told()}`);
			const overtaken = acks.map((handOut) => this.lives.isOvertaken(handOut));
			const isGood = acks.every((handOut) => this.lives.isCurrent(handOut) === true);
			const isInTurn = overtaken.every((one) => one === false);
			demand(acked > 0 || !isGood || !isInTurn, () => `P10: nothing was acknowledged: ${told()}`);
			demand(acked === 0 || !overtaken.includes(true), () => `P5: outputs get ahead of their key: ${told()}`);
			this.handovers.settled(publish, acked > 0);
		} else demand(kept === 0, () => `P10: kept without a handover: ${told()}`);
		for (const [kind, handOuts] of [
			['ack', acks],
			['retry', retries],
		] as const) {
			for (const [index, handOut] of handOuts.entries())
				this.lives.settled(kind, handOut, result[kind][index] as SettleOutcome);
		}
	}

	private checkRows(on: Simulated, commits: number): void {
		const isTopic = on instanceof SimulatedTopic;
		this.knownOf(on).inbox.check();
		if (!isTopic && commits % COMPARE_EVERY !== 0) return;
		for (const { name, sql } of isTopic ? topicInvariants : invariants) {
			const row = on.database.first(sql);
			demand(row === undefined, () => `${on.name}: invariant "${name}" is broken: ${JSON.stringify(row)}`);
		}
		const rebuilt = on.build();
		const memory = JSON.stringify(on.engine.snapshot());
		const rows = JSON.stringify(rebuilt.snapshot());
		demand(memory === rows, () => `${on.name}: memory and rows differ: ${difference(memory, rows)}`);
		if (isTopic) this.modelOf(on).checkRebuilt(rebuilt as SimulatedTopic['engine']);
	}
}

/** Two texts from shortly before the first place where they differ. */
function difference(one: string, other: string): string {
	let at = 0;
	while (at < one.length && one[at] === other[at]) at++;
	const from = Math.max(0, at - 60);
	return `…${one.slice(from, at + 60)}… and …${other.slice(from, at + 60)}…`;
}
