import { expect, test } from 'vitest';
import type { Catalog } from '../../durable-objects/catalog';
import { refuse } from '../../durable-objects/protocol';
import { accepted, type FakePartitions, play, settings } from './fixture';

interface Procedure {
	readonly title: string;
	/** Begun on a queue of two partitions whose dead letters go to another queue. */
	readonly begin: (catalog: Catalog) => Promise<unknown>;
	readonly prepare?: (partitions: FakePartitions) => void;
}

const procedures: readonly Procedure[] = [
	{ title: 'a change of settings', begin: (catalog) => catalog.patchQueue('orders', { delayMs: 1 }) },
	{ title: 'a new layout', begin: (catalog) => catalog.patchQueue('orders', { partitions: 3 }) },
	{
		title: 'a refused layout',
		begin: (catalog) => catalog.patchQueue('orders', { partitions: 3 }),
		prepare: (partitions) =>
			partitions.on('seal', 'orders/1/1/1', () => refuse('queue_not_empty', 'Messages are left.')),
	},
	{ title: 'a deletion', begin: (catalog) => catalog.deleteQueue('orders', false) },
	{ title: 'a deletion by force', begin: (catalog) => catalog.deleteQueue('orders-dlq', true) },
];

/** Lets the procedure run until its call number `resetAt`, which is heard or not and never answered; then resets. */
async function endOf(procedure: Procedure, resetAt: number, heard: boolean): Promise<{ end: string; calls: number }> {
	const result = { end: '', calls: 0 };
	await play(async ({ catalog, partitions, state, reset, ring }) => {
		accepted(await catalog.putQueue('orders', { ...settings, partitions: 2, deadLetter: 'orders-dlq' }));
		procedure.prepare?.(partitions);
		const cutOff = partitions.cutOff(resetAt, heard);
		await Promise.race([procedure.begin(catalog), cutOff]);
		result.calls = partitions.heard.length;
		partitions.answerAgain();
		await reset();
		while (await ring());
		const queues = state.storage.sql.exec(
			'SELECT name, generation, layout, version, settings FROM queue ORDER BY name',
		);
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		result.end = JSON.stringify([queues.toArray(), [...partitions.states].sort()], null, '\t');
	});
	return result;
}

for (const procedure of procedures) {
	test(`${procedure.title} ends the same, wherever a reset cuts it off`, async () => {
		const whole = await endOf(procedure, Number.POSITIVE_INFINITY, true);
		expect(whole.calls).toBeGreaterThan(0);
		for (let resetAt = 1; resetAt <= whole.calls; resetAt++) {
			for (const heard of [true, false]) {
				expect((await endOf(procedure, resetAt, heard)).end, `call ${resetAt}, heard: ${heard}`).toBe(whole.end);
			}
		}
	});
}
