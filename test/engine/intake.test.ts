import { expect, test } from 'vitest';
import { Intake } from '../../durable-objects/intake';
import { LIMITS, type Refusal } from '../../durable-objects/protocol';

const waiting = () => Promise.withResolvers<string>();
const overloaded = { refused: 'overloaded', retryAfterMs: LIMITS.overloadedRetryMs };

test('what waits to be durable is bounded by its size; there is room again when it is', async () => {
	const intake = new Intake();
	const first = waiting();
	const second = waiting();
	const half = LIMITS.waitingUnits / 2;
	const taken = [first, second].map((one) => intake.take(half, () => one.promise));
	expect(await intake.take(1, async () => 'more')).toMatchObject(overloaded);
	first.resolve('first');
	expect(await taken[0]).toBe('first');
	expect(await intake.take(1, async () => 'more')).toBe('more');
	second.reject(new Error('the object was reset'));
	await expect(taken[1]).rejects.toThrow();
	expect(await intake.take(LIMITS.waitingUnits, async () => 'all')).toBe('all');
});

test('one alone is taken, however large', async () => {
	expect(await new Intake().take(2 * LIMITS.waitingUnits, async () => 'large')).toBe('large');
});

test('and by how many they are', async () => {
	const intake = new Intake();
	const all = waiting();
	const taken: Promise<string | Refusal>[] = [];
	for (let index = 0; index < LIMITS.waitingPublishes; index++) taken.push(intake.take(1, () => all.promise));
	expect(await intake.take(1, async () => 'more')).toMatchObject(overloaded);
	all.resolve('done');
	expect(new Set(await Promise.all(taken))).toEqual(new Set(['done']));
	expect(await intake.take(1, async () => 'more')).toBe('more');
});
