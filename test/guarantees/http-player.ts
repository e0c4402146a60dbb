import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { type Address, isRefusal, type ReceivedMessage, topicIn } from '../../durable-objects/protocol';
import { bodyOf } from '../engine/commands';
import { Names } from '../engine/names';
import { EPOCH, render, type Scribe } from './answers';
import { call, type Seen } from './http-client';
import { HttpObjects } from './http-objects';
import { figures, publish, receive, redrives, settingsBody, settleBody, wishOf } from './http-requests';
import { askTopic } from './http-topics';
import type { Player } from './play';
import { type Action, type Answer, draftsOf, type Entry, type Line, namesIn } from './script';

interface Wait {
	readonly queue: string;
	messages: unknown;
}

/** Plays scripts through HTTP on the real Worker and its objects; only the clock and the timers are not real. */
export class HttpPlayer implements Player {
	private readonly run = crypto.randomUUID().slice(0, 8);
	private readonly nameOf = (name: string) => `${this.run}-${name}`;
	private readonly objects = new HttpObjects(this.nameOf, EPOCH);
	private readonly names = new Names();
	private readonly receipts = new Map<string, string>();
	private readonly deleted = new Set<Address>();
	private readonly waits = new Map<string, Wait>();

	advance(at: number): Promise<void> {
		return this.objects.advance(EPOCH + at);
	}

	settle(): Promise<void> {
		return this.objects.settle();
	}

	async close(): Promise<void> {
		this.objects.close();
	}

	async act(lines: readonly Line[]): Promise<Answer[]> {
		const answers: Answer[] = [];
		for (const { action, queue } of lines) {
			for (const draft of draftsOf(action)) this.names.drafted(draft.name, bodyOf(draft));
			await this.ensure(queue, action);
			await this.meet(queue, action);
			const from = action.verb === 'answer' ? this.waits.get(action.name)?.queue : queue;
			answers.push(render(action, await this.ask(action, queue), this.scribe(from ?? queue)));
		}
		return answers;
	}

	/** A queue's or topic's path below the API's root. */
	private path(address: Address): string {
		const topic = topicIn(address);
		return topic === undefined ? `queues/${this.nameOf(address)}` : `topics/${this.nameOf(topic)}`;
	}

	/** What a line names is made by its first line; dead-letter queues with the queue that names them. */
	private async ensure(address: Address, action: Action): Promise<void> {
		if (action.verb === 'restart' || action.verb === 'answer') return;
		if (action.verb === 'queue' && this.deleted.delete(address)) this.objects.add(address);
		if (!this.objects.has(address)) {
			this.objects.add(address);
			if (topicIn(address) !== undefined) await call('PUT', this.path(address), {});
			else if (action.verb !== 'queue' && !address.endsWith('-dlq'))
				await call('PUT', this.path(address), settingsBody({}, this.nameOf));
			await this.objects.fire();
		}
		if (action.verb === 'subscribe') await this.ensure(action.to, { verb: 'tick' });
		if (action.verb === 'settle') for (const { to } of action.publish ?? []) await this.ensure(to, { verb: 'tick' });
	}

	/** Looks for what a line names, if that came by courier and was not seen before: looking does not touch. */
	private async meet(queue: string, action: Action): Promise<void> {
		if (namesIn(action).every((name) => this.names.namedIn(name, queue) !== undefined)) return;
		const page = await call('GET', `${this.path(queue)}/messages?limit=100`);
		for (const message of (page as { messages: Seen[] }).messages) this.names.seen(message, 0, queue);
	}

	private async ask(action: Action, queue: string): Promise<unknown> {
		const path = this.path(queue);
		if (topicIn(queue) !== undefined && action.verb !== 'publish') return askTopic(path, action, this.nameOf);
		switch (action.verb) {
			case 'queue':
				return call('PUT', path, settingsBody(action.settings, this.nameOf));
			case 'set':
				return call('PATCH', path, settingsBody(action.settings, this.nameOf, {}));
			case 'publish':
				return publish(path, action.messages);
			case 'receive':
				return receive(path, action, 0);
			case 'wait':
				return this.wait(queue, action);
			case 'answer':
				return this.answerOf(action.name);
			case 'settle':
				return this.settleReceipts(queue, action);
			case 'browse':
				return call('GET', `${path}/messages?limit=100${action.state === undefined ? '' : `&state=${action.state}`}`);
			case 'look':
			case 'remove':
				return call(action.verb === 'look' ? 'GET' : 'DELETE', `${path}/messages/${this.idOf(action.name, queue)}`);
			case 'redrive': {
				const ids = action.names?.map((name) => this.idOf(name, queue)) ?? null;
				const to = action.to === undefined ? null : this.nameOf(action.to);
				return call('POST', `${path}/redrive`, { to, ids, ratePerSecond: action.rate ?? null });
			}
			case 'redrives':
				return redrives(path);
			case 'cancel':
				return call('DELETE', `${path}/redrives/${this.names.redriveId(action.name)}`);
			case 'purge':
				return call('POST', `${path}/purge?forgetDedup=${action.forget === true}`);
			case 'pause':
			case 'resume':
				return call('POST', `${path}/${action.verb}`);
			case 'delete':
				this.deleted.add(queue);
				return call('DELETE', `${path}?force=true`);
			case 'figures':
				return figures(path);
			case 'restart':
				return this.restart();
			case 'tick':
				return null;
			case 'courier':
				throw new Error('the courier cannot be disturbed through HTTP');
			default:
				throw new Error(`"${action.verb}" is for topics`);
		}
	}

	private idOf(name: string, queue: string): string {
		return this.names.named(name, queue)?.id ?? name;
	}

	/** Starts a long poll, and comes back when it is parked or answered. */
	private async wait(queue: string, action: Action & { verb: 'wait' }): Promise<null> {
		const wait: Wait = { queue, messages: undefined };
		this.waits.set(action.name, wait);
		const answer = (messages: unknown) => {
			wait.messages = messages;
		};
		const path = this.path(queue);
		void receive(path, action, action.forMs).then(answer, (error: Error) => answer({ refused: error.message }));
		await this.allParked(queue);
		return null;
	}

	/** Until every long poll of the queue that has no answer is parked in its object. */
	private async allParked(queue: string): Promise<void> {
		for (;;) {
			const { figures } = (await call('GET', this.path(queue))) as { figures: { waiters: number } };
			const open = [...this.waits.values()].filter((wait) => wait.queue === queue && wait.messages === undefined);
			if (figures.waiters >= open.length) return;
			await scheduler.wait(1);
		}
	}

	private async answerOf(name: string): Promise<unknown> {
		const wait = this.waits.get(name);
		if (wait === undefined) throw new Error(`nobody waits as ${name}`);
		// An answer that is on its way needs some turns; one that is not there after these is not coming.
		for (let turns = 0; wait.messages === undefined && turns < 20; turns++) await this.objects.nextInstant();
		return wait.messages ?? { refused: 'waiting' };
	}

	private async settleReceipts(queue: string, { entries, publish }: Action & { verb: 'settle' }): Promise<unknown> {
		const receiptOf = (name: string) => {
			const found = this.receipts.get(`${queue} ${name}`);
			if (found === undefined) throw new Error(`nobody was handed ${name}`);
			return found;
		};
		const path = this.path(queue);
		const [{ kind, onlyLeased }] = entries as [Entry];
		const strict = onlyLeased ? { onlyLeased } : {};
		if (publish !== undefined || entries.some((entry) => entry.kind !== kind))
			return call('POST', `${path}/settle`, { ...settleBody(entries, publish, receiptOf, this.nameOf), ...strict });
		const receipts = entries.map((entry) => wishOf(entry, receiptOf(entry.receipt)));
		const answer = await call('POST', `${path}/${kind}`, { receipts, ...strict });
		return isRefusal(answer) ? answer : { [kind]: (answer as { results: unknown }).results };
	}

	/** Every object loses its memory, in the middle of whatever it does; the Worker asks again for who waits. */
	private async restart(): Promise<null> {
		const open = [...this.waits.values()].filter((wait) => wait.messages === undefined);
		if (open.length === 0) await abortAllDurableObjects();
		// Whoever waits must see the error that a reset gives, which the call above does not.
		else for (const object of this.objects.all()) await runInDurableObject(object, reset).catch(() => undefined);
		await this.objects.wereReset();
		for (const { queue } of open) await this.allParked(queue);
		return null;
	}

	/** Writes down what is answered on a queue or topic. */
	private scribe(address: Address): Scribe {
		const { names } = this;
		const queue = topicIn(address) === undefined ? address : undefined;
		return {
			published: (name, { id }) => names.published(name, id, 0, 0, queue),
			nameOf: (id, message) => names.nameOf(id, message),
			redriving: (name, id) => names.redriving(name, id),
			redriveOf: (id) => names.redriveOf(id),
			queueOf: (name) => name.slice(this.run.length + 1),
			handedOut: (message) => {
				const { receipt } = message as ReceivedMessage & { receipt: string | null };
				names.seen(message, 0, address);
				const name = names.nameOf(message.id, message);
				if (receipt !== null) this.receipts.set(`${address} ${name}#${message.attempt}`, receipt);
			},
		};
	}
}

function reset(_object: unknown, state: DurableObjectState): void {
	state.abort('reset by a script');
}
