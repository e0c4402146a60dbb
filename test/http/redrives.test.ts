import { describe, expect, it } from 'vitest';
import { RedriveAnswer, RedriveRunAnswer, RedrivesAnswer } from '../../src/schemas/redriving';
import { ask, good, newName, newQueue, publishBatch, receive, refused, until } from './client';

/** A queue with so many messages of as many keys, and one to send them to. */
async function filled(partitions: number, messages: number) {
	const queue = await newQueue({ partitions });
	const path = `/v1/queues/${queue}`;
	await publishBatch(
		path,
		Array.from({ length: messages }, (_, index) => ({ body: `m${index}`, key: `k${index}` })),
	);
	return { path, to: await newQueue() };
}

async function redrive(path: string, json: object) {
	return good(RedriveAnswer, await ask('POST', `${path}/redrive`, { json }));
}

async function redrivesOf(path: string) {
	return good(RedrivesAnswer, await ask('GET', `${path}/redrives`)).redrives;
}

describe.each([1, 4])('redrives of a queue of %i partitions', (partitions) => {
	it('are one each, whatever the partitions, and are completed when their messages have arrived', async () => {
		const { path, to } = await filled(partitions, 12);
		const { id, accepted } = await redrive(path, { to });
		expect(accepted).toBe(12);
		await until(async () => (await redrivesOf(path))[0]?.status === 'completed');
		expect(await receive(to, { max: 20 })).toHaveLength(12);
		const second = await redrive(path, { to });
		await until(async () => (await redrivesOf(path))[0]?.status === 'completed');
		expect(await redrivesOf(path)).toMatchObject([
			{ id: second.id, messages: 0, moved: 0 },
			{ id, to, ratePerSecond: null, messages: 12, moved: 12, status: 'completed', failure: null },
		]);
	});

	it('are cancelled in every partition, and tell what they moved', async () => {
		const { path, to } = await filled(partitions, 40);
		const { id } = await redrive(path, { to, ratePerSecond: 1 });
		expect(await redrivesOf(path)).toMatchObject([{ id, status: 'running', ratePerSecond: 1, messages: 40 }]);
		expect(await refused('POST', `${path}/redrive`, { json: { to } })).toMatchObject({ code: 'redrive_running' });
		const run = good(RedriveRunAnswer, await ask('DELETE', `${path}/redrives/${id}`));
		expect(run).toMatchObject({ id, to, status: 'cancelled', messages: 40 });
		expect(run.moved).toBeGreaterThanOrEqual(1);
		expect(run.moved).toBeLessThan(40);
		expect(await redrivesOf(path)).toEqual([run]);
		expect(await refused('DELETE', `${path}/redrives/${id}`)).toMatchObject({ status: 404, code: 'redrive_not_found' });
		await until(async () => (await receive(to, { max: 100 })).length > 0);
		expect((await redrive(path, { to })).accepted).toBe(40 - run.moved);
	});

	it('of named messages are none of them', async () => {
		const { path, to } = await filled(partitions, 3);
		const { body } = await ask('GET', `${path}/messages`);
		const [{ id }] = (body as { messages: [{ id: string }] }).messages;
		const answer = await redrive(path, { to, ids: [id] });
		expect(answer).toMatchObject({ accepted: 1, rejected: [] });
		expect(await redrivesOf(path)).toEqual([]);
		expect(await refused('DELETE', `${path}/redrives/${answer.id}`)).toMatchObject({ code: 'redrive_not_found' });
	});
});

it('there are none of a queue that is not there, and no id of another form', async () => {
	expect(await refused('GET', `/v1/queues/${newName()}/redrives`)).toMatchObject({ code: 'queue_not_found' });
	const queue = await newQueue();
	expect(await refused('DELETE', `/v1/queues/${queue}/redrives/a%20b`)).toMatchObject({ status: 400 });
});
