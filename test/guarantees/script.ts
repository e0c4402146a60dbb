import type { Address, FilterPolicy, Start } from '../../durable-objects/protocol';

/**
 * A script is a list of lines, an event each:
 *
 *     <seconds> <verb> <words> [on <queue>]  [-> <answer>, <answer>]
 *     &         <verb> …                     (the same instant, and on the engine the same commit as the line before)
 *     <<seconds> <verb> …                    (the clock was set back to this instant)
 *
 * Time stands where the last line put it; everything in a script is in seconds, decimals allowed, and so are the
 * instants in answers. `#` at the start of a line is a comment. A message has the name its publish gave it; `a#2`
 * is the receipt of its second hand-out. Durations of a parsed script are in milliseconds.
 *
 * `on topic/t` means a topic. Its copies have its message's name in each queue, and receipts of their own there; a copy
 * that was delivered before is marked `a#1 replay`. JSON stands in single quotes.
 */
export interface Line {
	/** Milliseconds since the script's beginning. */
	readonly at: number;
	readonly joined: boolean;
	/** The clock was set back. */
	readonly back: boolean;
	/** Or a topic's address. */
	readonly queue: Address;
	readonly action: Action;
	/** Null: the verb's own good answer, or none where it has none. */
	readonly expected: readonly string[] | null;
	/** For errors: the line's number in the script, from 1, and its text. */
	readonly number: number;
	readonly text: string;
}

export interface Settings {
	partitions?: number;
	visibilityTimeoutMs?: number;
	retentionMs?: number;
	delayMs?: number;
	maxReceives?: number;
	deadLetter?: string | null;
	onPoison?: 'dead-letter' | 'block';
	delivery?: 'at-least-once' | 'at-most-once';
	dedupWindowMs?: number;
	backoff?: { initialMs: number; factor: number; maxMs: number; jitter: number };
	maxBacklog?: number | null;
	maxBacklogBytes?: number | null;
}

export interface Draft {
	name: string;
	key?: string;
	dedupId?: string;
	delayMs?: number;
	/** Milliseconds since the script's beginning. */
	deliverAt?: number;
	ttlMs?: number;
	priority?: number;
	/** The length of the body; the name's own length if absent. */
	bytes?: number;
	/** Instead of the name. */
	body?: string;
	attributes?: Readonly<Record<string, string>>;
}

/** What a settle publishes by what it acknowledges. */
export interface Successor extends Draft {
	to: Address;
	/** The one acknowledgement that publishes it; absent: all together. */
	receipt?: string;
}

export interface TopicChange {
	retentionMs?: number;
	dedupWindowMs?: number;
}

/** Instants in milliseconds since the script's beginning; `now` is the line's own. */
export type Place = Exclude<Start, { from: 'now' }> | { readonly from: 'now' };

export interface Asking {
	max: number;
	leaseMs?: number;
	by?: string;
	/** The name of the receive: asked again, it repeats. */
	as?: string;
	/** Filled from one key before another. */
	keyFirst?: boolean;
}

export interface Entry {
	kind: 'ack' | 'retry' | 'extend';
	/** `name#attempt` */
	receipt: string;
	delayMs?: number;
	reason?: string;
	leaseMs?: number;
	onlyLeased?: boolean;
}

export type Action =
	| { verb: 'queue' | 'set'; settings: Settings }
	| { verb: 'publish'; messages: Draft[] }
	| ({ verb: 'receive' } & Asking)
	/** A long poll that parks under a name; a later `answer` line says what came of it. */
	| ({ verb: 'wait'; name: string; forMs: number } & Asking)
	| { verb: 'answer'; name: string }
	| { verb: 'settle'; entries: Entry[]; publish?: Successor[] }
	| { verb: 'browse'; state?: 'visible' | 'leased' | 'delayed' }
	| { verb: 'look' | 'remove'; name: string }
	/** Makes a topic, or changes it. */
	| { verb: 'topic'; settings: TopicChange }
	| { verb: 'subscribe'; name: string; to: string; filter?: FilterPolicy; from?: Place }
	| { verb: 'seek'; name: string; from: Place }
	| { verb: 'unsubscribe' | 'lag'; name: string }
	/** What goes wrong with the next delivery of the courier; on the engine only. */
	| { verb: 'courier'; fault: 'before' | 'after' | 'twice' | 'crash' }
	| { verb: 'redrive'; to?: string; names?: string[]; rate?: number; as?: string }
	| { verb: 'cancel'; name: string }
	| { verb: 'purge'; forget?: boolean }
	| { verb: 'redrives' | 'pause' | 'resume' | 'figures' | 'restart' | 'tick' | 'delete' };

export type Verb = Action['verb'];

/** What an answer looks like: its items, in order. */
export type Answer = readonly string[];

/** The queue that lines without `on` mean. */
export const DEFAULT_QUEUE = 'q';

/** Seconds as a script writes them. */
export function seconds(ms: number): string {
	return String(Number((ms / 1_000).toFixed(3)));
}

/** It must be said of a replay, and of nothing else. */
const REPLAY = / replay( |$)/;

/** Receives and looks whose answers may be read in any order by their items; the others answer in order. */
export function matches(action: Action, expected: readonly string[], actual: Answer): boolean {
	const isPart = (want: string, got = '') => {
		const isSame = got === want || got.startsWith(`${want} `);
		return isSame && REPLAY.test(got) === REPLAY.test(want);
	};
	if (action.verb === 'figures' || action.verb === 'look' || action.verb === 'lag') {
		return expected.every((want) => actual.some((got) => isPart(want, got)));
	}
	return expected.length === actual.length && expected.every((want, i) => isPart(want, actual[i]));
}

/** What a line without `->` must be answered; null where anything goes. */
export function goodAnswer(action: Action): Answer | null {
	switch (action.verb) {
		case 'publish':
			return action.messages.map(() => 'ok');
		case 'settle':
			return [
				...action.entries.map(({ kind }) => ({ ack: 'acked', retry: 'retried', extend: 'extended' })[kind]),
				...(action.publish === undefined ? [] : [`published ${action.publish.length}`]),
			];
		case 'receive':
		case 'answer':
		case 'browse':
		case 'look':
		case 'figures':
		case 'lag':
		case 'redrive':
		case 'redrives':
		case 'cancel':
		case 'purge':
			return null;
		case 'remove':
			return ['removed'];
		default:
			return ['ok'];
	}
}

/** The messages that a line publishes. */
export function draftsOf(action: Action): readonly Draft[] {
	if (action.verb === 'publish') return action.messages;
	return action.verb === 'settle' ? (action.publish ?? []) : [];
}

/** The messages that a line asks for by name. */
export function namesIn(action: Action): readonly string[] {
	if (action.verb === 'look' || action.verb === 'remove') return [action.name];
	return action.verb === 'redrive' ? (action.names ?? []) : [];
}
