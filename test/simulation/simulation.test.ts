import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import { simulate } from './simulate';

const EVENTS = 200;
const SEEDS = Number(env.SEEDS || 500);

test(`${SEEDS} seeds of ${EVENTS} events agree with the model`, async () => {
	await runInDurableObject(env.SCRATCH.getByName('simulation'), async (_object, state) => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const failure = await simulate(state.storage, seed, { events: EVENTS, compareEvery: 5, Engine: PartitionEngine });
			if (failure) expect.fail(`seed ${seed}: ${failure.error.stack}\n${failure.script}`);
		}
	});
});
