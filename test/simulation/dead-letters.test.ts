import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { simulateJourney } from './journeys';

const SEEDS = Math.ceil(Number(env.SEEDS || 500) / 10);

test(`${SEEDS} seeds: nothing is lost or doubled between a queue and its dead-letter queue`, async () => {
	for (let seed = 1; seed <= SEEDS; seed++) {
		const failure = await simulateJourney(seed);
		if (failure) expect.fail(`seed ${seed}: ${failure.error.stack}\n${failure.script}`);
	}
});
