import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ListAnswer } from '../../src/schemas/control';
import { TopicListAnswer } from '../../src/schemas/topics';
import {
	type Answer,
	ask,
	getQueue,
	getTopic,
	good,
	leased,
	newKey,
	newQueue,
	newTopic,
	problemIn,
	publish,
} from './client';

// What a request names besides its path must be covered by the key too.

type Allowed = 'yes' | 'no';

function isAllowed(answer: Answer): Allowed {
	if (answer.status < 300) return 'yes';
	expect(problemIn(answer)).toMatchObject({ status: 403, code: 'forbidden' });
	return 'no';
}

describe('a settle that publishes needs consume for the queue and publish for each target', () => {
	const CASES: readonly (readonly [actions: string, covers: string, allowed: Allowed])[] = [
		['consume publish', 'queue target topic', 'yes'],
		['consume publish manage', 'queue target topic', 'yes'],
		['consume', 'queue target topic', 'no'],
		['publish', 'queue target topic', 'no'],
		['manage', 'queue target topic', 'no'],
		['consume manage', 'queue target topic', 'no'],
		['consume publish', 'queue target', 'no'],
		['consume publish', 'queue topic', 'no'],
		['consume publish', 'queue', 'no'],
		['consume publish', 'target topic', 'no'],
	];

	it.each(CASES)('%s on %s: %s', async (actions, covers, allowed) => {
		const { queue, receipts } = await leased(['a'], { visibilityTimeoutSeconds: 600 });
		const names: Record<string, string> = { queue, target: await newQueue(), topic: await newTopic() };
		const patterns = covers.split(' ').map((name) => names[name] as string);
		const { key } = await newKey(actions.split(' '), patterns);
		const publish = [
			{ queue: names.target, messages: [{ body: 'x' }] },
			{ topic: names.topic, messages: [{ body: 'y' }] },
		];
		const answer = await ask('POST', `/v1/queues/${queue}/settle`, { key, json: { ack: receipts, publish } });
		expect(isAllowed(answer)).toBe(allowed);
		if (allowed === 'yes') return;
		expect((await getQueue(queue)).figures).toMatchObject({ leased: 1, owed: 0 });
		expect((await getQueue(names.target as string)).figures.visible).toBe(0);
		expect((await getTopic(names.topic as string)).figures.messages).toBe(0);
		const acked = await ask('POST', `/v1/queues/${queue}/ack`, { json: { receipts } });
		expect(acked.body).toMatchObject({ results: [{ outcome: 'acked' }] });
	});

	it('also where the target is not there: a name that is not covered is not told about', async () => {
		const { queue, receipts } = await leased(['a']);
		const { key } = await newKey(['consume', 'publish'], [queue]);
		const json = { ack: receipts, publish: [{ queue: 'not-there', messages: [{ body: 'x' }] }] };
		expect(isAllowed(await ask('POST', `/v1/queues/${queue}/settle`, { key, json }))).toBe('no');
	});
});

describe('manage is needed for both', () => {
	/** What names a second queue: the path's name, the other's, and the request. */
	const REQUESTS: readonly (readonly [what: string, method: string, path: string, body: (other: string) => object])[] =
		[
			['PUT subscription', 'PUT', '/v1/topics/NAME/subscriptions/s', (queue) => ({ queue })],
			['redrive to', 'POST', '/v1/queues/NAME/redrive', (to) => ({ to })],
			['PUT queue with deadLetter', 'PUT', '/v1/queues/NAME', (deadLetter) => ({ deadLetter })],
			['PATCH queue with deadLetter', 'PATCH', '/v1/queues/NAME', (deadLetter) => ({ deadLetter })],
		];
	const CASES: readonly (readonly [actions: string, covers: 'both' | 'first' | 'second', allowed: Allowed])[] = [
		['manage', 'both', 'yes'],
		['manage', 'first', 'no'],
		['manage', 'second', 'no'],
		['publish consume', 'both', 'no'],
	];

	it.each(REQUESTS.flatMap((request) => CASES.map((one) => [...request, ...one] as const)))(
		'%s (%s %s %o): %s on %s: %s',
		async (_, method, template, bodyOf, actions, covers, allowed) => {
			const name = await (template.includes('/topics/') ? newTopic() : newQueue({ deadLetter: null }));
			const other = await newQueue({ deadLetter: null });
			const patterns = { both: [name, other], first: [name], second: [other] }[covers];
			const { key } = await newKey(actions.split(' '), patterns);
			const read = async () => (await ask('GET', template.replace('NAME', name).replace(/\/(s|redrive)$/, ''))).body;
			const before = await read();
			const answer = await ask(method, template.replace('NAME', name), { key, json: bodyOf(other) });
			expect(isAllowed(answer)).toBe(allowed);
			if (allowed === 'no') expect(await read()).toEqual(before);
		},
	);

	it('also for a dead-letter queue that is named by default', async () => {
		const name = `own-${crypto.randomUUID()}`;
		const { key } = await newKey(['manage'], [name]);
		expect(isAllowed(await ask('PUT', `/v1/queues/${name}`, { key }))).toBe('no');
		expect(isAllowed(await ask('PUT', `/v1/queues/${name}`, { key, json: { deadLetter: null } }))).toBe('yes');
	});
});

describe('what is shown is what the key covers', () => {
	it('in the lists, page by page, and in /metrics', async () => {
		const mark = crypto.randomUUID().slice(0, 8);
		const queues = ['a', 'b', 'c', 'd'].map((letter) => `${letter}-${mark}`);
		const topics = queues.map((name) => `${name}-t`);
		for (const name of queues) await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: null } });
		for (const [index, name] of topics.entries()) {
			await ask('PUT', `/v1/topics/${name}`);
			await ask('PUT', `/v1/topics/${name}/subscriptions/s`, { json: { queue: queues[index] } });
			await publish(queues[index] as string, 'x');
		}
		const mine = [0, 2].map((index) => queues[index] as string);
		const { key } = await newKey(
			['manage'],
			mine.map((name) => `${name}*`),
		);
		expect(await listed('queues', key)).toEqual(mine);
		expect(await listed('topics', key)).toEqual(mine.map((name) => `${name}-t`));
		const metrics = String((await ask('GET', '/metrics', { key })).body);
		const named = new Set([...metrics.matchAll(/(?:queue|topic)="([^"]*)"/g)].map(([, name]) => name));
		expect([...named].sort()).toEqual(mine.flatMap((name) => [name, `${name}-t`]));
		const all = String((await ask('GET', '/metrics')).body);
		for (const name of queues) expect(all).toContain(`queue="${name}"`);
	});

	it('also by the name that a page ends with', async () => {
		const mark = crypto.randomUUID().slice(0, 8);
		const queues = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${mark}-${letter}`);
		for (const name of queues) await ask('PUT', `/v1/queues/${name}`, { json: { deadLetter: null } });
		const mine = [0, 2, 4].map((index) => queues[index] as string);
		const { key } = await newKey(['manage'], mine);
		const seen: string[] = [];
		for (let after: string | null = mark; after !== null; ) {
			const page: z.output<typeof ListAnswer> = good(
				ListAnswer,
				await ask('GET', `/v1/queues?limit=2&after=${after}`, { key }),
			);
			seen.push(...page.queues.map(({ name }) => name));
			after = page.next;
			if (after !== null) expect(mine).toContain(after);
		}
		expect(seen).toEqual(mine);
	});

	it('and a page may begin behind a name that it does not', async () => {
		const [first, second] = [await newQueue({ deadLetter: null }), await newQueue({ deadLetter: null })].sort();
		const { key } = await newKey(['manage'], [second as string]);
		const answer = await ask('GET', `/v1/queues?after=${first}`, { key });
		expect(good(ListAnswer, answer).queues.map(({ name }) => name)).toEqual([second]);
	});

	async function listed(kind: 'queues' | 'topics', key: string): Promise<string[]> {
		const names: string[] = [];
		for (let after = ''; ; ) {
			const answer = await ask('GET', `/v1/${kind}?limit=1${after}`, { key });
			const page = kind === 'queues' ? good(ListAnswer, answer) : good(TopicListAnswer, answer);
			names.push(...('queues' in page ? page.queues : page.topics).map(({ name }) => name));
			if (page.next === null) return names;
			after = `&after=${page.next}`;
		}
	}
});
