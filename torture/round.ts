import { Client } from './client.ts';
import { consume } from './consumer.ts';
import type { Habits } from './drafts.ts';
import { drain } from './drain.ts';
import { type Entry, Journal } from './journal.ts';
import { pause } from './pause.ts';
import type { Plan } from './plan.ts';
import { produce } from './producer.ts';
import { choicesOf, type Site } from './site.ts';
import { SqsClient } from './sqs-client.ts';
import { consumeOverSqs } from './sqs-consumer.ts';
import type { Victim } from './victim.ts';

export interface RoundOptions {
	readonly victim: Victim;
	readonly key: string;
	readonly plan: Plan;
	readonly seed: number;
	readonly round: number;
	readonly kills: number;
	/** How long producers publish; the kills are in it. */
	readonly seconds: number;
	readonly onKill: () => void;
}

export interface Round {
	readonly entries: readonly Entry[];
	/** What was not finished in time: queues and subscriptions, in words. */
	readonly left: readonly string[];
}

/** Leases, delays and backoffs are over within seconds; the rest is patience with a busy machine. */
const drainMs = 60_000;

/** A queue that is there: who answers about it has read the disk. */
export const probe = 'queues/one';

/** Workload and kills, then calm until everything has come to its end. */
export async function runRound(options: RoundOptions): Promise<Round> {
	const { victim, key, plan, seed, round } = options;
	const client = new Client(victim.url, key);
	const sqs = new SqsClient(victim.url, key);
	const journal = new Journal();
	const calm = new AbortController();
	const done = new AbortController();
	const site: Site = { client, sqs, journal, plan, seed, round, calm: calm.signal, done: done.signal };
	const producing = Promise.all(producers(round).map((habits) => produce(site, habits)));
	const consuming = Promise.all(consumers(plan).map((who) => consumeAs(site, who)));
	try {
		await Promise.race([killing(site, options), ended(producing), ended(consuming)]);
		await victim.recovered();
		calm.abort();
		await producing;
		const left = await drain(client, plan, drainMs);
		done.abort();
		await consuming;
		return { entries: journal.entries, left };
	} finally {
		calm.abort();
		done.abort();
		client.close();
		sqs.close();
	}
}

/** Clients go on until they are told: one that ends before has failed. */
async function ended(clients: Promise<unknown>): Promise<never> {
	await clients;
	throw new Error('a client ended by itself');
}

function consumeAs(site: Site, { queue, name, isSqs }: Who): Promise<void> {
	const plan = site.plan.queues[queue];
	if (plan === undefined) throw new Error(`there is no queue ${queue}`);
	return isSqs ? consumeOverSqs(site, queue, plan, name) : consume(site, queue, plan, name);
}

/** Some kills come while the server still recovers from the one before, and its clients all try again at once. */
const inRecovery = { chance: 0.2, withinMs: 600 };

/** At random instants of the time that there is; at once where one has passed during a restart. */
async function killing(site: Site, { victim, kills, seconds, onKill }: RoundOptions): Promise<void> {
	const prng = choicesOf(site, 'kills');
	const begun = Date.now();
	const instants: number[] = [];
	for (let kill = 0; kill < kills; kill++) {
		const before = prng.chance(inRecovery.chance) ? instants.at(-1) : undefined;
		const after = before === undefined ? undefined : before + prng.between(0, inRecovery.withinMs);
		instants.push(after ?? prng.next() * seconds * 1_000);
	}
	instants.sort((a, b) => a - b);
	for (const instant of instants) {
		await pause(begun + instant - Date.now());
		await victim.crash(probe);
		onKill();
	}
	await pause(begun + seconds * 1_000 - Date.now());
}

function producers(round: number): Habits[] {
	const habits = (to: string, index: number, isTopic = false, isCareful = false): Habits => {
		return { name: `${to}-${round}-${index}`, to, isTopic, isCareful };
	};
	return [
		habits('one', 1),
		habits('one', 2),
		habits('many', 1),
		habits('many', 2),
		habits('news', 1, true),
		habits('news', 2, true),
		habits('stage-one', 1, false, true),
		habits('lines.fifo', 1, false, true),
		{ ...habits('lines.fifo', 2, false, true), isSqs: true },
	];
}

interface Who {
	readonly queue: string;
	readonly name: string;
	readonly isSqs: boolean;
}

function consumers({ queues }: Plan): Who[] {
	return Object.entries(queues).flatMap(([queue, { consumers, sqsConsumers = 0 }]) => [
		...named(consumers, (index) => ({ queue, name: `consumer-${queue}-${index}`, isSqs: false })),
		...named(sqsConsumers, (index) => ({ queue, name: `consumer-${queue}-sqs-${index}`, isSqs: true })),
	]);
}

function named(count: number, who: (index: number) => Who): Who[] {
	return Array.from({ length: count }, (_, index) => who(index));
}
