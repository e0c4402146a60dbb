import { describe, expect, it } from 'vitest';
import { DeleteAnswer, ListAnswer, QueueAnswer } from '../../src/schemas/control';
import { ask, getQueue, good, newName, newQueue, publish, receive, refused } from './client';

const DEFAULTS = {
	partitions: 1,
	visibilityTimeoutSeconds: 30,
	retentionSeconds: 345_600,
	delaySeconds: 0,
	maxReceives: 5,
	onPoison: 'dead-letter',
	delivery: 'at-least-once',
	dedupWindowSeconds: 300,
	backoff: { initialSeconds: 1, factor: 2, maxSeconds: 300, jitter: 0.2 },
	maxBacklog: null,
	maxBacklogBytes: null,
	location: null,
};

/** Another value than the default for each setting, and values that it refuses. */
const SETTINGS: readonly { field: string; other: unknown; wrong: readonly unknown[] }[] = [
	{ field: 'partitions', other: 3, wrong: [0, 65, 1.5, '3', null] },
	{ field: 'visibilityTimeoutSeconds', other: 0.25, wrong: [0, 43_201, '30'] },
	{ field: 'retentionSeconds', other: 31_536_000, wrong: [59, 31_536_001] },
	{ field: 'delaySeconds', other: 1.5, wrong: [-1, 345_601] },
	{ field: 'maxReceives', other: 1, wrong: [0, 1_001, 2.5] },
	{ field: 'deadLetter', other: null, wrong: ['a b', '', 'x'.repeat(81), 7] },
	{ field: 'onPoison', other: 'block', wrong: ['bury', null] },
	{ field: 'delivery', other: 'at-most-once', wrong: ['exactly-once'] },
	{ field: 'dedupWindowSeconds', other: 1_209_600, wrong: [-1, 2_592_001] },
	{ field: 'maxBacklog', other: 10, wrong: [0, 1.5, '10'] },
	{ field: 'maxBacklogBytes', other: 1_000, wrong: [0, -1] },
	{ field: 'location', other: 'weur', wrong: ['mars', ''] },
];

describe('PUT creates', () => {
	it('with documented defaults, 201 the first time and 200 the second', async () => {
		const name = newName();
		const first = await ask('PUT', `/v1/queues/${name}`);
		expect(first.status).toBe(201);
		expect(good(QueueAnswer, first)).toMatchObject({
			name,
			paused: false,
			settings: { ...DEFAULTS, deadLetter: `${name}-dlq` },
		});
		expect((await ask('PUT', `/v1/queues/${name}`, { json: {} })).status).toBe(200);
	});

	it('and a second PUT gives what it leaves out its default again', async () => {
		const name = await newQueue({ maxReceives: 9, backoff: { factor: 3 } });
		expect((await getQueue(name)).settings).toMatchObject({
			maxReceives: 9,
			backoff: { factor: 3, initialSeconds: 1 },
		});
		await ask('PUT', `/v1/queues/${name}`, { json: {} });
		expect((await getQueue(name)).settings).toMatchObject(DEFAULTS);
	});

	it('the dead-letter queue with it, which has none itself', async () => {
		const name = await newQueue();
		expect((await getQueue(`${name}-dlq`)).settings.deadLetter).toBeNull();
		await ask('PUT', `/v1/queues/${name}-dlq`, { json: { retentionSeconds: 60 } });
		expect((await getQueue(`${name}-dlq`)).settings).toMatchObject({ deadLetter: null, retentionSeconds: 60 });
	});

	it('a .fifo name, whose dead-letter queue ends in .fifo as well', async () => {
		const name = `${newName()}.fifo`;
		await ask('PUT', `/v1/queues/${name}`);
		expect((await getQueue(name)).settings.deadLetter).toBe(name.replace('.fifo', '-dlq.fifo'));
	});

	it('a name too long for its default dead-letter queue only with deadLetter', async () => {
		const name = newName().padEnd(80, 'x');
		const problem = await refused('PUT', `/v1/queues/${name}`);
		expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: '#/deadLetter' });
		expect((await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: null } })).status).toBe(201);
	});
});

describe.each(SETTINGS)('the setting $field', ({ field, other, wrong }) => {
	it('can be set by PUT', async () => {
		expect((await getQueue(await newQueue({ [field]: other }))).settings).toMatchObject({ [field]: other });
	});

	it('can be changed by PATCH, and nothing else changes', async () => {
		const name = await newQueue();
		const { settings } = await getQueue(name);
		const answer = await ask('PATCH', `/v1/queues/${name}`, { json: { [field]: other } });
		expect(good(QueueAnswer, answer).settings).toEqual({ ...settings, [field]: other });
		expect((await getQueue(name)).settings).toEqual({ ...settings, [field]: other });
	});

	it.each(wrong)('refuses %j', async (value) => {
		for (const method of ['PUT', 'PATCH']) {
			const name = method === 'PUT' ? newName() : await newQueue();
			const problem = await refused(method, `/v1/queues/${name}`, { json: { [field]: value } });
			expect(problem).toMatchObject({ status: 400, code: 'invalid_request', pointer: `#/${field}` });
			expect(problem.detail).toContain(field);
		}
	});
});

describe('the setting backoff', () => {
	it('is merged field by field', async () => {
		const name = await newQueue({ backoff: { initialSeconds: 2, maxSeconds: 60 } });
		await ask('PATCH', `/v1/queues/${name}`, { json: { backoff: { factor: 4, jitter: 0 } } });
		const { backoff } = (await getQueue(name)).settings;
		expect(backoff).toEqual({ initialSeconds: 2, factor: 4, maxSeconds: 60, jitter: 0 });
	});

	it.each([{ jitter: 1.1 }, { factor: 0.5 }, { initialSeconds: -1 }, { maxSeconds: 86_401 }, { steps: 3 }])(
		'refuses %j',
		async (backoff) => {
			const problem = await refused('PUT', `/v1/queues/${newName()}`, { json: { backoff } });
			expect(problem).toMatchObject({ status: 400, pointer: `#/backoff/${Object.keys(backoff)[0]}` });
		},
	);

	it('refuses a maximum below the first delay, also where PATCH names only one of them', async () => {
		const name = await newQueue({ backoff: { initialSeconds: 5 } });
		const problem = await refused('PATCH', `/v1/queues/${name}`, { json: { backoff: { maxSeconds: 4 } } });
		expect(problem).toMatchObject({ status: 400, pointer: '#/backoff/maxSeconds' });
	});
});

it('a default delay beyond the retention is refused, also where PATCH names only one of them', async () => {
	const name = await newQueue({ delaySeconds: 100 });
	const problem = await refused('PATCH', `/v1/queues/${name}`, { json: { retentionSeconds: 60 } });
	expect(problem).toMatchObject({ status: 400, pointer: '#/delaySeconds' });
});

it('a queue cannot be its own dead-letter queue', async () => {
	const name = newName();
	const problem = await refused('PUT', `/v1/queues/${name}`, { json: { deadLetter: name } });
	expect(problem).toMatchObject({ status: 400, pointer: '#/deadLetter' });
});

it('partitions change only while the queue is empty', async () => {
	const name = await newQueue();
	await publish(name, 'a');
	const problem = await refused('PATCH', `/v1/queues/${name}`, { json: { partitions: 4 } });
	expect(problem).toMatchObject({ status: 409, code: 'queue_not_empty' });
	await ask('POST', `/v1/queues/${name}/purge`);
	expect(
		good(QueueAnswer, await ask('PATCH', `/v1/queues/${name}`, { json: { partitions: 4 } })).settings.partitions,
	).toBe(4);
	await publish(name, 'b');
	expect(await receive(name)).toHaveLength(1);
});

it('GET shows live figures, added up over the partitions', async () => {
	const name = await newQueue({ partitions: 4 });
	for (let index = 0; index < 8; index++) await publish(name, 'abc', `?key=key-${index}`);
	await publish(name, 'later', '?delaySeconds=60');
	await receive(name, { max: 3 });
	const { figures } = await getQueue(name);
	expect(figures).toMatchObject({ visible: 5, leased: 3, delayed: 1, bytes: 29, owed: 0, courier: null, redriving: 0 });
	expect(figures.oldestAgeSeconds).toBeGreaterThanOrEqual(0);
});

describe('DELETE', () => {
	it('removes the queue and its messages; a queue made again under its name starts empty', async () => {
		const name = await newQueue();
		await publish(name, 'old');
		expect(good(DeleteAnswer, await ask('DELETE', `/v1/queues/${name}`))).toEqual({ cut: [], subscriptions: [] });
		for (const [method, path] of [
			['GET', ''],
			['PATCH', ''],
			['DELETE', ''],
			['POST', '/messages'],
			['POST', '/receive'],
		] as const) {
			expect(await refused(method, `/v1/queues/${name}${path}`)).toMatchObject({
				status: 404,
				code: 'queue_not_found',
			});
		}
		await ask('PUT', `/v1/queues/${name}`);
		expect(await receive(name)).toEqual([]);
	});

	it("of another queue's dead-letter queue needs force, and says whom it cut off", async () => {
		const name = await newQueue();
		expect(await refused('DELETE', `/v1/queues/${name}-dlq`)).toMatchObject({ status: 409, code: 'queue_in_use' });
		expect(await refused('DELETE', `/v1/queues/${name}-dlq?force=yes`)).toMatchObject({ status: 400 });
		const answer = await ask('DELETE', `/v1/queues/${name}-dlq?force=true`);
		expect(good(DeleteAnswer, answer)).toEqual({ cut: [name], subscriptions: [] });
		expect((await getQueue(name)).settings.deadLetter).toBeNull();
	});
});

it('GET /v1/queues lists by name, a page at a time', async () => {
	const prefix = newName();
	const names = ['a', 'b', 'c', 'd', 'e'].map((suffix) => `${prefix}-${suffix}`);
	for (const name of names) await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: null } });
	const listed: string[] = [];
	let after: string | null = prefix;
	while (after !== null && listed.length < names.length) {
		const page: { queues: { name: string }[]; next: string | null } = good(
			ListAnswer,
			await ask('GET', `/v1/queues?limit=2&after=${after}`),
		);
		expect(page.queues.length).toBeLessThanOrEqual(2);
		listed.push(...page.queues.map(({ name }) => name));
		after = page.next;
	}
	expect(listed.slice(0, names.length)).toEqual(names);
	for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=', 'after=a%20b', 'before=x', 'limit=1&limit=2']) {
		expect(await refused('GET', `/v1/queues?${query}`)).toMatchObject({ status: 400, code: 'invalid_request' });
	}
});

it('pause hands out nothing while publishing goes on; resume hands out again', async () => {
	const name = await newQueue();
	expect(good(QueueAnswer, await ask('POST', `/v1/queues/${name}/pause`)).paused).toBe(true);
	await publish(name, 'a');
	expect(await receive(name)).toEqual([]);
	expect((await getQueue(name)).paused).toBe(true);
	expect(good(QueueAnswer, await ask('POST', `/v1/queues/${name}/resume`)).paused).toBe(false);
	expect(await receive(name)).toHaveLength(1);
});
