import type { PartitionCalls, TopicCalls } from '../../durable-objects/catalog/calls';
import { isRefusal, type Refusal, refuse, type Subscription } from '../../durable-objects/protocol';

export type Reaction = () => Refusal | null | Promise<Refusal | null>;

/** Between the catalog and all objects: it numbers the calls, and can be cut. */
export class Wire {
	calls = 0;
	private answers = (_call: number) => ({ heard: true, answered: true });

	/** From the call with this number (1 is the next) on, none is answered; that one is heard, or not. */
	cutOff(number: number, heard: boolean): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const first = this.calls + number;
		this.answers = (call) => {
			if (call === first) resolve();
			return { heard: call < first || (call === first && heard), answered: call < first };
		};
		return promise;
	}

	answerAgain(): void {
		this.answers = () => ({ heard: true, answered: true });
	}

	call(): { heard: boolean; answered: boolean } {
		this.calls += 1;
		return this.answers(this.calls);
	}
}

/** Objects that only remember what the catalog has told them, and misbehave where a test says so. */
abstract class FakeObjects<Call extends string, State extends object> {
	readonly states = new Map<string, State>();
	readonly heard: string[] = [];
	readonly hints: (string | undefined)[] = [];
	/** Calls that told an object of annotations, which are nothing to it. */
	readonly leaks: string[] = [];
	private readonly reactions = new Map<string, Reaction>();

	constructor(private readonly wire: Wire) {}

	/** What a call on an object answers instead; nothing of it is remembered then. */
	on(call: Call, object: string, reaction: Reaction): void {
		this.reactions.set(`${call} ${object}`, reaction);
	}

	behave(): void {
		this.reactions.clear();
	}

	state(object: string): State {
		const state = this.states.get(object) ?? this.fresh();
		this.states.set(object, state);
		return state;
	}

	protected abstract fresh(): State;

	/** `effect`: what an object that hears the call changes, or why it refuses. */
	protected async hear(
		call: Call,
		object: string,
		told: unknown,
		effect: (state: State) => Refusal | Partial<State>,
	): Promise<Refusal | null> {
		this.heard.push(`${call} ${object}`);
		if (JSON.stringify(told).includes('"annotations"')) this.leaks.push(`${call} ${object}`);
		const { heard, answered } = this.wire.call();
		const reaction = this.reactions.get(`${call} ${object}`);
		const result = heard && !reaction ? effect(this.state(object)) : {};
		if (!isRefusal(result)) Object.assign(this.state(object), result);
		if (!answered) return new Promise(() => undefined);
		if (reaction) return reaction();
		return isRefusal(result) ? result : null;
	}
}

/** What a partition is after the calls that it has heard. */
export interface PartitionState {
	sealed: boolean;
	destroyed: boolean;
	/** The newest version that `configure` has brought. */
	configured: number | null;
}

export class FakePartitions extends FakeObjects<keyof PartitionCalls, PartitionState> {
	protected override fresh(): PartitionState {
		return { sealed: false, destroyed: false, configured: null };
	}

	getByName(object: string, options: { locationHint?: string }): PartitionCalls {
		this.hints.push(options.locationHint);
		return {
			configure: (queue) => this.hear('configure', object, queue, () => ({ configured: queue.version })),
			seal: (queue) => this.hear('seal', object, queue, () => ({ sealed: true })),
			unseal: (queue) => this.hear('unseal', object, queue, () => ({ sealed: false })),
			destroy: (queue) => this.hear('destroy', object, queue, () => ({ destroyed: true })).then(() => null),
		};
	}
}

/** What a partition of a topic is after the calls that it has heard. */
export interface TopicState {
	destroyed: boolean;
	/** The newest version that `configure` has brought, and what came with it. */
	configured: number | null;
	retentionMs: number | null;
	subscriptions: readonly Subscription[];
}

export class FakeTopics extends FakeObjects<keyof TopicCalls, TopicState> {
	protected override fresh(): TopicState {
		return { destroyed: false, configured: null, retentionMs: null, subscriptions: [] };
	}

	getByName(object: string, options: { locationHint?: string }): TopicCalls {
		this.hints.push(options.locationHint);
		return {
			configure: (topic, subscriptions) =>
				this.hear('configure', object, [topic, subscriptions], (state) => {
					if (state.destroyed) return refuse('topic_not_found', 'It is destroyed.');
					if (topic.version < (state.configured ?? 0)) return {};
					const { retentionMs } = topic.settings;
					return { configured: topic.version, retentionMs, subscriptions: structuredClone(subscriptions) };
				}),
			destroy: (topic) => this.hear('destroy', object, topic, () => ({ destroyed: true })).then(() => null),
		};
	}
}
