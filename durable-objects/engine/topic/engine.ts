import type { Database } from '../../database';
import { LIMITS, type Refusal, refuse, type Subscription, type Topic } from '../../protocol';
import { Appender } from '../appender';
import { sweepDedup } from '../dedup';
import { takenFrom } from '../inbox';
import { oldestSegments } from '../lane-ends';
import { laneNumber } from '../lanes';
import { isDue } from '../rules';
import { writeState } from '../state';
import { PHASES, type TopicCommand, type TopicCommit } from './commands';
import { figures } from './figures';
import { load } from './load';
import { firstSequence, LANE, sweepLog } from './log';
import type { TopicMemory, TopicParcel } from './memory';
import { isBehind, parcelFor, pass } from './parcels';
import { deliver, publish } from './publish';
import { flushCursors, setRoute, settleReaders, skipTerm, tellSubscriptions } from './readers';

/**
 * One partition of a topic: a synchronous function of rows, commands and the instant. The caller wraps each commit in one
 * transaction, and drops the engine where it throws.
 */
export class TopicEngine {
	private readonly memory: TopicMemory;

	constructor(
		private readonly database: Database,
		tag: string,
	) {
		this.memory = load(database, tag);
	}

	commit(commands: readonly TopicCommand[], now: number): TopicCommit {
		const { database, memory } = this;
		const results: unknown[] = new Array(commands.length);
		// A clock that was set back must not make the log's instants run backwards.
		memory.lastWrittenAt = Math.max(memory.lastWrittenAt, now);
		const appender = new Appender(database, memory, memory.lastWrittenAt);
		const phase = (index: number) => PHASES[(commands[index] as TopicCommand).kind];
		const order = commands.map((_, index) => index).sort((a, b) => phase(a) - phase(b) || a - b);
		for (const index of order) {
			if (phase(index) > PHASES.publish) this.append(appender, now);
			results[index] = this.run(commands[index] as TopicCommand, appender, now);
		}
		this.append(appender, now);
		flushCursors(database, memory);
		if (memory.topicDirty) writeState(database, 'topic', memory.topic);
		memory.topicDirty = false;
		this.planSweep(now);
		return { results, dueAt: memory.destroyed ? null : (memory.sweep.nextAt ?? null) };
	}

	/** The topic as last seen; undefined before the first call. */
	get topic(): Topic | undefined {
		return this.memory.topic;
	}

	/** How many subscriptions there are. */
	get subscriptions(): number {
		return this.memory.readers.size;
	}

	/** Subscriptions that have something to look at. */
	*owed(): Generator<string> {
		for (const reader of this.memory.readers.values()) if (isBehind(this.memory, reader)) yield reader.name;
	}

	parcelFor(subscription: string): ReturnType<typeof parcelFor> {
		return parcelFor(this.database, this.memory, subscription);
	}

	/** What memory derived from the rows, in a form that can be compared with a fresh load. */
	snapshot(): unknown {
		const { topic, destroyed, configuredVersion, tally, lanes, readers, hasDedup } = this.memory;
		const { appendedMessages, appendedBytes } = laneNumber({ lanes }, LANE);
		// What a filter let by since the row was written is not in a fresh load, nor is what of `ahead` it came by.
		const shown = [...readers.values()].map(({ matcher: _, position: __, filtered: ___, ahead: ____, ...row }) => row);
		shown.sort((a, b) => (a.name < b.name ? -1 : 1));
		return { topic, destroyed, configuredVersion, tally, appendedMessages, appendedBytes, hasDedup, readers: shown };
	}

	/** The cursors are the subscriptions': the lane's own follows the end, so that what is written stays cached. */
	private append(appender: Appender, now: number): void {
		if (appender.messages === 0) return;
		appender.flush();
		const { memory } = this;
		const lane = laneNumber(memory, LANE);
		lane.passedBytes = lane.appendedBytes;
		// A sweep may be planned for other things than these.
		const endAt = now + (memory.topic as Topic).settings.retentionMs;
		if (memory.sweep.nextAt !== undefined) memory.sweep.nextAt = Math.min(memory.sweep.nextAt, endAt);
	}

	private run(command: TopicCommand, appender: Appender, now: number): unknown {
		const { database, memory } = this;
		if (command.kind === 'destroy') return this.destroy();
		const refusal = closed(memory, command.topic.name);
		if (refusal !== undefined) {
			return command.kind === 'deliver' ? { taken: takenFrom(database, command.delivery), refusal } : refusal;
		}
		const { settings } = this.adopt(command.topic);
		const on = { database, memory, appender, settings, now };
		switch (command.kind) {
			case 'configure':
				return this.configure(command.topic, command.subscriptions);
			case 'publish':
				return publish(on, command.messages);
			case 'deliver':
				return deliver(on, command.delivery);
			case 'passed':
				return pass(database, memory, command.parcel, command.positions);
			case 'route':
				return this.readerOf(command.parcel, (reader) => setRoute(database, reader, command.route)) ?? false;
			case 'skipTerm':
				return this.readerOf(command.parcel, (reader) => skipTerm(database, reader)) ?? true;
			case 'figures':
				return figures(database, memory, command.subscription);
			case 'tick':
				return this.sweep(now);
		}
	}

	/** Nothing where the subscription is gone, or was moved since the parcel was made. */
	private readerOf<T>(parcel: TopicParcel, act: (reader: Parameters<typeof skipTerm>[1]) => T): T | undefined {
		const reader = this.memory.readers.get(parcel.subscription);
		const isSame = reader?.generation === parcel.generation && reader.position === parcel.from;
		return isSame ? act(reader) : undefined;
	}

	private adopt(topic: Topic): Topic {
		const { memory } = this;
		if (memory.topic === undefined || topic.version > memory.topic.version) {
			memory.topic = topic;
			memory.topicDirty = true;
			memory.sweep.nextAt = undefined;
		}
		return memory.topic;
	}

	/** All subscriptions as of a version of the topic; an older version than was heard before is old news. */
	private configure(topic: Topic, subscriptions: readonly Subscription[]): null {
		const { database, memory } = this;
		if (topic.version <= memory.configuredVersion) return null;
		tellSubscriptions(database, memory, subscriptions);
		memory.configuredVersion = topic.version;
		writeState(database, 'configured', topic.version);
		return null;
	}

	/** Leaves a tombstone, so that a Worker or a courier with old settings is told that the topic is gone. */
	private destroy(): null {
		const { database, memory } = this;
		if (memory.destroyed) return null;
		for (const table of ['segment', 'dedup', 'subscription', 'cursor'] as const) database.run(`DELETE FROM ${table}`);
		memory.readers.clear();
		memory.moved.clear();
		memory.cache.clear();
		memory.hasDedup = false;
		memory.destroyed = true;
		writeState(database, 'destroyed', true);
		return null;
	}

	private sweep(now: number): null {
		const { database, memory } = this;
		const { nextAt } = memory.sweep;
		if (nextAt === undefined || !isDue(nextAt, now) || memory.topic === undefined) return null;
		const isCut = sweepLog(database, memory, memory.topic.settings, now);
		settleReaders(memory, firstSequence(database, memory));
		sweepDedup(database, memory, memory.topic.settings, now);
		const isWhole = !isCut && memory.sweep.dedupAfter === '';
		memory.sweep.nextAt = isWhole ? this.nextSweepAt(now, now + LIMITS.sweepMs) : now + LIMITS.sweepStepMs;
		return null;
	}

	private planSweep(now: number): void {
		if (!this.memory.destroyed) this.memory.sweep.nextAt ??= this.nextSweepAt(now, now);
	}

	/** When a sweep would next find something, not before `earliest`; undefined when nothing is stored. */
	private nextSweepAt(now: number, earliest: number): number | undefined {
		const { database, memory } = this;
		const settings = memory.topic?.settings;
		if (settings === undefined) return undefined;
		const instants = oldestSegments(database, LANE, 1).map((oldest) => oldest.retained_from + settings.retentionMs);
		if (memory.hasDedup) instants.push(now + settings.dedupWindowMs);
		return instants.length === 0 ? undefined : Math.max(Math.min(...instants), earliest);
	}
}

function closed(memory: TopicMemory, name: string): Refusal | undefined {
	return memory.destroyed ? refuse('topic_not_found', `There is no topic ${name}; it was deleted.`) : undefined;
}
