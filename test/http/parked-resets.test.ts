import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { partitionObjectName, type Queue } from '../../durable-objects/protocol';
import { OutcomesAnswer, ReceivedFully } from '../../src/schemas/consuming';
import { BatchResults } from '../../src/schemas/messages';
import { type Answer, ask, newQueue } from './client';

const resets = 12;
const answersPerReset = 25;

/** Traffic on a queue, and what its clients were told. */
class Traffic {
	/** Bodies that were accepted, for all that their publisher knows. */
	readonly accepted = new Set<string>();
	readonly received = new Set<string>();
	private readonly acknowledged = new Set<string>();
	/** Answers that are neither a success nor "try again". */
	readonly wrong: string[] = [];
	unavailable = 0;
	answers = 0;
	isPublished = false;
	private resets = 0;
	private published = 0;

	constructor(
		private readonly queue: string,
		private readonly reset: (turn: number) => Promise<void>,
	) {}

	async publishSingles(): Promise<void> {
		while (!this.isOver) {
			const body = `m${this.published++}`;
			// Asked again with the same id until it is known to be accepted: it must not come twice.
			const path = `messages?dedupId=${body}&key=k${this.published % 7}`;
			while ((await this.send(path, { body })) === null);
			this.accepted.add(body);
		}
	}

	async publishBatches(): Promise<void> {
		while (!this.isOver) {
			const bodies = Array.from({ length: 5 }, () => `m${this.published++}`);
			const answer = await this.send('messages/batch', { json: { messages: bodies.map((body) => ({ body })) } });
			if (answer === null) continue;
			BatchResults.parse(answer.body).results.forEach((result, index) => {
				if (!('error' in result)) this.accepted.add(bodies[index] as string);
				else if (result.error.code !== 'unavailable') this.wrong.push(JSON.stringify(result));
			});
		}
	}

	/** Long polls for longer than a lease lasts, until nothing is published any more and one of them comes back empty. */
	async consume(): Promise<void> {
		const json = { max: 10, waitSeconds: 2, visibilityTimeoutSeconds: 1 };
		for (;;) {
			const isLast = this.isPublished;
			const answer = await this.send('receive', { json });
			if (answer === null) continue;
			const { messages } = ReceivedFully.parse(answer.body);
			for (const { body } of messages) this.received.add(body);
			if (messages.length > 0) await this.acknowledge(messages.map(({ body, receipt }) => ({ body, receipt })));
			else if (isLast) return;
		}
	}

	private async acknowledge(messages: { body: string; receipt: string | null }[]): Promise<void> {
		const answer = await this.send('ack', { json: { receipts: messages.map(({ receipt }) => receipt) } });
		if (answer === null) return;
		OutcomesAnswer.parse(answer.body).results.forEach(({ outcome }, index) => {
			const { body } = messages[index] as { body: string };
			if (outcome !== 'acked') return;
			if (this.acknowledged.has(body)) this.wrong.push(`${body} came again after it was acknowledged`);
			this.acknowledged.add(body);
		});
	}

	/** Where it resets what, the others being in the middle of something: not by time, which does not pass while all are busy. */
	private async answered(): Promise<void> {
		if (++this.answers % answersPerReset > 0 || this.isOver) return;
		const turn = this.resets++;
		await this.reset(turn);
	}

	private get isOver(): boolean {
		return this.resets >= resets;
	}

	/** Null: try again. */
	private async send(path: string, options: Parameters<typeof ask>[2]): Promise<Answer | null> {
		const answer = await ask('POST', `/v1/queues/${this.queue}/${path}`, options);
		await this.answered();
		if (answer.status < 300) return answer;
		this.unavailable++;
		const { code } = answer.body as { code?: string };
		const isPlain = answer.status === 503 && code === 'unavailable' && Number(answer.headers.get('retry-after')) >= 1;
		if (!isPlain) this.wrong.push(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return null;
	}
}

/**
 * As a deploy does it: its memory, its requests and what is not durable yet are gone, and callers see an error that says
 * `durableObjectReset`. (`abortAllDurableObjects` is no likeness: its error carries no such flag, as workerd throws it.)
 */
async function reset(stub: DurableObjectStub): Promise<void> {
	const reason = 'Durable Object reset because its code was updated.';
	await runInDurableObject(stub, (_, state) => state.abort(reason)).catch(() => undefined);
}

function partition(queue: Queue, index: number): DurableObjectStub {
	return env.PARTITION.getByName(partitionObjectName(queue, index));
}

async function resetEverything(queue: Queue): Promise<void> {
	const stubs = [env.CATALOG.getByName('catalog'), partition(queue, 0), partition(queue, 1)];
	await Promise.all(stubs.map((stub) => reset(stub as DurableObjectStub)));
}

it.each([
	['one partition after the other', (queue: Queue, turn: number) => reset(partition(queue, turn % 2))],
	['all objects at once', resetEverything],
])('resets in the middle of everything, %s: an answer or "try again", and nothing is lost', async (_, resetSome) => {
	const name = await newQueue({ partitions: 2, maxReceives: 100 });
	const queue = (await env.CATALOG.getByName('catalog').getQueue(name)) as Queue;
	const traffic = new Traffic(name, (turn) => resetSome(queue, turn));
	const consuming = [traffic.consume(), traffic.consume(), traffic.consume()];
	await Promise.all([traffic.publishSingles(), traffic.publishSingles(), traffic.publishBatches()]);
	traffic.isPublished = true;
	await Promise.all(consuming);
	expect(traffic.wrong).toEqual([]);
	expect([...traffic.accepted].filter((body) => !traffic.received.has(body))).toEqual([]);
	expect(traffic.unavailable).toBeGreaterThan(0);
});
