import {
	type BrowsedMessage,
	type BrowseResult,
	isRefusal,
	type PublishOutcome,
	type ReceivedMessage,
	type RedriveResult,
	type SettleOutcome,
	type SettleResult,
} from '../../durable-objects/protocol';
import { type Action, type Answer, type Draft, type Entry, seconds } from './script';

/** The instant at which every script begins: far ahead, so that no alarm of the runtime rings by itself. */
export const EPOCH = Date.UTC(2030, 0, 1);

/** What a player keeps of the names: the renderer notes what was published, and asks who is who. */
export interface Scribe {
	published(name: string, outcome: { id: string; sequence: number }, priority: number): void;
	nameOf(id: string): string;
	/** A queue's name as the script has it. */
	queueOf(name: string): string;
	handedOut(message: ReceivedMessage): void;
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
			return settled(action.entries, result as SettleResult);
		case 'browse':
			return (result as BrowseResult).messages.map((message) => `${scribe.nameOf(message.id)} ${state(message)}`);
		case 'look':
			return looked(result as BrowsedMessage, scribe);
		case 'remove':
			return ['removed'];
		case 'redrive': {
			const { accepted, rejected } = result as RedriveResult;
			return [`accepted ${accepted}`, ...rejected.map((id) => `rejected ${scribe.nameOf(id)}`)];
		}
		case 'purge':
			return [`purged ${(result as { purged: number }).purged}`];
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
		return `${scribe.nameOf(message.id)}#${message.attempt} ${until}`;
	});
}

function settled(entries: readonly Entry[], result: SettleResult): Answer {
	const next = { ack: 0, retry: 0, extend: 0 };
	return entries.map(({ kind, receipt }) => outcome(result[kind][next[kind]++] as SettleOutcome, receipt));
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

function state(message: BrowsedMessage): string {
	return message.until === undefined ? message.state : `${message.state} until ${instant(message.until)}`;
}

function looked(message: BrowsedMessage, scribe: Scribe): Answer {
	const { deadLetter } = message;
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
	return [state(message), `attempt ${message.attempt}`, ...origin, ...reasons];
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
