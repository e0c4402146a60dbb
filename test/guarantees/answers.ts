import {
	type BrowsedMessage,
	type BrowseResult,
	isRefusal,
	type PublishOutcome,
	type ReceivedMessage,
	type RedriveResult,
	type RedriveRun,
	type SettleOutcome,
	type SettleResult,
	type StoredMessage,
	type SubscriptionFigures,
} from '../../durable-objects/protocol';
import { type Action, type Answer, type Draft, type Successor, seconds } from './script';

/** The instant at which every script begins: far ahead, so that no alarm of the runtime rings by itself. */
export const EPOCH = Date.UTC(2030, 0, 1);

/** What a player keeps of the names: the renderer notes what was published, and asks who is who. */
export interface Scribe {
	published(name: string, outcome: { id: string; sequence: number }, priority: number): void;
	/** A message that is there to be seen is known by more than its id. */
	nameOf(id: string, message?: StoredMessage): string;
	/** A queue's or topic's name as the script has it. */
	queueOf(name: string): string;
	handedOut(message: ReceivedMessage): void;
	/** A redrive has begun; which one an id names. */
	redriving(name: string, id: string): void;
	redriveOf(id: string): string;
}

/** The live figures that engine and API both tell; the oldest as an instant. */
export interface FiguresShown {
	readonly visible: number;
	readonly leased: number;
	readonly delayed: number;
	readonly bytes: number;
	readonly oldestPublishedAt: number | null;
	readonly owed: number;
	readonly redriving: number;
}

function instant(at: number): string {
	return seconds(at - EPOCH);
}

/** An answer in the words of the scripts. `result` has the engine's shape, wherever it came from. */
export function render(action: Action, result: unknown, scribe: Scribe): Answer {
	if (isRefusal(result)) return [result.refused];
	switch (action.verb) {
		case 'publish':
			return (result as PublishOutcome[]).map((outcome, i) => published(action.messages[i] as Draft, outcome, scribe));
		case 'receive':
		case 'answer':
			return received(result as ReceivedMessage[], scribe);
		case 'settle':
			return settled(action, result as Settled);
		case 'browse':
			return (result as BrowseResult).messages.map(
				(message) => `${scribe.nameOf(message.id, message)}${replay(message)} ${state(message)}`,
			);
		case 'look':
			return looked(result as BrowsedMessage, scribe);
		case 'remove':
			return ['removed'];
		case 'redrive': {
			const { id, accepted, rejected } = result as RedriveResult;
			if (action.as !== undefined) scribe.redriving(action.as, id);
			return [`accepted ${accepted}`, ...rejected.map((id) => `rejected ${scribe.nameOf(id)}`)];
		}
		case 'redrives':
			return (result as RedriveRun[]).map((run) => ranSoFar(run, scribe));
		case 'cancel':
			return [ranSoFar(result as RedriveRun, scribe)];
		case 'purge':
			return [`purged ${(result as { purged: number }).purged}`];
		case 'lag':
			return lag(result as SubscriptionFigures);
		case 'figures':
			return figures(result as FiguresShown);
		default:
			return ['ok'];
	}
}

function published(draft: Draft, outcome: PublishOutcome, scribe: Scribe): string {
	if (isRefusal(outcome)) return outcome.refused;
	if (outcome.duplicate) return `duplicate ${scribe.nameOf(outcome.id)}`;
	scribe.published(draft.name, outcome, draft.priority ?? 0);
	return 'ok';
}

function received(messages: readonly ReceivedMessage[], scribe: Scribe): Answer {
	return messages.map((message) => {
		scribe.handedOut(message);
		const until = message.leaseExpiresAt === null ? 'without receipt' : `until ${instant(message.leaseExpiresAt)}`;
		const first = `first ${instant(message.firstReceivedAt)}`;
		return `${scribe.nameOf(message.id, message)}#${message.attempt}${replay(message)} ${until} ${first}`;
	});
}

function replay({ copyOf }: StoredMessage): string {
	return copyOf?.isReplay ? ' replay' : '';
}

/** How many messages were published is counted where the engine does not say it. */
type Settled = SettleResult & { readonly published?: number };

function settled({ entries, publish }: Action & { verb: 'settle' }, result: Settled): Answer {
	const next = { ack: 0, retry: 0, extend: 0 };
	const outcomes = entries.map((entry) => ({ ...(result[entry.kind][next[entry.kind]++] as SettleOutcome), ...entry }));
	const answers = outcomes.map((entry) => outcome(entry, entry.receipt));
	if (publish === undefined) return answers;
	const acks = outcomes.filter(({ kind }) => kind === 'ack');
	const isAcked = ({ receipt }: Successor) =>
		acks.every((ack) => ack.outcome === 'acked' || (receipt !== undefined && ack.receipt !== receipt));
	return [...answers, `published ${result.published ?? publish.filter(isAcked).length}`];
}

function outcome(outcome: SettleOutcome, receipt: string): string {
	switch (outcome.outcome) {
		case 'retried':
			return `retried ${instant(outcome.visibleAt)}`;
		case 'extended':
			return `extended ${instant(outcome.leaseExpiresAt)}`;
		case 'stale':
			return `stale ${receipt.split('#')[0]}#${outcome.attempt} at ${instant(outcome.handedOutAt)} by ${outcome.consumer}`;
		default:
			return outcome.outcome;
	}
}

function ranSoFar({ id, status, moved, messages, failure }: RedriveRun, scribe: Scribe): string {
	return [scribe.redriveOf(id), status, moved, 'of', messages, failure ?? ''].join(' ').trim();
}

function state(message: BrowsedMessage): string {
	return message.until === undefined ? message.state : `${message.state} until ${instant(message.until)}`;
}

function looked(message: BrowsedMessage, scribe: Scribe): Answer {
	const { deadLetter, copyOf } = message;
	const copy = copyOf === undefined ? [] : [`copy of ${scribe.queueOf(copyOf.topic)}${replay(message)}`];
	const attributes = Object.entries(message.attributes ?? {}).map((pair) => `attr ${pair.join('=')}`);
	const { firstReceivedAt } = message;
	const first = firstReceivedAt === undefined ? [] : [`first ${instant(firstReceivedAt)}`];
	const failures = deadLetter?.failures ?? message.failures ?? [];
	const reasons = failures.map(({ attempt, at, reason }) => `failure ${attempt} at ${instant(at)} ${reason}`);
	const origin =
		deadLetter === undefined
			? []
			: [
					`from ${scribe.queueOf(deadLetter.queue)} after ${deadLetter.attempts}`,
					`published ${instant(deadLetter.publishedAt)}`,
					`buried ${instant(deadLetter.buriedAt)}`,
				];
	return [state(message), `attempt ${message.attempt}`, ...first, ...copy, ...attributes, ...origin, ...reasons];
}

function figures(shown: FiguresShown): Answer {
	const { visible, leased, delayed, bytes, oldestPublishedAt, owed, redriving } = shown;
	const oldest = oldestPublishedAt === null ? 'none' : instant(oldestPublishedAt);
	return [
		`visible ${visible}`,
		`leased ${leased}`,
		`delayed ${delayed}`,
		`bytes ${bytes}`,
		`oldest ${oldest}`,
		`owed ${owed}`,
		`redriving ${redriving}`,
	];
}

function lag(shown: SubscriptionFigures): Answer {
	const { oldestPublishedAt: oldest, courierError, courierNextAttemptAt: next } = shown;
	return [
		`lag ${shown.lag}`,
		`oldest ${oldest === null ? 'none' : instant(oldest)}`,
		`delivered ${shown.delivered}`,
		`filtered ${shown.filtered}`,
		`missed ${shown.missed}`,
		courierError === null ? 'on-time' : `late until ${next === null ? 'unknown' : instant(next)}`,
	];
}
