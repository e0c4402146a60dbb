import type { Command, Commit } from '../../durable-objects/engine/commands';
import { invariants } from '../../durable-objects/engine/invariants';
import type { ReceivedMessage, SettleResult } from '../../durable-objects/protocol';
import { commandOf, receiveCommand } from '../engine/commands';
import { Names } from '../engine/names';
import { changed, queueOf } from '../engine/queue';
import { type EngineClass, Site, servedIn } from '../engine/site';
import { EPOCH, render, type Scribe } from '../guarantees/answers';
import { type Action, type Asking, DEFAULT_QUEUE, type Settings } from '../guarantees/script';
import { demand, type Held, Model } from './model';
import { checkBrowse, checkFigures, checkLook, checkPurge, checkRemove } from './model-look';
import { checkPublish, shareRetention } from './model-publish';
import { checkReceive } from './model-receive';
import { checkSettle } from './model-settle';
import {
	buryEarly,
	checkBuried,
	checkDepartures,
	type Departure,
	demandBuried,
	departures,
	lastDeparture,
} from './outbox';
import { phase, SERVED, SETTLED } from './phases';
import type { Answers } from './story';
import { demandWakes } from './wakes';

/** What happens at one instant: one commit of the engine, or a restart. */
export interface Event {
	/** Milliseconds since the trial's beginning; may lie before the event before. */
	readonly at: number;
	/** Where there are several. */
	readonly queue?: string | undefined;
	readonly actions: readonly Action[];
}

interface Waiter extends Asking {
	readonly until: number;
}

/** One engine and the model beside it: every answer, every row and the memory are checked after every event. */
export class Trial {
	readonly names = new Names();
	readonly model: Model;
	private readonly site: Site;
	/** Names are noted where answers are checked. */
	private readonly scribe: Scribe = {
		published: () => undefined,
		nameOf: (id) => this.names.nameOf(id),
		queueOf: (name) => name,
		handedOut: () => undefined,
		redriving: () => undefined,
		redriveOf: (id) => id,
	};
	private waiters: Waiter[] = [];
	/** What left in the commit that is checked, and is not explained yet. */
	private leaving: Departure[] = [];
	/** When the engine asked to be called again. */
	dueAt: number | null = null;

	constructor(
		storage: DurableObjectStorage,
		settings: Settings,
		Engine: EngineClass,
		/** Building a second engine to compare memory with costs as much as the rest: every so many events. */
		private readonly compareEvery: number,
		/** Notes what was answered, for whoever prints the story. */
		private readonly answers?: Answers,
	) {
		this.site = new Site(storage, 'sim', Engine);
		this.model = new Model(queueOf(DEFAULT_QUEUE, settings, EPOCH));
	}

	private events = 0;
	/** The last departure that was checked: what the courier has taken since is not in the outbox any more. */
	private seen: number | undefined;

	play(event: Event): void {
		if (event.actions[0]?.verb === 'restart') {
			this.site.restart();
			this.waiters = [];
			return;
		}
		const now = EPOCH + event.at;
		this.waiters = this.waiters.filter((waiter) => waiter.until > now);
		this.adopt(event.actions, now);
		const { actions, commands } = this.commandsOf(event.actions);
		for (const action of event.actions) {
			if (action.verb === 'wait') this.waiters.push({ ...action, until: now + action.forMs });
		}
		const before = this.seen ?? lastDeparture(this.site.database);
		const commit = this.site.transaction((engine) => engine.commit(commands, this.waiters.map(receiveCommand), now));
		try {
			this.check(actions, commit, departures(this.site.database, before), now);
		} finally {
			for (const [index, action] of actions.entries())
				this.answers?.set(action, render(action, commit.results[index], this.scribe));
		}
		this.dueAt = commit.dueAt === null ? null : commit.dueAt - EPOCH;
		this.seen = lastDeparture(this.site.database);
		if (this.events % 4 === 0) this.carry(now);
		this.checkRows();
		if (++this.events % this.compareEvery === 0) this.checkMemory();
	}

	/** The courier was there, and what it carried was taken: of several messages mostly not all. */
	private carry(now: number): void {
		for (const owed of this.site.engine.owedTargets) {
			const { parcel } = this.site.engine.parcelFor(owed);
			if (parcel === undefined) continue;
			const positions = parcel.messages.map((message) => message.courierPosition);
			const taken = new Set(positions.filter((position) => positions.length === 1 || (position + this.events) % 3 > 0));
			const { model } = this;
			const { queue } = model;
			this.site.transaction((engine) => engine.commit([{ kind: 'taken', queue, parcel, positions: taken }], [], now));
			// A commit like any other: it buries what is due.
			model.beginCommit(now);
			const gone = departures(this.site.database, this.seen ?? 0);
			checkBuried(model, checkDepartures(model, gone, new Set()), now);
			this.seen = Math.max(this.seen ?? 0, lastDeparture(this.site.database));
		}
	}

	private adopt(actions: readonly Action[], now: number): void {
		for (const action of actions) {
			const { model } = this;
			if (action.verb === 'set') model.queue = changed(model.queue, { settings: action.settings }, now);
			if (action.verb === 'pause') model.queue = changed(model.queue, { paused: true }, now);
			if (action.verb === 'resume') model.queue = changed(model.queue, { paused: false }, now);
		}
	}

	/** What the engine is asked; lines about messages that a shrunk script no longer has are left out. */
	private commandsOf(all: readonly Action[]): { actions: Action[]; commands: Command[] } {
		const actions: Action[] = [];
		const commands: Command[] = [];
		for (const action of all) {
			const command = commandOf(action, this.model.queue, this.names, EPOCH);
			if (command === null) continue;
			actions.push(action);
			commands.push(command);
		}
		return { actions, commands };
	}

	private check(actions: readonly Action[], commit: Commit, gone: readonly Departure[], now: number): void {
		const { model } = this;
		model.beginCommit(now);
		const published: Held[] = [];
		const explained = new Set<string>();
		const inOrder = actions.map((action, index) => ({ action, result: commit.results[index] }));
		inOrder.sort((a, b) => phase(a.action) - phase(b.action));
		let isEarly = true;
		const begin = () => {
			if (isEarly) this.leaving = buryEarly(model, checkDepartures(model, gone, explained), now);
			isEarly = false;
		};
		let isServed = false;
		for (const { action, result } of inOrder) {
			if (phase(action) > SETTLED) {
				// What was given back past its end may be swept by now.
				model.noteEnds(now);
				begin();
			}
			if (phase(action) > SERVED && !isServed) {
				isServed = true;
				this.checkServed(servedIn(commit), now);
			}
			if (action.verb === 'publish') {
				const added = checkPublish(model, action.messages, result as never, now, EPOCH);
				for (const { name, id, position, priority } of added)
					this.names.published(name, id, position % 2 ** 48, priority);
				published.push(...added);
			} else if (action.verb === 'settle') {
				for (const id of checkSettle(model, action.entries, result as SettleResult, this.names, now)) explained.add(id);
			} else this.checkOther(action, result, now, actions.length === 1 && gone.length === 0);
		}
		shareRetention(published);
		begin();
		if (!isServed) this.checkServed(servedIn(commit), now);
		checkBuried(model, this.leaving, now);
		model.noteEnds(now);
		demandBuried(model, now);
		demandWakes(model, commit, this.waiters.length > 0, now);
	}

	private checkOther(action: Action, result: unknown, now: number, alone: boolean): void {
		const { model } = this;
		switch (action.verb) {
			case 'receive':
				this.checkGiven(action, result, now);
				break;
			case 'browse':
				checkBrowse(model, action.state, result, now);
				break;
			case 'look':
				checkLook(model, this.names.named(action.name)?.id ?? '', result, now);
				break;
			case 'remove':
				checkRemove(model, this.names.named(action.name)?.id ?? '', result, now);
				break;
			case 'purge':
				checkPurge(model, action.forget === true, result);
				break;
			case 'figures':
				checkFigures(model, result, now, alone);
				break;
		}
	}

	/** Waiting receives are served in turn; the first that gets nothing must have nothing to get. */
	private checkServed(served: readonly ReceivedMessage[][], now: number): void {
		demand(served.length <= this.waiters.length, () => 'more waiters were served than wait');
		for (const messages of served) {
			demand(messages.length > 0, () => 'a waiter was woken for nothing');
			this.checkGiven(this.waiters.shift() as Waiter, messages, now);
		}
		const next = this.waiters[0];
		if (next !== undefined) this.checkGiven(next, [], now);
	}

	/** A lease of no time at all may have been a message's last one: the next receive of the same commit buries it. */
	private checkGiven(asking: Asking, answer: unknown, now: number): void {
		this.leaving = buryEarly(this.model, this.leaving, now);
		checkReceive(this.model, asking, answer, now);
	}

	private checkRows(): void {
		for (const { name, sql } of invariants) {
			const row = this.site.database.first(sql);
			demand(row === undefined, () => `invariant "${name}" is broken: ${JSON.stringify(row)}`);
		}
	}

	private checkMemory(): void {
		const memory = JSON.stringify(this.site.engine.snapshot());
		const rebuilt = JSON.stringify(this.site.build().snapshot());
		demand(memory === rebuilt, () => `memory and rows differ:\n  ${memory}\n  ${rebuilt}`);
	}
}
