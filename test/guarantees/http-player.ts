import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { isRefusal, partitionObjectName, type ReceivedMessage } from '../../durable-objects/protocol';
import { EPOCH, render, type Scribe } from './answers';
import { call } from './http-client';
import { figures, publish, receive, settingsBody, wishOf } from './http-requests';
import type { Player } from './play';
import type { Action, Answer, Entry, Line } from './script';

interface Wait {
	readonly path: string;
	messages: unknown;
}

/** Plays scripts through HTTP on the real Worker and its objects; only the clock and the timers are not real. */
export class HttpPlayer implements Player {
	private readonly run = crypto.randomUUID().slice(0, 8);
	private readonly path = (queue: string) => `${this.run}-${queue}`;
	/** Names of queues in the script. */
	private readonly queues = new Set<string>();
	private readonly ids = new Map<string, string>();
	private readonly names = new Map<string, string>();
	private readonly receipts = new Map<string, string>();
	private readonly waits = new Map<string, Wait>();
	private readonly scribe: Scribe = {
		published: (name, { id }) => {
			this.ids.set(name, id);
			this.names.set(id, name);
		},
		nameOf: (id) => this.names.get(id) ?? `?${id}`,
		queueOf: (name) => name.slice(this.run.length + 1),
		handedOut: (message) => {
			const { receipt } = message as ReceivedMessage & { receipt: string | null };
			if (receipt !== null) this.receipts.set(`${this.names.get(message.id)}#${message.attempt}`, receipt);
		},
	};

	constructor() {
		vi.useFakeTimers({ now: EPOCH, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
	}

	/** Rings every alarm at its instant and lets timers fire in the objects that set them. */
	async advance(at: number): Promise<void> {
		const target = EPOCH + at;
		for (let next = await this.nextAlarm(); next <= target; next = await this.nextAlarm()) {
			await this.moveTo(Math.max(next, Date.now()));
			await this.settle();
		}
		await this.moveTo(target);
	}

	async act(lines: readonly Line[]): Promise<Answer[]> {
		const answers: Answer[] = [];
		for (const { action, queue } of lines) {
			await this.ensure(queue, action);
			answers.push(render(action, await this.ask(action, queue), this.scribe));
		}
		return answers;
	}

	/** Alarms that are due now ring until none is left; what runs beside them gets its turns. */
	async settle(): Promise<void> {
		for (let rounds = 0; rounds < 100; rounds++) {
			await this.moveTo(Date.now());
			if ((await this.nextAlarm()) > Date.now()) return;
			for (const object of this.objects()) {
				const alarm = await runInDurableObject(object, (_object, state) => state.storage.getAlarm());
				if (alarm !== null && alarm <= Date.now()) await runDurableObjectAlarm(object);
			}
		}
		throw new Error('the queues do not come to rest');
	}

	async close(): Promise<void> {
		vi.useRealTimers();
	}

	/** Queues are made by their first line; dead-letter queues with the queue that names them. */
	private async ensure(queue: string, action: Action): Promise<void> {
		if (this.queues.has(queue) || action.verb === 'restart' || action.verb === 'answer') return;
		this.queues.add(queue);
		if (action.verb !== 'queue' && !queue.endsWith('-dlq'))
			await call('PUT', this.path(queue), settingsBody({}, this.path));
	}

	private async ask(action: Action, queue: string): Promise<unknown> {
		const path = this.path(queue);
		switch (action.verb) {
			case 'queue':
				return call('PUT', path, settingsBody(action.settings, this.path));
			case 'set':
				return call('PATCH', path, settingsBody(action.settings, this.path, {}));
			case 'publish':
				return publish(path, action.messages);
			case 'receive':
				return receive(path, action, 0);
			case 'wait':
				return this.wait(path, action);
			case 'answer':
				return this.answerOf(action.name);
			case 'settle':
				return this.settleReceipts(path, action.entries);
			case 'browse':
				return call('GET', `${path}/messages?limit=100${action.state === undefined ? '' : `&state=${action.state}`}`);
			case 'look':
			case 'remove':
				return call(
					action.verb === 'look' ? 'GET' : 'DELETE',
					`${path}/messages/${this.ids.get(action.name) ?? action.name}`,
				);
			case 'redrive': {
				const ids = action.names?.map((name) => this.ids.get(name) ?? name) ?? null;
				const to = action.to === undefined ? null : this.path(action.to);
				return call('POST', `${path}/redrive`, { to, ids, ratePerSecond: action.rate ?? null });
			}
			case 'purge':
			case 'pause':
			case 'resume':
				return call('POST', `${path}/${action.verb}`);
			case 'figures':
				return figures(path);
			case 'restart':
				return this.restart();
			case 'tick':
				return null;
			case 'courier':
				throw new Error('the courier cannot be disturbed through HTTP');
		}
	}

	/** Starts a long poll, and comes back when it is parked or answered. */
	private async wait(path: string, action: Action & { verb: 'wait' }): Promise<null> {
		const wait: Wait = { path, messages: undefined };
		this.waits.set(action.name, wait);
		const answer = (messages: unknown) => {
			wait.messages = messages;
		};
		void receive(path, action, action.forMs).then(answer, (error: Error) => answer({ refused: error.message }));
		await this.allParked(path);
		return null;
	}

	/** Until every long poll of the queue that has no answer is parked in its object. */
	private async allParked(path: string): Promise<void> {
		for (;;) {
			const { figures } = (await call('GET', path)) as { figures: { waiters: number } };
			const open = [...this.waits.values()].filter((wait) => wait.path === path && wait.messages === undefined);
			if (figures.waiters >= open.length) return;
			await scheduler.wait(1);
		}
	}

	private async answerOf(name: string): Promise<unknown> {
		const wait = this.waits.get(name);
		if (wait === undefined) throw new Error(`nobody waits as ${name}`);
		// An answer that is on its way needs some turns; one that is not there after these is not coming.
		for (let turns = 0; wait.messages === undefined && turns < 20; turns++) await this.nextAlarm();
		return wait.messages ?? { refused: 'waiting' };
	}

	private async settleReceipts(path: string, entries: readonly Entry[]): Promise<unknown> {
		const receipt = (entry: Entry) => {
			const found = this.receipts.get(entry.receipt);
			if (found === undefined) throw new Error(`nobody was handed ${entry.receipt}`);
			return found;
		};
		const [{ kind }] = entries as [Entry];
		const wishes = entries.map((entry) => ({ kind: entry.kind, wish: wishOf(entry, receipt(entry)) }));
		if (entries.some((entry) => entry.kind !== kind)) {
			const list = (of: Entry['kind']) => wishes.filter((one) => one.kind === of).map((one) => one.wish);
			return call('POST', `${path}/settle`, { ack: list('ack'), retry: list('retry'), extend: list('extend') });
		}
		const answer = await call('POST', `${path}/${kind}`, { receipts: wishes.map((one) => one.wish) });
		return isRefusal(answer) ? answer : { [kind]: (answer as { results: unknown }).results };
	}

	/** Every object loses its memory, in the middle of whatever it does; the Worker asks again for who waits. */
	private async restart(): Promise<null> {
		const open = [...this.waits.values()].filter((wait) => wait.messages === undefined);
		if (open.length === 0) await abortAllDurableObjects();
		// Whoever waits must see the error that a reset gives, which the call above does not.
		else for (const object of this.objects()) await runInDurableObject(object, reset).catch(() => undefined);
		// Timers die with the objects that set them; clearing them also turns the clock back.
		const now = Date.now();
		vi.clearAllTimers();
		vi.setSystemTime(now);
		for (const { path } of open) await this.allParked(path);
		return null;
	}

	private objects(): DurableObjectStub[] {
		const objects: DurableObjectStub[] = [];
		for (const queue of this.queues) {
			const name = partitionObjectName({ name: this.path(queue), generation: 1, layout: 1 }, 0);
			objects.push(env.PARTITION.getByName(name));
		}
		return objects;
	}

	private async nextAlarm(): Promise<number> {
		const alarms = await Promise.all(
			this.objects().map((object) => runInDurableObject(object, (_object, state) => state.storage.getAlarm())),
		);
		return Math.min(...alarms.map((alarm) => alarm ?? Number.POSITIVE_INFINITY));
	}

	/** Timers fire inside the object that set them: elsewhere the runtime forbids what they do. */
	private async moveTo(instant: number): Promise<void> {
		for (const object of this.objects()) {
			await runInDurableObject(object, () => {
				vi.advanceTimersByTime(Math.max(0, instant - Date.now()));
			});
		}
		if (Date.now() !== instant) vi.setSystemTime(instant);
	}
}

function reset(_object: unknown, state: DurableObjectState): void {
	state.abort('reset by a script');
}
