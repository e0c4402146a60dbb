import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { check, type Violation } from './checker/check.ts';
import { Client } from './client.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Entry } from './journal.ts';
import { plan, resources } from './plan.ts';
import { runRound } from './round.ts';
import { Victim } from './victim.ts';

export interface Options {
	readonly kills: number;
	readonly seed: number;
	/** How long there is work, in all. */
	readonly seconds: number;
	/** Where the server's state goes: a folder that is not there, or empty. */
	readonly folder: string;
	readonly onKill: () => void;
	readonly onRound: (round: number, rounds: number, violations: readonly Violation[]) => void;
}

export interface Result {
	readonly violations: readonly Violation[];
	/** Of every round. */
	readonly figures: readonly Figures[];
	/** One per kill; null where the next kill came before an answer. */
	readonly recoveriesMs: readonly (number | null)[];
	/** Of the rounds with a violation, to look into. */
	readonly suspects: readonly (readonly Entry[])[];
}

/** So many kills between two drains: a night's journal does not fit into memory. */
const killsPerRound = 25;

/** Rounds of work and kills on one server and one state; each is drained and checked. The first bad one is the last. */
export async function torture(options: Options): Promise<Result> {
	const { kills, seed, seconds, folder, onKill, onRound } = options;
	const key = randomBytes(24).toString('hex');
	const victim = await Victim.start(join(folder, 'state'), key);
	const figures: Figures[] = [];
	const violations: Violation[] = [];
	const suspects: (readonly Entry[])[] = [];
	try {
		await setUp(victim.url, key);
		const rounds = Math.max(1, Math.ceil(kills / killsPerRound));
		for (let round = 1; round <= rounds && violations.length === 0; round++) {
			const own = Math.ceil((kills * round) / rounds) - Math.ceil((kills * (round - 1)) / rounds);
			const { entries, left } = await runRound({
				...{ victim, key, plan, seed, round, kills: own, seconds: seconds / rounds },
				onKill,
			});
			const found = check(plan, entries, left);
			figures.push(figuresOf(plan, entries));
			violations.push(...found);
			if (found.length > 0) suspects.push(entries);
			onRound(round, rounds, found);
		}
	} finally {
		await victim.stop();
	}
	return { violations, figures, recoveriesMs: victim.recoveriesMs, suspects };
}

async function setUp(url: string, key: string): Promise<void> {
	const client = new Client(url, key);
	for (const [path, settings] of resources(plan)) {
		const { state, trouble, why } = await client.send('PUT', path, settings);
		if (state !== 'answered') throw new Error(`PUT ${path} came out ${state}: ${trouble ?? why}`);
	}
	client.close();
}
