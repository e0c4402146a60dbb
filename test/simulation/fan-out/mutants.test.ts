import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { Courier } from '../../../durable-objects/courier';
import type { PartitionEngine } from '../../../durable-objects/engine/engine';
import { TopicEngine } from '../../../durable-objects/engine/topic/engine';
import { Disagreement } from '../model';
import { mutants } from '../mutants';
import type { Classes } from './objects';
import { playFanOut } from './simulate';

/** Seeds that a mutant may survive before it counts as not caught. */
const SEEDS = 60;

/** The classes with the mutant's fault in them: see mutants.plugin.ts. */
async function mutated(name: string): Promise<Classes> {
	const load = async (path: string) => (await import(/* @vite-ignore */ `${path}?mutant=${name}`)) as unknown;
	const { Courier: CourierClass } = (await load('../../../durable-objects/courier')) as { Courier: typeof Courier };
	const { PartitionEngine: Partition } = (await load('../../../durable-objects/engine/engine')) as {
		PartitionEngine: typeof PartitionEngine;
	};
	const { TopicEngine: Topic } = (await load('../../../durable-objects/engine/topic/engine')) as {
		TopicEngine: typeof TopicEngine;
	};
	expect(Topic).not.toBe(TopicEngine);
	return { CourierClass, Partition, Topic };
}

describe('the simulation of topics and pipelines catches planted faults', () => {
	test.each(mutants.filter((mutant) => mutant.needs === 'fan-out'))('$name', async ({ name }) => {
		const classes = await mutated(name);
		const caught = await runInDurableObject(env.SCRATCH.getByName('fan-out-mutants'), async (_object, state) => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const { error } = await playFanOut(state.storage, seed, classes);
				if (error !== undefined) return { seed, error };
			}
			return undefined;
		});
		expect(caught?.error, `${name} survived ${SEEDS} seeds`).toBeInstanceOf(Disagreement);
		if (env.SEEDS) console.log(`CAUGHT ${name} by seed ${caught?.seed}: ${caught?.error.message.slice(0, 160)}`);
	});
});
