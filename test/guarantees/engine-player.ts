import type { Command } from '../../durable-objects/engine/commands';
import type { ReaderFigures, TopicEngineFigures } from '../../durable-objects/engine/topic/figures';
import {
	type BrowseResult,
	pack,
	type Refusal,
	type Start,
	type SubscriptionFigures,
	topicIn,
	unpack,
} from '../../durable-objects/protocol';
import { bodyOf, commandOf, newMessage, receiveCommand } from '../engine/commands';
import { Names } from '../engine/names';
import { changed } from '../engine/queue';
import { noSubscription } from '../engine/subscriptions';
import { type Parked, World } from '../engine/world';
import { EPOCH, render, type Scribe } from './answers';
import type { Player } from './play';
import { type Action, type Answer, draftsOf, type Line, namesIn, type Place } from './script';

/** Plays scripts on the engine itself: no Worker, no HTTP, no alarm, and a clock that is a number. */
export class EnginePlayer implements Player {
	private readonly world = new World(EPOCH);
	private readonly waits = new Map<string, Parked & { readonly queue: string }>();
	private readonly names = new Names();

	advance(at: number): Promise<void> {
		return this.world.advance(EPOCH + at);
	}

	settle(): Promise<void> {
		return this.world.settle();
	}

	async close(): Promise<void> {}

	async act(lines: readonly Line[]): Promise<Answer[]> {
		const [{ action, queue }] = lines as [Line];
		const topic = topicIn(queue);
		for (const draft of lines.flatMap((line) => draftsOf(line.action))) this.names.drafted(draft.name, bodyOf(draft));
		switch (action.verb) {
			case 'restart':
				await this.world.restart();
				return [['ok']];
			case 'courier':
				(topic === undefined ? this.world.partition(queue) : this.world.topic(topic)).faults.push(action.fault);
				return [['ok']];
			case 'answer':
				return [this.answerOf(action)];
			default:
				return topic === undefined ? this.commit(lines, queue) : this.onTopic(lines, topic);
		}
	}

	private async commit(lines: readonly Line[], queue: string): Promise<Answer[]> {
		for (const { action } of lines) await this.meet(queue, action);
		const commands = lines.map(({ action }) => this.command(queue, action));
		const results = await this.world.commit(queue, commands);
		for (const { action } of lines) if (action.verb === 'delete') await this.world.cut(queue);
		const scribe = this.scribe(queue);
		return lines.map(({ action }, index) => (action.verb === 'wait' ? ['ok'] : render(action, results[index], scribe)));
	}

	/** Looks for what a line names, if that came by courier and was not seen before: looking does not touch. */
	private async meet(queue: string, action: Action): Promise<void> {
		if (namesIn(action).every((name) => this.names.namedIn(name, queue) !== undefined)) return;
		const command = {
			kind: 'browse',
			queue: this.world.partition(queue).queue,
			command: { after: 0, limit: 100 },
		} as const;
		const [result] = (await this.world.commit(queue, [command])) as [BrowseResult];
		for (const message of result.messages) this.names.seen(message, message.position, queue);
	}

	private async onTopic(lines: readonly Line[], topic: string): Promise<Answer[]> {
		const answers: Answer[] = [];
		for (const { action } of lines) answers.push(render(action, await this.ask(action, topic), this.scribe()));
		return answers;
	}

	private async ask(action: Action, name: string): Promise<unknown> {
		const { topic } = this.world.topic(name);
		switch (action.verb) {
			case 'topic':
				return this.world.setTopic(name, action.settings);
			case 'publish': {
				const messages = unpack(pack(action.messages.map((draft) => newMessage(draft, EPOCH))));
				return (await this.world.commitTopic(name, [{ kind: 'publish', topic, messages }]))[0];
			}
			case 'subscribe': {
				const { name: subscription, to: queue, filter, from } = action;
				return this.world.subscribe(name, { name: subscription, queue, filter, start: from && this.start(from) });
			}
			case 'seek':
				return this.world.seek(name, action.name, this.start(action.from));
			case 'unsubscribe':
				return this.world.unsubscribe(name, action.name);
			case 'lag':
				return this.lag(name, action.name);
			default:
				throw new Error(`"${action.verb}" is not for topics`);
		}
	}

	private async lag(name: string, subscription: string): Promise<Refusal | SubscriptionFigures> {
		const { topic, courier, subscriptions } = this.world.topic(name);
		if (!subscriptions.has(subscription)) return noSubscription(topic, subscription);
		const [figures] = await this.world.commitTopic(name, [{ kind: 'figures', topic, subscription }]);
		const [shown] = (figures as TopicEngineFigures).subscriptions as [ReaderFigures];
		const late = courier.latenessOf(subscription);
		return { ...shown, courierError: late?.error ?? null, courierNextAttemptAt: late?.nextAt ?? null };
	}

	private start(place: Place): Start {
		if (place.from === 'now') return { from: 'now', at: this.world.now };
		return place.from === 'instant' ? { from: 'instant', at: EPOCH + place.at } : place;
	}

	private command(name: string, action: Action): Command {
		const { now } = this.world;
		if (action.verb === 'queue') this.world.remake(name);
		const partition = this.world.partition(name);
		if (action.verb === 'queue' || action.verb === 'set') {
			partition.queue = changed(partition.queue, { settings: action.settings }, now);
		}
		if (action.verb === 'pause') partition.queue = changed(partition.queue, { paused: true }, now);
		if (action.verb === 'resume') partition.queue = changed(partition.queue, { paused: false }, now);
		if (action.verb === 'wait') {
			const wait = { command: receiveCommand(action), until: now + action.forMs, messages: undefined, queue: name };
			partition.parked.push(wait);
			this.waits.set(action.name, wait);
			return { kind: 'tick', queue: partition.queue };
		}
		const command = commandOf(action, partition.queue, this.names, EPOCH);
		if (command === null) throw new Error(`"${action.verb}" names a message that was never published`);
		return command;
	}

	private answerOf(action: Action & { verb: 'answer' }): Answer {
		const wait = this.waits.get(action.name);
		if (wait === undefined) throw new Error(`nobody waits as ${action.name}`);
		return wait.messages === undefined ? ['waiting'] : render(action, wait.messages, this.scribe(wait.queue));
	}

	/** Writes down what is answered on a queue; on a topic, where none is named. */
	private scribe(queue?: string): Scribe {
		const { names } = this;
		return {
			published: (name, { id, sequence }, priority) => names.published(name, id, sequence, priority, queue),
			nameOf: (id, message) => names.nameOf(id, message),
			redriving: (name, id) => names.redriving(name, id),
			redriveOf: (id) => names.redriveOf(id),
			queueOf: (name) => name,
			handedOut: (message) => names.seen(message, message.position, queue ?? ''),
		};
	}
}
