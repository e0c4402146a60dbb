import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { Catalog } from '../../durable-objects/catalog';
import {
	isRefusal,
	type Queue,
	type QueueSettings,
	type Refusal,
	type TopicSettings,
} from '../../durable-objects/protocol';
import { FakePartitions, FakeTopics, type Reaction, Wire } from './objects';

/** Far behind the runtime's own clock, which fires the alarms: here only the test does. */
export const start = 4_102_444_800_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }));
afterEach(() => void vi.useRealTimers());

export const settings: QueueSettings = {
	partitions: 1,
	visibilityTimeoutMs: 30_000,
	retentionMs: 345_600_000,
	delayMs: 0,
	maxReceives: 5,
	deadLetter: null,
	onPoison: 'dead-letter',
	delivery: 'at-least-once',
	dedupWindowMs: 300_000,
	backoff: { initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.2 },
	maxBacklog: null,
	maxBacklogBytes: null,
	location: null,
};

export const topicSettings: TopicSettings = {
	partitions: 1,
	retentionMs: 86_400_000,
	dedupWindowMs: 300_000,
	location: null,
};

export interface Stage {
	catalog: Catalog;
	readonly partitions: FakePartitions;
	readonly topics: FakeTopics;
	readonly wire: Wire;
	readonly state: DurableObjectState;
	/** A new object on the same storage, as after a reset. What the old one still does comes to nothing here. */
	reset(): Promise<Catalog>;
	/** Moves the clock to the alarm, and lets it ring; false if none is set. */
	ring(): Promise<boolean>;
}

/** Plays on an empty catalog with fake partitions, of queues and of topics; none is ever told of annotations. */
export async function play(run: (stage: Stage) => Promise<void>): Promise<void> {
	const stub = env.CATALOG.getByName(crypto.randomUUID());
	await runInDurableObject(stub, async (_: Catalog, state: DurableObjectState) => {
		const wire = new Wire();
		const partitions = new FakePartitions(wire);
		const topics = new FakeTopics(wire);
		const open = async () => {
			const bindings = { ...env, PARTITION: partitions as never, TOPIC: topics as never };
			const catalog = new Catalog(state, bindings);
			await state.blockConcurrencyWhile(async () => undefined);
			return catalog;
		};
		const stage: Stage = {
			catalog: await open(),
			partitions,
			topics,
			wire,
			state,
			reset: async () => {
				stage.catalog = await open();
				return stage.catalog;
			},
			ring: async () => {
				const at = await state.storage.getAlarm();
				if (at === null) return false;
				if (at > Date.now()) vi.setSystemTime(at);
				await state.storage.deleteAlarm();
				await stage.catalog.alarm();
				return true;
			},
		};
		await run(stage);
		expect([...partitions.leaks, ...topics.leaks]).toEqual([]);
	});
}

/** The value of an answer that must not be a refusal. */
export function accepted<T>(answer: T): Exclude<T, Refusal> {
	if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}: ${answer.detail}`);
	return answer as Exclude<T, Refusal>;
}

export async function queueNamed(catalog: Catalog, name: string): Promise<Queue> {
	return accepted(await catalog.getQueue(name));
}

/** A call that is still on its way when the test goes on; `answer` ends it. */
export function pending(): { reaction: Reaction; begun: Promise<void>; answer: (value: Refusal | null) => void } {
	const begun = Promise.withResolvers<void>();
	const answer = Promise.withResolvers<Refusal | null>();
	const reaction = () => {
		begun.resolve();
		return answer.promise;
	};
	return { reaction, begun: begun.promise, answer: answer.resolve };
}

export const lost: Reaction = () => {
	throw new Error('Network connection lost.');
};
