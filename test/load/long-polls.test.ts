import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Message, Site } from './site.ts';

let site: Site;
beforeAll(async () => {
	site = await Site.start();
});
afterAll(() => site.stop());

interface Poll {
	readonly messages: Promise<readonly Message[]>;
	/** The client goes away. */
	readonly leave: () => void;
}

/** What a poll is answered, or nothing where its client has left. */
function poll(queue: string, options: object = {}): Poll {
	const gone = new AbortController();
	const waiting = site.receive(queue, { max: 10, waitSeconds: 30, ...options }, gone.signal);
	const messages = waiting.catch((error: unknown) => {
		if (gone.signal.aborted) return [];
		throw error;
	});
	return { messages, leave: () => gone.abort() };
}

/** Long polls in the order in which they came: each is parked before the next one is sent. */
async function parkedInOrder(queue: string, count: number, options: object = {}): Promise<Poll[]> {
	const polls: Poll[] = [];
	while (polls.length < count) {
		polls.push(poll(queue, options));
		await site.parked(queue, polls.length);
	}
	return polls;
}

/** One message after the other, each accepted before the next one is sent. */
async function publishInOrder(queue: string, bodies: readonly string[]): Promise<void> {
	for (const body of bodies) await site.call('POST', `queues/${queue}/messages`, body);
}

function numbers(count: number): string[] {
	return Array.from({ length: count }, (_, index) => String(index));
}

async function bodiesOf(polls: readonly Poll[]): Promise<string[][]> {
	return Promise.all(polls.map(async ({ messages }) => (await messages).map(({ body }) => body)));
}

/** Receives and acknowledges until each of these has come. */
async function drain(queue: string, wanted: ReadonlySet<string>): Promise<void> {
	const missing = new Set(wanted);
	while (missing.size > 0) {
		const messages = await site.receive(queue, { max: 100, waitSeconds: 5 });
		if (messages.length === 0) throw new Error(`these never came: ${[...missing].join(', ')}`);
		await site.call('POST', `queues/${queue}/ack`, { receipts: messages.map(({ receipt }) => receipt) });
		for (const { body } of messages) missing.delete(body);
	}
}

test('1,000 parked long polls are woken one message at a time, first come first served, none starved', async () => {
	await site.call('PUT', 'queues/thousand', {});
	const polls = await parkedInOrder('thousand', 1_000);
	const bodies = numbers(1_000);
	await publishInOrder('thousand', bodies);
	expect(await bodiesOf(polls)).toEqual(bodies.map((body) => [body]));
	expect(await site.waiters('thousand')).toBe(0);
});

test('who has left is passed over, and the others keep their turn', async () => {
	await site.call('PUT', 'queues/leaving', {});
	const polls = await parkedInOrder('leaving', 300);
	const [leavers, stayers] = [polls.filter((_, index) => index % 3 === 0), polls.filter((_, index) => index % 3 > 0)];
	for (const { leave } of leavers) leave();
	await site.parked('leaving', stayers.length);
	const bodies = numbers(stayers.length);
	await publishInOrder('leaving', bodies);
	expect(await bodiesOf(stayers)).toEqual(bodies.map((body) => [body]));
	expect((await bodiesOf(leavers)).flat()).toEqual([]);
});

test('who leaves at the instant of being woken costs a message no more than its lease', async () => {
	await site.call('PUT', 'queues/racing', {});
	const polls = await parkedInOrder('racing', 200, { visibilityTimeoutSeconds: 1 });
	const bodies = numbers(100);
	// Every other client leaves while the message for it is on its way.
	const publishing = bodies.map(async (body, index) => {
		polls[2 * index]?.leave();
		await site.call('POST', 'queues/racing/messages', body);
	});
	await Promise.all(publishing);
	for (const { leave } of polls) leave();
	await drain('racing', new Set(bodies));
});

test('on four partitions none is starved, and every message comes once', async () => {
	const settings = { partitions: 4 };
	await site.call('PUT', 'queues/four', settings);
	const polls: Poll[] = [];
	// A poll that waits on all of them is parked on each.
	while (polls.length < 200) {
		for (let some = 0; some < 10; some++) polls.push(poll('four'));
		await site.parked('four', settings.partitions * polls.length);
	}
	const bodies = numbers(polls.length);
	await publishInOrder('four', bodies);
	const served = await bodiesOf(polls);
	expect(served.filter((some) => some.length !== 1)).toEqual([]);
	expect(new Set(served.flat())).toEqual(new Set(bodies));
});
