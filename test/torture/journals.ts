import { check } from '../../torture/checker/check.ts';
import type { Property } from '../../torture/checker/violation.ts';
import type { Draft, Entry, HandedOut, Publication, Reception, Settlement, Verdict } from '../../torture/journal.ts';
import type { Plan } from '../../torture/plan.ts';

const queue = { partitions: 1, leaseMs: 2_000, maxReceives: 3, deadLetter: 'dlq', consumers: 1 };

/** A queue, two stages, a topic with two subscriptions, and a dead-letter queue for all. */
export const plan: Plan = {
	queues: {
		q: queue,
		'stage-one': { ...queue, next: 'stage-two' },
		'stage-two': queue,
		all: queue,
		red: queue,
		dlq: { ...queue, maxReceives: 100, deadLetter: null },
	},
	topics: {
		news: [
			{ name: 'all', queue: 'all' },
			{ name: 'red', queue: 'red', kinds: ['red'] },
		],
	},
};

/** Requests take so long here: what happened in between, nobody knows. */
const requestMs = 10;

interface More {
	/** Instant of the answer, in ms. */
	readonly at: number;
	readonly state?: Entry['state'];
	/** Instant of the request, where it is a long poll's. */
	readonly start?: number;
}

function request({ at, state = 'answered', start = at - requestMs }: More) {
	return { client: 'tester', start, end: at, state };
}

interface Sending extends More, Partial<Omit<Draft, 'label'>> {
	readonly to?: string;
	readonly id?: string;
	readonly duplicate?: boolean;
}

/** One message, accepted unless the state says else. */
export function published(label: string, sending: Sending): Publication {
	const { at, state, start, to = 'q', id = `id-${label}`, duplicate = false, rank = 1, ...draft } = sending;
	const told = { fate: 'accepted' as const, id, duplicate };
	const fate = state === 'refused' ? ('refused' as const) : ('maybe' as const);
	const isAnswered = state === undefined || state === 'answered';
	const message = { ...draft, label, rank, ...(isAnswered ? told : { fate }) };
	return { kind: 'publish', to, messages: [message], ...request({ at, state, start }) };
}

interface Receiving extends More {
	readonly from?: string;
	readonly leaseMs?: number;
}

/** Handed out as the answer was sent. Each message: its label, or more of it. */
export function received(receiving: Receiving, ...messages: (string | Partial<HandedOut>)[]): Reception {
	const { at, state, start, from = 'q', leaseMs = 2_000 } = receiving;
	const handedOut = messages.map((message): HandedOut => {
		const given = typeof message === 'string' ? { label: message } : message;
		const { label = '' } = given;
		const common = { id: `id-${label}`, label, key: null, sequence: 1, attempt: 1, until: at - 1 + leaseMs };
		return { ...common, ...given };
	});
	return { kind: 'receive', queue: from, leaseMs, messages: handedOut, ...request({ at, state, start }) };
}

interface Settling extends More {
	readonly of?: string;
}

export type Word = Partial<Omit<Verdict, 'id'>> & { readonly label: string; readonly id?: string };

/** Acknowledged, unless a verdict says else; without outcomes where there was no answer. */
export function settled(settling: Settling, ...words: (string | Word)[]): Settlement {
	const { at, state, of = 'q', start } = settling;
	const outcomes = { ack: 'acked', retry: 'retried', extend: 'extended' } as const;
	const verdicts = words.map((word): Verdict => {
		const { label, verb = 'ack', ...given } = typeof word === 'string' ? { label: word } : word;
		const told = state === undefined ? { outcome: outcomes[verb] } : {};
		return { verb, id: `id-${label}`, attempt: 1, ...told, ...given };
	});
	return { kind: 'settle', queue: of, verdicts, ...request({ at, state, start }) };
}

/** The dead letter of a message, received and acknowledged. */
export function buried(
	label: string,
	{ at, from = 'q', attempts = 3 }: { at: number; from?: string; attempts?: number },
) {
	const deadLetter = { queue: from, buriedAt: at - 1, attempts };
	return [received({ at: at + 10, from: 'dlq' }, { label, deadLetter }), settled({ at: at + 30, of: 'dlq' }, label)];
}

/** Which properties the checker finds broken, each once. */
export function brokenIn(entries: readonly Entry[], left: readonly string[] = []): Property[] {
	return [...new Set(check(plan, entries, left).map(({ property }) => property))];
}
