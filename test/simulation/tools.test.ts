import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { PartitionEngine } from '../../durable-objects/engine/engine';
import { parse } from '../guarantees/parse';
import { mutants } from './mutants';
import { mutate } from './mutants.plugin';
import { Prng } from './prng';
import { shrink } from './shrink';
import { simulate } from './simulate';

describe('the tools of the simulation', () => {
	test('the same seed is the same workload', () => {
		const numbers = (seed: number) => {
			const prng = new Prng(seed);
			return Array.from({ length: 100 }, () => prng.between(1, 6));
		};
		expect(numbers(7)).toEqual(numbers(7));
		expect(numbers(7)).not.toEqual(numbers(8));
		expect(new Set(numbers(7))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
	});

	test('shrinking leaves what it takes, in order', async () => {
		const items = Array.from({ length: 200 }, (_, index) => index);
		const shrunk = await shrink(items, (kept) => [3, 77, 78, 199].every((needed) => kept.includes(needed)));
		expect(shrunk).toEqual([3, 77, 78, 199]);
	});

	test('a mutant whose text is not there exactly once is an error', () => {
		const mutant = { name: 'm', file: 'f', find: 'x', replace: 'y' };
		expect(mutate('a x b', mutant)).toBe('a y b');
		expect(() => mutate('a b', mutant)).toThrow('mutant m: its text stands 0 times in f, not once');
		expect(() => mutate('x x', mutant)).toThrow('stands 2 times');
		expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
	});

	test('a failure is shrunk to a short script that can be pasted as a guarantee', async () => {
		const mutant = '../../durable-objects/engine/engine?mutant=unfenced-acknowledge';
		const { PartitionEngine: Engine } = (await import(/* @vite-ignore */ mutant)) as {
			PartitionEngine: typeof PartitionEngine;
		};
		await runInDurableObject(env.SCRATCH.getByName('tools'), async (_object, state) => {
			const failure = await simulate(state.storage, 1, { events: 200, compareEvery: 5, Engine });
			expect(failure?.error.message).toContain('P4');
			const lines = parse(failure?.script ?? '');
			expect(lines.length).toBeLessThanOrEqual(8);
			expect(lines.at(-1)?.action.verb).toBe('settle');
		});
	});
});
