import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, vi } from 'vitest';
import { Catalog } from '../../durable-objects/catalog';
import type { PartitionCalls } from '../../durable-objects/catalog/calls';
import { isRefusal, type Queue, type QueueSettings, type Refusal } from '../../durable-objects/protocol';

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

export type Call = keyof PartitionCalls;

/** What a partition is after the calls that it has heard. */
export interface PartitionState {
	sealed: boolean;
	destroyed: boolean;
	/** The newest version that `configure` has brought. */
	configured: number | null;
}

type Reaction = () => Refusal | null | Promise<Refusal | null>;

/** Partitions that only remember what the catalog has told them, and misbehave where a test says so. */
export class FakePartitions {
	readonly states = new Map<string, PartitionState>();
	readonly heard: string[] = [];
	readonly hints: (string | undefined)[] = [];
	private answers = (_call: number) => ({ heard: true, answered: true });
	private readonly reactions = new Map<string, Reaction>();

	/** What a call on an object answers instead; nothing of it is remembered then. */
	on(call: Call, object: string, reaction: Reaction): void {
		this.reactions.set(`${call} ${object}`, reaction);
	}

	behave(): void {
		this.reactions.clear();
	}

	/** From the call with this number (1 is the next) on, none is answered; that one is heard, or not. */
	cutOff(number: number, heard: boolean): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const first = this.heard.length + number;
		this.answers = (call) => {
			if (call === first) resolve();
			return { heard: call < first || (call === first && heard), answered: call < first };
		};
		return promise;
	}

	answerAgain(): void {
		this.answers = () => ({ heard: true, answered: true });
	}

	state(object: string): PartitionState {
		const state = this.states.get(object) ?? { sealed: false, destroyed: false, configured: null };
		this.states.set(object, state);
		return state;
	}

	getByName(object: string, options: { locationHint?: string }): PartitionCalls {
		this.hints.push(options.locationHint);
		const hear = async (call: Call, effect: (state: PartitionState) => void): Promise<Refusal | null> => {
			const { heard, answered } = this.answers(this.heard.push(`${call} ${object}`));
			const reaction = this.reactions.get(`${call} ${object}`);
			if (heard && !reaction) effect(this.state(object));
			if (!answered) return new Promise(() => undefined);
			return reaction ? reaction() : null;
		};
		return {
			configure: (queue) => hear('configure', (state) => (state.configured = queue.version)),
			seal: () => hear('seal', (state) => (state.sealed = true)),
			unseal: () => hear('unseal', (state) => (state.sealed = false)),
			destroy: (): Promise<null> => hear('destroy', (state) => (state.destroyed = true)).then(() => null),
		};
	}
}

export interface Stage {
	catalog: Catalog;
	readonly partitions: FakePartitions;
	readonly state: DurableObjectState;
	/** A new object on the same storage, as after a reset. What the old one still does comes to nothing here. */
	reset(): Promise<Catalog>;
	/** Moves the clock to the alarm, and lets it ring; false if none is set. */
	ring(): Promise<boolean>;
}

/** Plays on an empty catalog with fake partitions. */
export async function play(run: (stage: Stage) => Promise<void>): Promise<void> {
	const stub = env.CATALOG.getByName(crypto.randomUUID());
	await runInDurableObject(stub, async (_: Catalog, state: DurableObjectState) => {
		const partitions = new FakePartitions();
		const open = async () => {
			const namespace = partitions as unknown as typeof env.PARTITION;
			const catalog = new Catalog(state, { ...env, PARTITION: namespace });
			await state.blockConcurrencyWhile(async () => undefined);
			return catalog;
		};
		const stage: Stage = {
			catalog: await open(),
			partitions,
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
