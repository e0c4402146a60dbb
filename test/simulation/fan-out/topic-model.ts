import type { TopicCommand } from '../../../durable-objects/engine/topic/commands';
import type { TopicEngineFigures } from '../../../durable-objects/engine/topic/figures';
import {
	isRefusal,
	LIMITS,
	messagesIn,
	type PublishOutcome,
	type Subscription,
	type TopicSettings,
} from '../../../durable-objects/protocol';
import { demand } from '../model';
import { draftOf, type Stored, storedFrom } from './content';
import type { SimulatedTopic } from './objects';
import { type Counts, ReaderModel, startOf } from './reader-model';

/** A subscription as the engine has it, before a command. */
interface Place {
	readonly position: number;
	readonly ahead: readonly number[];
	readonly delivered: number;
	readonly missed: number;
	readonly terms: number;
}

/** All that was published to a topic, and what its subscriptions must bring of it. */
export class TopicModel {
	/** By sequence number, from 1, also what retention has taken. */
	readonly entries: Stored[] = [];
	/** The first that the log still has. */
	first = 1;
	readonly readers = new Map<string, ReaderModel>();
	/** By name and generation: late deliveries may be of readers that are no more. */
	readonly everybody = new Map<string, ReaderModel>();
	private configured = 0;
	private readonly accepted = new Map<string, { id: string; at: number; mayBeForgotten: boolean }>();
	private places = new Map<string, Place>();

	constructor(
		readonly name: string,
		private readonly topic: SimulatedTopic,
		private readonly settings: TopicSettings,
	) {}

	get next(): number {
		return this.entries.length + 1;
	}

	/** What its deliveries say of themselves, before the subscription's name. */
	get source(): string {
		return this.topic.tag;
	}

	before(command: TopicCommand | undefined, now: number): void {
		this.noteEnds(now);
		const kinds: readonly (string | undefined)[] = ['configure', 'tick', 'skipTerm', 'route'];
		if (!kinds.includes(command?.kind)) return;
		this.places = this.look();
	}

	/** Checks an answer, and notes what it has changed. Answers what has come into the log. */
	after(command: TopicCommand | undefined, result: unknown, now: number): Stored[] {
		const added = this.noteAdded(now);
		if (command?.kind === 'publish') this.checkPublish(command, result as PublishOutcome[], added, now);
		else if (command?.kind !== 'deliver') demand(added.length === 0, () => `${command?.kind} added to ${this.name}`);
		if (command?.kind === 'configure') this.configure(command.topic.version, command.subscriptions);
		if (command?.kind === 'tick') this.noteSwept(now);
		if (command?.kind === 'skipTerm' || command?.kind === 'route') this.noteSkipped(command.parcel.subscription);
		return added;
	}

	/** Which of these dedupIds count at an instant; undefined where nobody promised. */
	isDuplicate(dedupId: string | undefined, now: number): boolean | undefined {
		const known = dedupId === undefined ? undefined : this.accepted.get(dedupId);
		if (known === undefined || now >= known.at + this.settings.dedupWindowMs) return false;
		return known.mayBeForgotten ? undefined : true;
	}

	accept(dedupId: string | undefined, id: string, at: number): void {
		if (dedupId !== undefined) this.accepted.set(dedupId, { id, at, mayBeForgotten: false });
	}

	/** What each subscription's figures must say between any two steps; `atRest`: and that it has brought everything. */
	check(figures: TopicEngineFigures, atRest: boolean, now: number): void {
		const complain = (what: string) => () => `${this.name}: ${what}: ${JSON.stringify(figures)}`;
		demand(figures.subscriptions.length === this.readers.size, complain('not all subscriptions are there'));
		demand(figures.published === this.entries.length, complain('published is wrong'));
		demand(figures.messages === this.next - this.first, complain('messages is wrong'));
		for (const shown of figures.subscriptions) {
			const { lag, delivered, filtered, missed } = shown;
			const reader = this.readers.get(shown.name);
			demand(reader !== undefined, complain(`${shown.name} is not subscribed`));
			demand(Math.min(lag, delivered, filtered, missed) >= 0, complain(`a figure of ${shown.name} is negative`));
			const all = reader.before.seen + this.next - reader.start;
			const sum = lag + delivered + filtered + missed;
			demand(sum === all, complain(`the figures of ${shown.name} add up to ${sum}, not to ${all}`));
			if (atRest) this.checkRest(reader, shown, complain);
		}
		const oldest = this.entries[this.first - 1];
		const isKept = oldest === undefined || oldest.writtenAt + this.settings.retentionMs + 2 * LIMITS.sweepMs > now;
		demand(!atRest || isKept, complain('retention was forgotten'));
	}

	private checkRest(
		reader: ReaderModel,
		shown: { lag: number; delivered: number; filtered: number; missed: number },
		complain: (what: string) => () => string,
	): void {
		demand(shown.lag === 0, complain(`${reader.name} lags`));
		const due = this.entries.slice(reader.start - 1).filter((entry) => reader.matches(entry));
		const lost = due.filter(({ position }) => !reader.arrived.has(position));
		const gone = lost.find(({ position }) => !reader.swept.has(position));
		demand(gone === undefined, () => `P9: ${gone?.draft.name} (${gone?.position}) was lost by ${reader.name}`);
		const missed = shown.missed - reader.before.missed;
		const delivered = shown.delivered - reader.before.delivered;
		demand(missed >= lost.length, complain(`${reader.name} missed ${lost.length} at least`));
		demand(missed <= reader.swept.size, complain(`${reader.name} missed ${reader.swept.size} at most`));
		demand(delivered <= reader.arrived.size, complain(`${reader.name} brought ${reader.arrived.size} at most`));
		if (reader.swept.size > 0) return;
		demand(delivered === reader.arrived.size, complain(`${reader.name} brought ${reader.arrived.size}`));
	}

	/** After a restart a cursor may stand further back, but only by what a filter has let by. */
	checkRebuilt(engine: SimulatedTopic['engine']): void {
		const rows = this.look(engine);
		for (const [name, { position: to, ahead }] of this.look()) {
			const { position: from, ahead: written } = rows.get(name) as Place;
			demand(from <= to, () => `${name} is at ${to}, and at ${from} after a restart`);
			const reader = this.readers.get(name);
			demand(reader !== undefined, () => `${name} is not subscribed`);
			const isAgain = (entry: Stored) => reader.matches(entry) && !written.includes(entry.position);
			const again = this.entries.slice(from - 1, to - 1).find(isAgain);
			demand(again === undefined, () => `${name} is at ${to}; a restart brings ${again?.draft.name} again`);
			const beyond = written.filter((position) => position >= to);
			demand(beyond.join() === ahead.join(), () => `${name} took ${ahead} ahead, and ${written} after a restart`);
		}
	}

	private look(engine = this.topic.engine): Map<string, Place> {
		const places = new Map<string, Place>();
		for (const [name, { position, ahead, delivered, missed, terms }] of this.topic.readers(engine)) {
			const sorted = [...ahead].sort((a, b) => a - b);
			places.set(name, { position, ahead: sorted, delivered, missed, terms: terms.length });
		}
		return places;
	}

	private noteAdded(now: number): Stored[] {
		const added = storedFrom(this.topic.database, this.topic.tag, this.next);
		for (const entry of added) {
			const last = this.entries.at(-1);
			demand(entry.position === this.next, () => `${this.name}: ${entry.position} follows ${last?.position}`);
			const runs = entry.writtenAt >= now && entry.writtenAt >= (last?.writtenAt ?? 0);
			demand(runs, () => `${this.name}: ${entry.writtenAt} was written at ${now} after ${last?.writtenAt}`);
			this.entries.push(entry);
		}
		return added;
	}

	private checkPublish(
		{ messages }: TopicCommand & { kind: 'publish' },
		outcomes: readonly PublishOutcome[],
		added: readonly Stored[],
		now: number,
	): void {
		const left = [...added];
		for (const [index, { body, dedupId }] of messagesIn(messages).entries()) {
			const outcome = outcomes[index] as PublishOutcome;
			const { name } = draftOf(body);
			demand(!isRefusal(outcome), () => `publish of ${name} was refused`);
			const isDuplicate = this.isDuplicate(dedupId, now) ?? outcome.duplicate;
			demand(outcome.duplicate === isDuplicate, () => `P7: ${name} is ${isDuplicate ? 'a' : 'no'} duplicate`);
			if (isDuplicate) {
				const first = this.accepted.get(dedupId as string)?.id;
				demand(first === outcome.id, () => `P7: ${name} is a duplicate of ${first}, not of ${outcome.id}`);
				continue;
			}
			const entry = left.shift();
			const isIt = entry?.id === outcome.id && entry.position === outcome.sequence && entry.draft.name === name;
			demand(isIt, () => `P1: ${name} was accepted as ${JSON.stringify(outcome)}, and is not there`);
			this.accept(dedupId, outcome.id, now);
		}
		demand(left.length === 0, () => `${left[0]?.draft.name} is there, though it was not accepted`);
	}

	private configure(version: number, subscriptions: readonly Subscription[]): void {
		if (version <= this.configured) return;
		this.configured = version;
		const names = new Set(subscriptions.map(({ name }) => name));
		for (const name of this.readers.keys()) if (!names.has(name)) this.readers.delete(name);
		for (const subscription of subscriptions) {
			const reader = this.readers.get(subscription.name);
			if (reader === undefined || reader.generation < subscription.generation) this.begin(subscription, reader);
			else if (reader.version < subscription.version) reader.agree(this.next, subscription);
		}
	}

	private begin(subscription: Subscription, reader: ReaderModel | undefined): void {
		const { name, generation } = subscription;
		const place = reader && this.places.get(name);
		const start = startOf(subscription.start, this.entries, this.first, this.next);
		const counts: Counts = {
			seen: reader && place ? reader.before.seen + place.position - reader.start + place.ahead.length : 0,
			delivered: place?.delivered ?? 0,
			missed: place?.missed ?? 0,
		};
		const passed = reader && place ? reader.passedUntil(place.position) : new Set<number>();
		const begun = new ReaderModel(name, generation, start, passed, counts, subscription);
		this.readers.set(name, begun);
		this.everybody.set(`${name}/${generation}`, begun);
	}

	private noteSwept(now: number): void {
		const first =
			this.topic.database.first<{ first: number | null }>('SELECT min(base) AS first FROM segment')?.first ?? this.next;
		for (; this.first < first; this.first++) {
			const { draft, writtenAt } = this.entries[this.first - 1] as Stored;
			const isOver = writtenAt + this.settings.retentionMs <= now;
			demand(isOver, () => `P9: ${draft.name} was dropped before its retention was over`);
			for (const reader of this.readers.values()) {
				const place = this.places.get(reader.name);
				if (place === undefined || place.position > this.first || place.ahead.includes(this.first)) continue;
				reader.swept.add(this.first);
			}
		}
	}

	private noteSkipped(name: string): void {
		const place = this.places.get(name);
		const reader = this.readers.get(name);
		const terms = this.look().get(name)?.terms;
		if (place !== undefined && terms !== undefined && terms < place.terms) reader?.skip(place.position);
	}

	/** Whose window was over once may be forgotten, whatever the clock says later. */
	private noteEnds(now: number): void {
		for (const known of this.accepted.values()) {
			if (now >= known.at + this.settings.dedupWindowMs) known.mayBeForgotten = true;
		}
	}
}
