// What the clients saw, and nothing else. Instants are milliseconds of the clients' clock.

/** One request, from just before it was sent until its answer, or the end of its connection, was there. */
interface Request {
	readonly client: string;
	readonly start: number;
	readonly end: number;
	/** `lost`: the connection broke, or the server said that it cannot tell. `aborted`: the client went away. */
	readonly state: 'answered' | 'refused' | 'lost' | 'aborted';
	/** What no answer may be: a 500, a refusal without a reason in the workload, silence. */
	readonly trouble?: string;
}

/** A message as it is sent. */
export interface Draft {
	/** Names it in every queue it comes to; `bodyOf` makes its body. */
	readonly label: string;
	readonly key?: string;
	/** Place among the messages of its key, in the order of publishing. */
	readonly rank: number;
	readonly dedupId?: string;
	readonly delayMs?: number;
	readonly ttlMs?: number;
	readonly attributes?: Readonly<Record<string, string>>;
}

export interface Sent extends Draft {
	/** `maybe`: nobody told. */
	readonly fate: 'accepted' | 'refused' | 'maybe';
	/** Where it was accepted. */
	readonly id?: string;
	readonly duplicate?: boolean;
}

export interface Publication extends Request {
	readonly kind: 'publish';
	/** A queue or a topic. */
	readonly to: string;
	readonly messages: readonly Sent[];
}

export interface HandedOut {
	readonly id: string;
	/** Empty where the body is none that was ever made. */
	readonly label: string;
	readonly key: string | null;
	/** Absent where it is not told: over SQS. */
	readonly sequence?: number;
	readonly attempt: number;
	/** The end of the lease, as told; over SQS it is not. */
	readonly until?: number;
	readonly deadLetter?: { readonly queue: string; readonly buriedAt: number; readonly attempts: number };
}

export interface Reception extends Request {
	readonly kind: 'receive';
	readonly queue: string;
	readonly leaseMs: number;
	readonly messages: readonly HandedOut[];
}

/** `deleted`: over SQS, which does not tell whether it was finished by this or before. */
export type Outcome = 'acked' | 'deleted' | 'retried' | 'extended' | 'buried' | 'stale' | 'unknown' | 'kept';

/** One receipt of a settlement. */
export interface Verdict {
	readonly verb: 'ack' | 'retry' | 'extend';
	readonly id: string;
	readonly attempt: number;
	/** Retry: as asked. */
	readonly delayMs?: number;
	/** Extend: as asked. */
	readonly leaseMs?: number;
	/** Ack: what it publishes, all of it to one queue. */
	readonly publishes?: { readonly queue: string; readonly messages: readonly Draft[] };
	/** Where it was answered. */
	readonly outcome?: Outcome;
	/** Retried: when it is handed out again at the earliest, as told. */
	readonly visibleAt?: number;
	/** Extended: the new end, as told. */
	readonly until?: number;
}

export interface Settlement extends Request {
	readonly kind: 'settle';
	readonly queue: string;
	readonly verdicts: readonly Verdict[];
}

export type Entry = Publication | Reception | Settlement;

/** One round's entries, in the order in which they ended. */
export class Journal {
	readonly entries: Entry[] = [];

	add(entry: Entry): void {
		this.entries.push(entry);
	}
}
