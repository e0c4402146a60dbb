import { Prng } from '../test/simulation/prng.ts';
import { hash } from './body.ts';
import type { Client } from './client.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { SqsClient } from './sqs-client.ts';

/** Where producers and consumers of a round work. */
export interface Site {
	readonly client: Client;
	/** The same server, as AWS's SDK sees it. */
	readonly sqs: SqsClient;
	readonly journal: Journal;
	readonly plan: Plan;
	readonly seed: number;
	readonly round: number;
	/** Aborted: no new messages, and consumers misbehave no more, so that everything comes to its end. */
	readonly calm: AbortSignal;
	/** Aborted: everything has come to its end. */
	readonly done: AbortSignal;
}

/** A client's own choices: the same for the same seed, whatever the others do. */
export function choicesOf({ seed, round }: Site, name: string): Prng {
	return new Prng(seed ^ hash(`${round} ${name}`));
}
