import { expect, test, vi } from 'vitest';
import type { Catalog } from '../../durable-objects/catalog';
import type { NewSubscription } from '../../durable-objects/catalog-protocol';
import { refuse } from '../../durable-objects/protocol';
import { accepted, play, type Stage, settings, start, topicSettings } from './fixture';

interface Procedure {
	readonly title: string;
	/**
	 * Begun on a queue of two partitions whose dead letters go to another queue, which subscriptions of two topics feed, a
	 * partition and two.
	 */
	readonly begin: (catalog: Catalog) => Promise<unknown>;
	readonly prepare?: (stage: Stage) => void;
}

const annotations = { a: '1' };
const fromNow: NewSubscription = { queue: 'orders-dlq', filter: null, start: { from: 'now', at: 0 } };

/** Each is answered when all partitions have heard of it, also when it is asked again. */
const topicChanges: readonly Procedure[] = [
	{
		title: 'a change of a topic',
		begin: (catalog) => catalog.putTopic('news', { ...topicSettings, partitions: 2, retentionMs: 1 }),
	},
	{
		title: 'a change of a topic and of its annotations',
		begin: (catalog) =>
			catalog.putTopic('news', { ...topicSettings, partitions: 2, retentionMs: 1 }, { annotations: { b: '2' } }),
	},
	{ title: 'a new subscription', begin: (catalog) => catalog.putSubscription('news', 'new', fromNow) },
	{
		title: 'a change of a subscription',
		begin: (catalog) => catalog.putSubscription('news', 'audit', { ...fromNow, queue: 'orders' }),
	},
	{
		title: 'another mark of a subscription, and other annotations',
		begin: (catalog) => catalog.putSubscription('news', 'audit', { ...fromNow, mark: 'm', annotations: { b: '2' } }),
	},
	{
		title: 'a patch of a subscription',
		begin: (catalog) => catalog.patchSubscription('news', 'audit', { mark: 'm', annotations: { a: null, b: '2' } }),
	},
	{ title: 'a seek', begin: (catalog) => catalog.seek('news', 'audit', { from: 'earliest' }) },
	{ title: 'the deletion of a subscription', begin: (catalog) => catalog.deleteSubscription('news', 'audit') },
];

const procedures: readonly Procedure[] = [
	{ title: 'a change of settings', begin: (catalog) => catalog.patchQueue('orders', { delayMs: 1 }) },
	{ title: 'a new layout', begin: (catalog) => catalog.patchQueue('orders', { partitions: 3 }) },
	{
		title: 'a change of settings and annotations',
		begin: (catalog) => catalog.patchQueue('orders', { delayMs: 1, annotations: { a: null, b: '2' } }),
	},
	{
		title: 'a new layout and other annotations',
		begin: (catalog) => catalog.patchQueue('orders', { partitions: 3, annotations: { a: null, b: '2' } }),
	},
	{
		title: 'a refused layout and other annotations',
		begin: (catalog) => catalog.patchQueue('orders', { partitions: 3, annotations: { b: '2' } }),
		prepare: ({ partitions }) =>
			partitions.on('seal', 'orders/1/1/1', () => refuse('queue_not_empty', 'Messages are left.')),
	},
	{
		title: 'a refused layout',
		begin: (catalog) => catalog.patchQueue('orders', { partitions: 3 }),
		prepare: ({ partitions }) =>
			partitions.on('seal', 'orders/1/1/1', () => refuse('queue_not_empty', 'Messages are left.')),
	},
	{ title: 'a deletion', begin: (catalog) => catalog.deleteQueue('orders', false) },
	{ title: 'a deletion by force', begin: (catalog) => catalog.deleteQueue('orders-dlq', true) },
	...topicChanges,
	{ title: 'the deletion of a topic', begin: (catalog) => catalog.deleteTopic('news', true) },
];

async function prepare({ catalog }: Stage): Promise<void> {
	vi.setSystemTime(start);
	const orders = { ...settings, partitions: 2, deadLetter: 'orders-dlq' };
	accepted(await catalog.putQueue('orders', orders, { annotations }));
	for (const [index, topic] of ['alerts', 'news'].entries()) {
		accepted(await catalog.putTopic(topic, { ...topicSettings, partitions: index + 1 }, { annotations }));
		accepted(await catalog.putSubscription(topic, 'audit', { ...fromNow, annotations }));
	}
}

const rows: readonly string[] = [
	// When a layout has changed depends on the alarm.
	'SELECT name, generation, layout, version, paused, settings, annotations FROM queue ORDER BY name',
	'SELECT * FROM retired ORDER BY name',
	'SELECT * FROM topic ORDER BY name',
	'SELECT * FROM retired_topic ORDER BY name',
	'SELECT * FROM subscription ORDER BY topic, name',
	'SELECT * FROM deleted_subscription',
	'SELECT * FROM duty',
];

/** All that the catalog and the objects remember. */
function everything({ state, partitions, topics }: Stage): string {
	const remembered = rows.map((query) => state.storage.sql.exec(query).toArray());
	return JSON.stringify([remembered, [...partitions.states].sort(), [...topics.states].sort()], null, '\t');
}

/** Lets the procedure run until its call number `resetAt`, which is heard or not and never answered; then resets. */
async function endOf(procedure: Procedure, resetAt: number, heard: boolean): Promise<{ end: string; calls: number }> {
	const result = { end: '', calls: 0 };
	await play(async (stage) => {
		const { state, reset, ring, wire } = stage;
		await prepare(stage);
		procedure.prepare?.(stage);
		const before = wire.calls;
		const cutOff = wire.cutOff(resetAt, heard);
		await Promise.race([procedure.begin(stage.catalog), cutOff]);
		result.calls = wire.calls - before;
		wire.answerAgain();
		await reset();
		while (await ring());
		expect(state.storage.sql.exec('SELECT * FROM duty').toArray()).toEqual([]);
		result.end = everything(stage);
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

for (const procedure of topicChanges) {
	test(`${procedure.title}, cut off by a reset and asked again, is answered and happens once`, async () => {
		for (const resetAt of [1, 2]) {
			for (const heard of [true, false]) {
				await play(async (stage) => {
					const { wire, reset, ring } = stage;
					await prepare(stage);
					const cutOff = wire.cutOff(resetAt, heard);
					await Promise.race([procedure.begin(stage.catalog), cutOff]);
					wire.answerAgain();
					accepted(await procedure.begin(await reset()));
					const end = everything(stage);
					while (await ring());
					expect(everything(stage)).toBe(end);
					expect(end).toBe((await endOf(procedure, Number.POSITIVE_INFINITY, true)).end);
				});
			}
		}
	});
}
