import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { Courier } from '../../durable-objects/courier';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import { playJourney } from './journeys';
import { mutants } from './mutants';
import { play } from './simulate';

/** Seeds that a mutant may survive before it counts as not caught: about as many as the default run plays. */
const SEEDS = 400;
const JOURNEYS = 50;

/** The module with the mutant's fault in it: see mutants.plugin.ts. */
async function mutated<Module>(path: string, name: string): Promise<Module> {
	return (await import(/* @vite-ignore */ `../../durable-objects/${path}?mutant=${name}`)) as Module;
}

async function mutatedEngine(name: string): Promise<typeof PartitionEngine> {
	const { PartitionEngine: Engine } = await mutated<{ PartitionEngine: typeof PartitionEngine }>('engine/engine', name);
	expect(Engine).not.toBe(PartitionEngine);
	return Engine;
}

describe('the simulation of one queue catches planted faults', () => {
	test.each(mutants.filter((mutant) => mutant.needs === undefined))('$name', async ({ name }) => {
		const Engine = await mutatedEngine(name);
		const caught = await runInDurableObject(env.SCRATCH.getByName('mutants'), (_object, state) => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const { error } = play(state.storage, seed, { events: 200, compareEvery: 5, Engine });
				if (error !== undefined) return error;
			}
			return undefined;
		});
		expect(caught, `${name} survived ${SEEDS} seeds`).toBeDefined();
	});
});

describe('the simulation of a queue and its dead letters catches planted faults', () => {
	test.each(mutants.filter((mutant) => mutant.needs === 'dead-letters'))('$name', async ({ name }) => {
		const Engine = await mutatedEngine(name);
		const { Courier: CourierClass } = await mutated<{ Courier: typeof Courier }>('courier', name);
		let caught: Error | undefined;
		for (let seed = 1; caught === undefined && seed <= JOURNEYS; seed++) {
			caught = (await playJourney(seed, { Engine, CourierClass })).error;
		}
		expect(caught, `${name} survived ${JOURNEYS} seeds`).toBeDefined();
	});
});
