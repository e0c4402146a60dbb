import type { Prng } from '../prng';
import { OTHER_TOPIC, OUTPUTS, QUEUES, SUBSCRIPTIONS, TOPIC } from './actor';
import {
	type Action,
	type Draft,
	type Event,
	type Fault,
	FILTERS,
	type Filter,
	type From,
	type Setting,
} from './script';
import type { Stage } from './stage';

const second = 1_000;
const REST_EVERY = 30;

export function randomSetting(prng: Prng): Setting {
	return {
		retentionMs: prng.chance(0.5) ? 60 * second : 86_400 * second,
		dedupWindowMs: prng.pick([60 * second, 86_400 * second]),
		paceMs: prng.chance(0.15) ? 50 : 0,
		partitions: prng.pick([1, 2, 2, 3]),
	};
}

/** What happens next, at random, with an eye on what can happen. */
export class Workload {
	private at = 0;
	private published = 0;
	private events = 0;
	/** What goes on a sequence that was begun. */
	private planned: (Action | (() => Action))[] = [];

	constructor(
		private readonly prng: Prng,
		private readonly stage: Stage,
	) {}

	next(): Event {
		const { prng } = this;
		// A rest takes its time.
		this.at = Math.max(this.at, this.stage.elapsed);
		const isRest = ++this.events % REST_EVERY === 0;
		const passed = prng.chance(0.6) ? 0 : prng.pick([1, second, 3 * second, 10 * second, 40 * second]);
		const held = !isRest && passed > 0 && passed <= 10 * second && prng.chance(0.3);
		this.at += prng.chance(0.02) ? -Math.min(this.at, 5 * second) : passed;
		const seed = prng.between(1, 1_000_000);
		if (isRest) return { at: this.at, held, action: { verb: 'rest' }, steps: null, seed };
		const steps = prng.chance(0.6) ? prng.pick([0, 1, 2, 3, 5, 8]) : null;
		const action = this.action();
		return { at: this.at, held, action, steps, seed };
	}

	private action(): Action {
		if (this.planned.length === 0 && this.prng.chance(0.12)) this.planned = this.sequence();
		const planned = this.planned.shift() ?? this.anything();
		return typeof planned === 'function' ? planned() : planned;
	}

	/** What random steps seldom make: what only counts together, each time with other steps of couriers between. */
	private sequence(): typeof this.planned {
		const { prng } = this;
		const name = prng.pick(SUBSCRIPTIONS);
		const queue = prng.pick(['a', 'b', 'c']);
		const publish = (): Action => ({ verb: 'publish', topic: TOPIC, messages: this.drafts(4) });
		const fail = (of: string, fault: Fault): Action => ({ verb: 'fault', of, fault });
		const change = (filter: Filter): Action => ({
			verb: 'subscribe',
			name,
			queue,
			filter,
			mark: prng.pick([undefined, 'm', 'n']),
			from: 'earliest',
			told: true,
		});
		const layout = (of: string): Action => ({ verb: 'layout', queue: of, partitions: prng.between(1, 3) });
		const late = (): Fault => ({ kind: prng.pick(['late', 'again']), ms: prng.pick([1, second, 3 * second]) });
		const receive = (max: number, leaseMs: number): Action => ({ verb: 'receive', queue, index: 0, max, leaseMs });
		const later = (action: Action) => (): Action => {
			this.at += second;
			return action;
		};
		const bound = (maxBacklog: number): Action => ({ verb: 'bound', queue, maxBacklog });
		const pipeline = `${[...this.stage.checker.lives.handOuts.values()].at(-1)?.on.queue ?? 'a'}.0`;
		return prng.pick<() => typeof this.planned>([
			// A delivery arrives again behind what a seek has brought.
			() => [fail(TOPIC, late()), publish(), { verb: 'seek', name, from: 'earliest', told: true }],
			// What was taken, and not known to be, must not go to other partitions.
			() => [fail(TOPIC, { kind: 'after' }), publish(), layout(queue)],
			() => [fail(pipeline, { kind: 'after' }), this.settle(), layout(prng.pick(['p', 'd']))],
			// Terms end behind messages that do not fit.
			() => [change('none'), publish(), change(prng.pick(['all', 'big'])), publish()],
			// The queue of former terms is full, and then it is another one.
			() => [
				change('all'),
				bound(1),
				publish(),
				{ verb: 'subscribe', name, queue: 'p', filter: 'all', from: 'now', told: true },
				{ verb: 'delete', queue, told: true },
				{ verb: 'create', queue, partitions: 1 },
			],
			// Somebody else is given the head of a key, and its followers are settled by who had them before.
			() => [change('all'), publish(), publish(), receive(10, 1), later(receive(1, 30 * second)), () => this.pipe()],
			// One partition has room, another one has not.
			() => [bound(prng.between(2, 4)), publish(), publish(), { verb: 'seek', name, from: this.from(), told: true }],
		])();
	}

	private anything(): Action {
		const { prng } = this;
		const queue = () => prng.pick(QUEUES);
		const fed = () => prng.pick(['a', 'b', 'c', 'c', 'p']);
		const told = prng.chance(0.8);
		const make = prng.weighted<() => Action>([
			[22, () => ({ verb: 'publish', topic: prng.chance(0.8) ? TOPIC : OTHER_TOPIC, messages: this.drafts(4) })],
			[
				16,
				() => ({ verb: 'receive', queue: this.consumed(), index: prng.between(0, 2), max: 10, leaseMs: this.lease() }),
			],
			[16, () => this.settle()],
			[3, () => ({ verb: 'redrive', queue: prng.pick(['a-dlq', 'b-dlq', 'c-dlq']) })],
			[
				7,
				() => {
					const name = prng.pick(SUBSCRIPTIONS);
					const terms = { queue: fed(), filter: prng.pick(FILTERS), mark: prng.pick([undefined, 'm', 'n']) };
					return { verb: 'subscribe', name, ...terms, from: this.from(), told };
				},
			],
			[1, () => ({ verb: 'unsubscribe', name: prng.pick(SUBSCRIPTIONS), told })],
			[4, () => ({ verb: 'seek', name: prng.pick(SUBSCRIPTIONS), from: this.from(), told })],
			[3, () => ({ verb: 'tell', stale: prng.chance(0.7) })],
			[
				5,
				() => ({ verb: 'bound', queue: prng.pick(['c', 'c', 'a', 'p']), maxBacklog: prng.pick([null, null, 1, 3, 6]) }),
			],
			[1.5, () => ({ verb: 'delete', queue: prng.pick(['a', 'b', 'c', 'p']), told })],
			[3, () => ({ verb: 'create', queue: queue(), partitions: prng.between(1, 3) })],
			[1, () => ({ verb: 'seal', queue: fed() })],
			[2, () => ({ verb: 'layout', queue: fed(), partitions: prng.between(1, 3) })],
			[2, () => ({ verb: 'cut', queue: fed(), ms: prng.pick([second, 20 * second, 90 * second]) })],
			[14, () => ({ verb: 'fault', of: this.object(), fault: this.fault() })],
			[12, () => ({ verb: 'restart', of: this.object() })],
		]);
		return make();
	}

	/** A pipeline's consumer is at it more than others. */
	private consumed(): string {
		return this.prng.pick(['a', 'a', 'a', 'b', 'c', 'c', 'p', 'a-dlq', 'c-dlq']);
	}

	private lease(): number {
		return this.prng.pick([1, 5 * second, 5 * second, 30 * second]);
	}

	private object(): string {
		const { prng } = this;
		if (prng.chance(0.45)) return prng.chance(0.9) ? TOPIC : OTHER_TOPIC;
		return `${prng.pick([...QUEUES, 'a', 'c', 'a-dlq', 'c-dlq'])}.${prng.between(0, 2)}`;
	}

	private fault(): Fault {
		const { prng } = this;
		const kind = prng.pick(['before', 'after', 'after', 'twice', 'late', 'again', 'again'] as const);
		if (kind === 'late' || kind === 'again') return { kind, ms: prng.pick([0, 1, second, 5 * second, 60 * second]) };
		return { kind };
	}

	private from(): From {
		const { prng } = this;
		return prng.pick<() => From>([
			() => 'now',
			() => 'earliest',
			() => ({ instant: Math.max(0, this.at - prng.pick([0, 1, second, 10 * second, 60 * second])) }),
			() => ({ sequence: prng.between(1, this.published + 2) }),
		])();
	}

	private drafts(most: number): Draft[] {
		return Array.from({ length: this.prng.between(1, most) }, () => this.draft());
	}

	private draft(): Draft {
		const { prng } = this;
		const name = `m${++this.published}`;
		const colour = prng.pick(['red', 'red', 'blue', undefined] as const);
		const draft = { name, ...(colour && { colour }), ...(prng.chance(0.5) && { size: prng.between(1, 9) }) };
		const noted = prng.chance(0.3) ? { ...draft, note: `of ${name}` } : draft;
		// One or the other: by which of the two the partition is chosen decides whom a duplicate meets.
		if (prng.chance(0.6)) return { ...noted, key: prng.pick(['k1', 'k2', 'k3']) };
		return prng.chance(0.2) ? { ...noted, dedupId: `d${prng.between(1, 6)}` } : noted;
	}

	/** Mostly what was handed out lately, sometimes long ago, and often with something to publish. */
	private settle(): Action {
		const { prng } = this;
		const all = [...this.stage.checker.lives.handOuts.values()];
		const first = all.at(-prng.pick([1, 1, 2, 3, 5, 20]));
		const near = all.filter(({ on }) => on === first?.on).slice(-6);
		const acks = near.filter(() => prng.chance(0.4)).map(({ receipt }) => receipt);
		const retries = near.map(({ receipt }) => receipt).filter((one) => !acks.includes(one) && prng.chance(0.3));
		const targets = OUTPUTS.filter(() => prng.chance(0.4));
		const isPipeline = acks.length > 0 && prng.chance(0.6);
		const publish = isPipeline ? targets.map((to) => ({ to, messages: this.drafts(2) })) : [];
		return { verb: 'settle', acks, retries, publish };
	}

	/** What follows from one hand-out: from one that somebody else is ahead of by now, where there is such a one. */
	private pipe(): Action {
		const { prng } = this;
		const { lives } = this.stage.checker;
		const all = [...lives.handOuts.values()].slice(-20).filter((handOut) => lives.isCurrent(handOut));
		const late = all.filter((handOut) => lives.isOvertaken(handOut));
		const chosen = late[0] ?? all.at(-1);
		const publish = [{ to: prng.pick(OUTPUTS), messages: this.drafts(2) }];
		return { verb: 'settle', acks: chosen ? [chosen.receipt] : [], retries: [], publish };
	}
}
