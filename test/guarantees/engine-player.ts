import type { Command } from '../../durable-objects/engine/commands';
import { commandOf, receiveCommand } from '../engine/commands';
import { Names } from '../engine/names';
import { changed } from '../engine/queue';
import { type Parked, World } from '../engine/world';
import { EPOCH, render, type Scribe } from './answers';
import type { Player } from './play';
import type { Action, Answer, Line } from './script';

/** Plays scripts on the engine itself: no Worker, no HTTP, no alarm, and a clock that is a number. */
export class EnginePlayer implements Player {
	private readonly world = new World(EPOCH);
	private readonly waits = new Map<string, Parked>();
	private readonly names = new Names();
	private readonly scribe: Scribe = {
		published: (name, { id, sequence }, priority) => this.names.published(name, id, sequence, priority),
		nameOf: (id) => this.names.nameOf(id),
		queueOf: (name) => name,
		handedOut: ({ id, position }) => this.names.moved(id, position),
	};

	advance(at: number): Promise<void> {
		return this.world.advance(EPOCH + at);
	}

	settle(): Promise<void> {
		return this.world.settle();
	}

	async close(): Promise<void> {}

	async act(lines: readonly Line[]): Promise<Answer[]> {
		const [{ action, queue }] = lines as [Line];
		switch (action.verb) {
			case 'restart':
				await this.world.restart();
				return [['ok']];
			case 'courier':
				this.world.partition(queue).faults.push(action.fault);
				return [['ok']];
			case 'answer':
				return [this.answerOf(action)];
			default:
				return this.commit(lines, queue);
		}
	}

	private async commit(lines: readonly Line[], queue: string): Promise<Answer[]> {
		const commands = lines.map(({ action }) => this.command(queue, action));
		const results = await this.world.commit(queue, commands);
		return lines.map(({ action }, index) =>
			action.verb === 'wait' ? ['ok'] : render(action, results[index], this.scribe),
		);
	}

	private command(name: string, action: Action): Command {
		const { now } = this.world;
		const partition = this.world.partition(name);
		if (action.verb === 'queue' || action.verb === 'set') {
			partition.queue = changed(partition.queue, { settings: action.settings }, now);
		}
		if (action.verb === 'pause') partition.queue = changed(partition.queue, { paused: true }, now);
		if (action.verb === 'resume') partition.queue = changed(partition.queue, { paused: false }, now);
		if (action.verb === 'wait') {
			const wait: Parked = { command: receiveCommand(action), until: now + action.forMs, messages: undefined };
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
		return wait.messages === undefined ? ['waiting'] : render(action, wait.messages, this.scribe);
	}
}
