import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { partitionObjectName, type Queue, type Topic, topicObjectName } from '../../durable-objects/protocol';
import { OutcomesAnswer, ReceivedFully } from '../../src/schemas/consuming';
import {
	ask,
	caughtUp,
	getQueue,
	getTopic,
	good,
	newQueue,
	newTopic,
	publish,
	publishTo,
	type Received,
	receive,
	receiveOne,
	settled,
	subscribe,
	until,
} from './client';

const second = 1_000;
const day = 86_400 * second;

/** How far the clock jumps back. */
const jumpMs = 3_600 * second;

/** Far enough ahead of the real clock, by which alarms ring, that none rings by itself. */
let start = 0;

beforeEach(() => {
	start = Date.now() + 10 * day;
	vi.useFakeTimers({ now: start, toFake: ['Date'] });
});

afterEach(() => {
	vi.useRealTimers();
});

/** Seconds from the start; -3,600 is where the clock jumps back to. */
function at(seconds: number): void {
	vi.setSystemTime(start + seconds * second);
}

const back = -jumpMs / second;

async function partitionOf(name: string) {
	const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
	return env.PARTITION.getByName(partitionObjectName(queue, 0)) as unknown as DurableObjectStub;
}

async function topicPartitionOf(name: string) {
	const topic = (await env.CATALOG.getByName('catalog').getTopic(name)) as Topic;
	return env.TOPIC.getByName(topicObjectName(topic, 0)) as unknown as DurableObjectStub;
}

/** Seconds from the start, or null. */
async function alarmOf(stub: DurableObjectStub): Promise<number | null> {
	const instant = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
	return instant === null ? null : (instant - start) / second;
}

async function park(name: string): Promise<{ answer: Promise<Received[]> }> {
	const asked = ask('POST', `/v1/queues/${name}/receive`, { json: { waitSeconds: 20 } });
	await until(async () => (await getQueue(name)).figures.waiters === 1);
	return { answer: asked.then((answer) => good(ReceivedFully, answer).messages) };
}

it('a lease lasts until its instant, is honoured, and then ends once', async () => {
	const name = await newQueue({ visibilityTimeoutSeconds: 30 });
	await publish(name, 'a');
	await publish(name, 'b');
	const [a, b] = await receive(name, { max: 2 });
	at(back);
	expect(await receive(name)).toEqual([]);
	expect(await settled(name, 'ack', [b?.receipt])).toMatchObject([{ outcome: 'acked' }]);
	at(29.999);
	expect(await receive(name)).toEqual([]);
	at(30);
	expect(await receive(name, { max: 10 })).toMatchObject([{ body: 'a', attempt: 2 }]);
	expect(await settled(name, 'ack', [a?.receipt])).toMatchObject([{ outcome: 'stale' }]);
});

it('a lease that was extended before the jump, and one of after it, hold', async () => {
	const name = await newQueue({ visibilityTimeoutSeconds: 30 });
	await publish(name, 'a');
	const { receipt } = await receiveOne(name);
	const json = { receipts: [{ receipt, visibilityTimeoutSeconds: 60 }] };
	good(OutcomesAnswer, await ask('POST', `/v1/queues/${name}/extend`, { json }));
	at(back);
	await publish(name, 'b');
	expect(await receiveOne(name)).toMatchObject({ body: 'b', attempt: 1 });
	at(back + 30);
	expect(await receiveOne(name)).toMatchObject({ body: 'b', attempt: 2 });
	at(60);
	expect((await receive(name, { max: 10 })).map(({ body }) => body).sort()).toEqual(['a', 'b']);
});

it('what is delayed, and what is retried, comes at its instant and once', async () => {
	const name = await newQueue();
	await publish(name, 'retried');
	const { receipt } = await receiveOne(name);
	const json = { receipts: [{ receipt, delaySeconds: 10 }] };
	good(OutcomesAnswer, await ask('POST', `/v1/queues/${name}/retry`, { json }));
	await publish(name, 'before', '?delaySeconds=60');
	at(back);
	await publish(name, 'after', '?delaySeconds=60');
	expect(await receive(name)).toEqual([]);
	at(back + 59.999);
	expect(await receive(name)).toEqual([]);
	at(back + 60);
	expect(await receiveOne(name)).toMatchObject({ body: 'after' });
	at(9.999);
	expect((await receive(name)).filter(({ body }) => body !== 'after')).toEqual([]);
	at(10);
	expect(await receiveOne(name)).toMatchObject({ body: 'retried', attempt: 2 });
	at(60);
	expect((await receive(name, { max: 10 })).map(({ body }) => body)).toContain('before');
	expect((await getQueue(name)).figures).toMatchObject({ visible: 0, delayed: 0, leased: 3 });
});

it('what was published before and after keeps its order in a key', async () => {
	const name = await newQueue();
	for (const body of ['a', 'b']) await publish(name, body, '?key=k');
	at(back);
	for (const body of ['c', 'd']) await publish(name, body, '?key=k');
	await evictDurableObject(await partitionOf(name));
	expect((await receive(name, { max: 10 })).map(({ body }) => body)).toEqual(['a', 'b', 'c', 'd']);
});

it('a dedupId counts from when it was accepted until its window is over', async () => {
	const name = await newQueue({ dedupWindowSeconds: 300 });
	const { id } = await publish(name, 'a', '?dedupId=d');
	at(back);
	expect(await publish(name, 'again', '?dedupId=d')).toMatchObject({ id, duplicate: true });
	// A sweep has no reason to forget it.
	await runDurableObjectAlarm(await partitionOf(name));
	at(299.999);
	expect(await publish(name, 'again', '?dedupId=d')).toMatchObject({ id, duplicate: true });
	at(300);
	expect(await publish(name, 'new', '?dedupId=d')).toMatchObject({ duplicate: false });
	expect((await receive(name, { max: 10 })).map(({ body }) => body)).toEqual(['a', 'new']);
});

it('who waits is served at once by what comes after the jump', async () => {
	for (const partitions of [1, 2]) {
		at(0);
		const name = await newQueue({ partitions });
		const asked = ask('POST', `/v1/queues/${name}/receive`, { json: { waitSeconds: 20 } });
		await until(async () => (await getQueue(name)).figures.waiters === partitions);
		at(back);
		await publish(name, 'a', '?key=k');
		expect(good(ReceivedFully, await asked).messages).toMatchObject([{ body: 'a', attempt: 1 }]);
	}
});

it('the alarm comes for who waits, is brought forward by what is due earlier now, and is armed again where it rang early', async () => {
	const name = await newQueue();
	await publish(name, 'late', '?delaySeconds=60');
	const stub = await partitionOf(name);
	const { answer } = await park(name);
	expect(await alarmOf(stub)).toBe(60);
	at(back);
	await publish(name, 'soon', '?delaySeconds=10');
	expect(await alarmOf(stub)).toBeLessThanOrEqual(back + 10);
	expect(await runDurableObjectAlarm(stub)).toBe(true);
	expect(await alarmOf(stub)).toBeLessThanOrEqual(back + 10);
	at(back + 10);
	expect(await runDurableObjectAlarm(stub)).toBe(true);
	expect(await answer).toMatchObject([{ body: 'soon' }]);
	const other = await park(name);
	// The other one's lease is over before that.
	expect(await alarmOf(stub)).toBeLessThanOrEqual(back + 40);
	at(60);
	expect(await runDurableObjectAlarm(stub)).toBe(true);
	expect((await other.answer).map(({ body }) => body).sort()).toEqual(['late', 'soon']);
});

it('a last attempt that ends after the jump is buried at its instant, once, also by an object that was restarted', async () => {
	const name = await newQueue({ maxReceives: 1, visibilityTimeoutSeconds: 30 });
	await publish(name, 'poison');
	await receiveOne(name);
	at(back);
	await evictDurableObject(await partitionOf(name));
	const stub = await partitionOf(name);
	await runDurableObjectAlarm(stub);
	expect((await getQueue(name)).figures).toMatchObject({ leased: 1 });
	expect(await alarmOf(stub)).toBeLessThanOrEqual(30);
	at(30);
	expect(await runDurableObjectAlarm(stub)).toBe(true);
	await until(async () => (await getQueue(`${name}-dlq`)).figures.visible === 1);
	expect(await receiveOne(`${name}-dlq`)).toMatchObject({ body: 'poison' });
	expect((await getQueue(name)).figures).toMatchObject({ visible: 0, leased: 0, owed: 0 });
});

it('retention is counted from the publish: nothing goes early', async () => {
	const name = await newQueue({ retentionSeconds: 60 });
	at(back);
	await publish(name, 'a');
	const stub = await partitionOf(name);
	at(back + 59.999);
	await runDurableObjectAlarm(stub);
	expect(await receiveOne(name, { visibilityTimeoutSeconds: 0.001 })).toMatchObject({ body: 'a' });
	at(back + 60);
	expect(await receive(name)).toEqual([]);
});

it('a topic goes on in order, once each, its log with no step back; a restart in between changes nothing', async () => {
	const topic = await newTopic();
	const queue = await subscribe(topic);
	const published = ['a', 'b', 'c', 'd'];
	for (const [index, body] of published.entries()) {
		if (index === 2) at(back);
		if (index === 3) await evictDurableObject(await topicPartitionOf(topic));
		expect(await publishTo(topic, body, '?key=k')).toMatchObject({ sequence: index + 1, duplicate: false });
	}
	await caughtUp(topic, queue);
	expect((await receive(queue, { max: 10 })).map(({ body }) => body)).toEqual(published);
	expect((await getTopic(topic)).figures).toMatchObject({ messages: 4, published: 4 });
	// From an instant before the jump on: all that was published from then on, in the order of the log.
	at(0);
	const later = await newQueue();
	await subscribe(topic, { queue: later, from: new Date(start).toISOString() });
	await caughtUp(topic, later);
	expect((await receive(later, { max: 10 })).map(({ body }) => body)).toEqual(published);
});
