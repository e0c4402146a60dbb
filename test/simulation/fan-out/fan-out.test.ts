import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { playFanOut, simulateFanOut } from './simulate';

const SEEDS = Math.ceil(Number(env.SEEDS || 500) / 4);

test(
	`${SEEDS} seeds: topics and pipelines lose and double nothing, whatever fails in between`,
	async () => {
		await runInDurableObject(env.SCRATCH.getByName('fan-out'), async (_object, state) => {
			for (let seed = 1; seed <= SEEDS; seed++) {
				const failure = await simulateFanOut(state.storage, seed);
				if (failure) expect.fail(`seed ${seed}: ${failure.error.stack}\n${failure.script}`);
			}
		});
	},
	120_000 + 1_000 * SEEDS,
);

test('the same seed is the same story, answers and all', async () => {
	await runInDurableObject(env.SCRATCH.getByName('again'), async (_object, state) => {
		const { events } = await playFanOut(state.storage, 7);
		// What happens next depends on what was answered.
		expect(await playFanOut(state.storage, 7)).toMatchObject({ events });
	});
});
