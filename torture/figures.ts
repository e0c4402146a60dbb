import type { Entry } from './journal.ts';
import type { Plan } from './plan.ts';

/** What a round was made of. */
export interface Figures {
	/** Accepted by queues and topics, each message once however often it was sent. */
	readonly published: number;
	/** Sent, and nobody told whether they were accepted. */
	readonly maybe: number;
	/** Hand-outs that reached a client, from dead-letter queues too. */
	readonly delivered: number;
	/** Of these, not the first attempt. */
	readonly redelivered: number;
	readonly acked: number;
	readonly retried: number;
	readonly extended: number;
	/** Receipts that came too late. */
	readonly stale: number;
	readonly deadLetters: number;
	readonly requests: number;
	/** Requests whose answer a crash swallowed. */
	readonly lost: number;
	/** Receives that their client gave up. */
	readonly aborted: number;
}

export function figuresOf({ queues }: Plan, entries: readonly Entry[]): Figures {
	const published = new Set<string>();
	const maybe = new Set<string>();
	const dead = new Set<string>();
	const outcomes: Record<string, number> = {};
	let delivered = 0;
	let redelivered = 0;
	for (const entry of entries) {
		if (entry.kind === 'publish') {
			for (const { label, fate } of entry.messages) {
				if (fate === 'accepted') published.add(label);
				if (fate === 'maybe') maybe.add(label);
			}
		} else if (entry.kind === 'receive') {
			delivered += entry.messages.length;
			redelivered += entry.messages.filter(({ attempt }) => attempt > 1).length;
			if (queues[entry.queue]?.deadLetter === null) for (const { id } of entry.messages) dead.add(id);
		} else {
			for (const { outcome } of entry.verdicts) {
				if (outcome !== undefined) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
			}
		}
	}
	for (const label of published) maybe.delete(label);
	const counted = (state: Entry['state']) => entries.filter((entry) => entry.state === state).length;
	const { acked = 0, deleted = 0, retried = 0, extended = 0, stale = 0 } = outcomes;
	return {
		published: published.size,
		maybe: maybe.size,
		delivered,
		redelivered,
		acked: acked + deleted,
		retried,
		extended,
		stale,
		deadLetters: dead.size,
		requests: entries.length,
		lost: counted('lost'),
		aborted: counted('aborted'),
	};
}
