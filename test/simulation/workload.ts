import { EPOCH } from '../guarantees/answers';
import type { Action, Asking, Draft, Entry, Settings } from '../guarantees/script';
import type { Held } from './model';
import type { Prng } from './prng';
import type { Event, Trial } from './trial';

const second = 1_000;
const KEYS = ['k1', 'k2', 'k3', 'k4'];
const CONSUMERS = ['w1', 'w2', 'w3'];
const RECEIVES = ['r1', 'r2', 'r3'];

/** Settings of one trial: short ones, so that a few hundred events see every window end. */
export function randomSettings(prng: Prng): Settings {
	return {
		visibilityTimeoutMs: prng.weighted([
			[8, 10 * second],
			[8, 30 * second],
			[1, 0],
		]),
		retentionMs: prng.pick([60, 120, 4 * 86_400]) * second,
		delayMs: prng.weighted([
			[8, 0],
			[1, 5 * second],
		]),
		maxReceives: prng.pick([1, 2, 3, 5]),
		deadLetter: prng.weighted([
			[5, 'q-dlq'],
			[1, null],
		]),
		onPoison: prng.pick(['dead-letter', 'block']),
		delivery: prng.weighted([
			[9, 'at-least-once'],
			[1, 'at-most-once'],
		]),
		dedupWindowMs: prng.pick([20, 60]) * second,
		backoff: { initialMs: second, factor: 2, maxMs: 20 * second, jitter: prng.pick([0, 0.5]) },
		maxBacklog: prng.weighted<number | null>([
			[6, null],
			[1, 12],
		]),
		maxBacklogBytes: prng.weighted<number | null>([
			[8, null],
			[1, 600],
		]),
	};
}

/** Chooses what happens next, from what has happened: the trial it looks at plays every event it is given. */
export class Workload {
	private at = 0;
	private published = 0;
	/** Receipts that were ever handed out, the newest last; old ones make stale settles. */
	private readonly receipts: string[] = [];

	constructor(
		private readonly prng: Prng,
		private readonly trial: Trial,
		/** Keys and priorities contradict each other: a trial has the one or the other, as the edge demands it per message. */
		private readonly flavour: 'keys' | 'keyed' | 'priorities' | 'plain',
	) {}

	next(): Event {
		const { prng } = this;
		this.at = this.nextInstant();
		if (prng.chance(0.06)) return { at: this.at, actions: [{ verb: 'restart' }] };
		const actions = [this.action()];
		while (prng.chance(0.25)) actions.push(this.action());
		if (this.trial.dueAt !== null && this.trial.dueAt <= this.at && prng.chance(0.5)) actions.push({ verb: 'tick' });
		return { at: this.at, actions };
	}

	/** Mostly now; else on a boundary, just before or behind it, anywhere, or back. */
	private nextInstant(): number {
		const { prng, at } = this;
		if (prng.chance(0.5)) return at;
		if (prng.chance(0.02)) return Math.max(0, at - prng.between(1, 15 * second));
		if (prng.chance(0.3)) return at + prng.between(1, 8 * second);
		const ahead = this.trial.model
			.instants()
			.filter((instant) => instant > EPOCH + at && instant < EPOCH + at + 300 * second);
		if (ahead.length === 0) return at + prng.between(1, 3 * second);
		ahead.sort((a, b) => a - b);
		const chosen = ahead[Math.min(ahead.length - 1, Math.floor(-Math.log(1 - prng.next()) * 2))] as number;
		return Math.max(at, chosen - EPOCH + prng.pick([0, 0, 0, -1, 1]));
	}

	private action(): Action {
		const { prng } = this;
		const make = prng.weighted<() => Action>([
			[22, () => ({ verb: 'publish', messages: this.drafts() })],
			[24, () => ({ verb: 'receive', max: prng.pick([1, 1, 2, 3, 10]), ...this.asking() })],
			[22, () => ({ verb: 'settle', entries: this.entries() })],
			[
				6,
				() => ({
					verb: 'wait',
					name: 'w',
					forMs: prng.between(1, 20) * second,
					max: prng.pick([1, 2]),
					...this.asking(),
				}),
			],
			[4, () => ({ verb: 'tick' })],
			[4, () => ({ verb: 'figures' })],
			[3, () => ({ verb: 'browse', state: prng.pick([undefined, 'visible', 'leased', 'delayed']) })],
			[2, () => ({ verb: 'look', name: this.someName() })],
			[3, () => ({ verb: 'remove', name: this.someName() })],
			[0.6, () => ({ verb: 'purge', forget: prng.chance(0.5) })],
			[1, () => ({ verb: 'pause' })],
			[this.trial.model.queue.paused ? 20 : 0.5, () => ({ verb: 'resume' })],
			[2, () => ({ verb: 'set', settings: this.change() })],
		]);
		return make();
	}

	private change(): Settings {
		const all = randomSettings(this.prng);
		const name = this.prng.pick<keyof Settings>([
			'maxReceives',
			'deadLetter',
			...(Object.keys(all) as (keyof Settings)[]),
		]);
		return { [name]: name === 'deadLetter' ? this.prng.pick([null, 'q-dlq']) : all[name] };
	}

	private drafts(): Draft[] {
		const drafts: Draft[] = [];
		const count = this.prng.pick([1, 1, 1, 2, 5]);
		// Nothing but bodies, as most messages are.
		if (this.flavour === 'plain' && this.prng.chance(0.6)) {
			return Array.from({ length: count }, () => ({ name: `m${++this.published}` }));
		}
		for (let i = 0; i < count; i++) drafts.push(this.draft());
		return drafts;
	}

	private draft(): Draft {
		const { prng } = this;
		const draft: Draft = { name: `m${++this.published}` };
		if (this.flavour === 'keyed' || (this.flavour === 'keys' && prng.chance(0.75))) draft.key = prng.pick(KEYS);
		if (this.flavour === 'priorities' && prng.chance(0.5)) draft.priority = prng.pick([1, 5, 9]);
		if (prng.chance(0.15)) draft.dedupId = `d${prng.between(1, 5)}`;
		if (prng.chance(0.12)) draft.delayMs = prng.pick([0, 1, 5 * second, 20 * second]);
		else if (prng.chance(0.05)) draft.deliverAt = Math.max(0, this.at + prng.between(-5, 15) * second);
		if (prng.chance(0.1)) draft.ttlMs = prng.pick([1, 5 * second, 30 * second]);
		if (prng.chance(0.1)) draft.bytes = prng.between(0, 200);
		return draft;
	}

	private asking(): Omit<Asking, 'max'> {
		const { prng } = this;
		return {
			by: prng.pick(CONSUMERS),
			...(prng.chance(0.5) ? { leaseMs: prng.pick([0, 1, 1, 5 * second, 5 * second, 20 * second, 20 * second]) } : {}),
			...(prng.chance(0.3) ? this.named() : {}),
			...(this.flavour.startsWith('key') && prng.chance(0.3) ? { keyFirst: true } : {}),
		};
	}

	/** Mostly as long as the others; long enough to see the end of the time in which it may be asked again. */
	private named(): { as: string; leaseMs?: number } {
		const { prng } = this;
		return { as: prng.pick(RECEIVES), ...(prng.chance(0.15) ? { leaseMs: 400 * second } : {}) };
	}

	/** A batch of settles: mostly what is out now, sometimes a receipt from long ago, or one that never was. */
	private entries(): Entry[] {
		const { prng } = this;
		const out = this.trial.model.messages.filter((message) => message.attempts > 0);
		if (out.length > 1 && prng.chance(0.25)) return this.together(out);
		const entries: Entry[] = [];
		for (let left = prng.pick([1, 1, 2, 4]); left > 0; left--) {
			const receipt = this.receipt(out);
			const taken = entries.some((entry) => entry.receipt === receipt);
			if (receipt === undefined || taken) continue;
			entries.push(this.entry(receipt));
		}
		return entries;
	}

	/** What one consumer was given at one instant is acknowledged at once: all of it, or from some place on, or up to one. */
	private together(out: readonly Held[]): Entry[] {
		const { prng } = this;
		const one = prng.pick(out);
		const all = out.filter(({ handedOutAt, consumer }) => handedOutAt === one.handedOutAt && consumer === one.consumer);
		const some = all
			.sort((a, b) => a.position - b.position)
			.slice(prng.pick([0, 0, 0, 1]), prng.pick([all.length, all.length, all.length, all.length - 1]));
		const onlyLeased = prng.chance(0.25) ? { onlyLeased: true as const } : {};
		return some.map(({ name, attempts }) => ({ kind: 'ack', receipt: `${name}#${attempts}`, ...onlyLeased }));
	}

	private receipt(out: readonly Held[]): string | undefined {
		const { prng } = this;
		if (out.length === 0 || prng.chance(0.1)) return this.receipts.length > 0 ? prng.pick(this.receipts) : undefined;
		const message = prng.pick(out);
		const attempt = Math.max(
			1,
			message.attempts +
				prng.weighted([
					[16, 0],
					[3, -1],
					[1, 1],
				]),
		);
		const receipt = `${message.name}#${attempt}`;
		this.receipts.push(receipt);
		if (this.receipts.length > 200) this.receipts.shift();
		return receipt;
	}

	private entry(receipt: string): Entry {
		const entry = this.wish(receipt);
		if (this.prng.chance(0.25)) entry.onlyLeased = true;
		return entry;
	}

	private wish(receipt: string): Entry {
		const { prng } = this;
		const kind = prng.weighted<Entry['kind']>([
			[5, 'ack'],
			[4, 'retry'],
			[2, 'extend'],
		]);
		if (kind === 'ack') return { kind, receipt };
		if (kind === 'extend') return { kind, receipt, leaseMs: prng.pick([0, 1, 10 * second, 10 * second, 60 * second]) };
		const entry: Entry = { kind, receipt };
		if (prng.chance(0.5)) entry.delayMs = prng.pick([0, 1, 5 * second]);
		if (prng.chance(0.3)) entry.reason = 'because';
		return entry;
	}

	private someName(): string {
		const { prng } = this;
		const { messages } = this.trial.model;
		return messages.length > 0 && prng.chance(0.85)
			? prng.pick(messages).name
			: `m${prng.between(1, this.published + 1)}`;
	}
}
