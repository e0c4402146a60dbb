import { describe, expect, it } from 'vitest';
import { BrowseAnswer, PurgeAnswer } from '../../src/schemas/consuming';
import { BrowsedAnswer } from '../../src/schemas/messages';
import { RedriveAnswer } from '../../src/schemas/redriving';
import { ask, getQueue, good, newName, newQueue, publish, receive, receiveOne, refused, settled } from './client';

async function browse(queue: string, query = '') {
	return good(BrowseAnswer, await ask('GET', `/v1/queues/${queue}/messages${query}`));
}

describe('browse', () => {
	it('pages through all partitions and changes nothing', async () => {
		const queue = await newQueue({ partitions: 3 });
		for (let index = 0; index < 20; index++) await publish(queue, String(index), `?key=k${index}`);
		await receive(queue, { max: 4 });
		await publish(queue, 'later', '?delaySeconds=60');
		const before = (await getQueue(queue)).figures;
		const seen: { id: string; state: string }[] = [];
		let page = await browse(queue, '?limit=4');
		for (seen.push(...page.messages); page.next !== null; seen.push(...page.messages)) {
			page = await browse(queue, `?limit=4&after=${page.next}`);
			expect(page.messages.length).toBeLessThanOrEqual(4);
		}
		expect(new Set(seen.map(({ id }) => id)).size).toBe(21);
		expect(seen).toHaveLength(21);
		const count = (state: string) => seen.filter((message) => message.state === state).length;
		expect([count('visible'), count('leased'), count('delayed')]).toEqual([16, 4, 1]);
		expect((await getQueue(queue)).figures).toMatchObject({ visible: before.visible, leased: before.leased });
	});

	it('by state', async () => {
		const queue = await newQueue();
		await publish(queue, 'a');
		await receive(queue);
		await publish(queue, 'b');
		await publish(queue, 'c', '?delaySeconds=60');
		for (const [state, body] of [
			['leased', 'a'],
			['visible', 'b'],
			['delayed', 'c'],
		] as const) {
			const { messages, next } = await browse(queue, `?state=${state}`);
			expect(messages).toMatchObject([{ body, state, until: state === 'visible' ? null : expect.any(String) }]);
			expect(next).toBeNull();
		}
	});

	it.each(['limit=0', 'limit=101', 'state=dead', 'after=x', 'after=0', 'after=0.1.2', 'offset=1'])(
		'refuses ?%s',
		async (query) => {
			const queue = await newQueue();
			expect(await refused('GET', `/v1/queues/${queue}/messages?${query}`)).toMatchObject({
				status: 400,
				errors: [{ parameter: query.split('=')[0] }],
			});
		},
	);
});

it('one message can be looked at and removed, wherever it is', async () => {
	const queue = await newQueue({ partitions: 4 });
	const { id } = await publish(queue, 'a', '?key=some');
	await publish(queue, 'b', '?key=other');
	const path = `/v1/queues/${queue}/messages/${id}`;
	expect(good(BrowsedAnswer, await ask('GET', path))).toMatchObject({ id, body: 'a', key: 'some', state: 'visible' });
	expect(good(BrowsedAnswer, await ask('DELETE', path))).toMatchObject({ id, body: 'a' });
	for (const method of ['GET', 'DELETE']) {
		expect(await refused(method, path)).toMatchObject({ status: 404, code: 'message_not_found' });
	}
	expect(await receive(queue)).toMatchObject([{ body: 'b' }]);
});

it('purge removes everything and says how much', async () => {
	const queue = await newQueue({ partitions: 2 });
	for (let index = 0; index < 6; index++) await publish(queue, 'a', `?key=${index}`);
	await receive(queue, { max: 2 });
	expect(good(PurgeAnswer, await ask('POST', `/v1/queues/${queue}/purge`))).toEqual({ purged: 6 });
	expect((await getQueue(queue)).figures).toMatchObject({ visible: 0, leased: 0, delayed: 0 });
});

describe('dead letters', () => {
	/** A queue whose dead-letter queue has one message that failed twice. */
	async function buried() {
		const queue = await newQueue({ maxReceives: 2 });
		const { id } = await publish(queue, 'poison', '?key=k');
		for (const reason of ['first', 'second']) {
			const { receipt } = await receiveOne(queue);
			await settled(queue, 'retry', [{ receipt, delaySeconds: 0, reason }]);
		}
		const dead = (await receive(`${queue}-dlq`, { waitSeconds: 20 }))[0];
		if (dead?.receipt == null) throw new Error('nothing was buried');
		await settled(`${queue}-dlq`, 'retry', [{ receipt: dead.receipt, delaySeconds: 0 }]);
		return { queue, id, dead };
	}

	it('keep their id and tell their history', async () => {
		const { queue, id, dead } = await buried();
		expect(dead).toMatchObject({
			id,
			body: 'poison',
			key: 'k',
			deadLetter: {
				queue,
				attempts: 2,
				failures: [
					{ attempt: 1, reason: 'first' },
					{ attempt: 2, reason: 'second' },
				],
			},
		});
	});

	it('go back to where they came from', async () => {
		const { queue, id } = await buried();
		expect(good(RedriveAnswer, await ask('POST', `/v1/queues/${queue}-dlq/redrive`))).toEqual({
			id: expect.any(String),
			accepted: 1,
			rejected: [],
		});
		expect(await receive(queue, { waitSeconds: 20 })).toMatchObject([{ id, body: 'poison' }]);
	});

	it('or elsewhere, by id, at a rate', async () => {
		const { queue, id } = await buried();
		const to = await newQueue();
		const json = { to, ids: [id, 'none-such'], ratePerSecond: 10 };
		const answer = await ask('POST', `/v1/queues/${queue}-dlq/redrive`, { json });
		expect(good(RedriveAnswer, answer)).toEqual({ id: expect.any(String), accepted: 1, rejected: ['none-such'] });
		expect(await receive(to, { waitSeconds: 20 })).toMatchObject([{ id, body: 'poison' }]);
	});

	it.each([
		[{ to: 'a b' }, '/to'],
		[{ ids: [] }, '/ids'],
		[{ ids: ['a b'] }, '/ids/0'],
		[{ ids: Array(101).fill('a') }, '/ids'],
		[{ ratePerSecond: 0 }, '/ratePerSecond'],
		[{ ratePerSecond: 10_001 }, '/ratePerSecond'],
		[{ all: true }, '/all'],
	])('redrive refuses %j', async (json, pointer) => {
		const problem = await refused('POST', `/v1/queues/${await newQueue()}/redrive`, { json });
		expect(problem).toMatchObject({ status: 400, pointer: `#${pointer}` });
	});

	it('redrive refuses a target that is not there, and the queue itself', async () => {
		const queue = await newQueue();
		const path = `/v1/queues/${queue}/redrive`;
		expect(await refused('POST', path, { json: { to: newName() } })).toMatchObject({
			status: 404,
			code: 'queue_not_found',
		});
		expect(await refused('POST', path, { json: { to: queue } })).toMatchObject({ status: 400, pointer: '#/to' });
	});
});
