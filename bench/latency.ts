import type { Measured } from './report.ts';
import type { Running } from './servers.ts';
import { inTurn, median, medianRatio } from './statistics.ts';

const QUEUE = 'parked';

/** Long enough for a long poll to get from this process into the object and park there. */
const PARK_MS = 4;

/** Milliseconds from the start of a publish to the answer of the long poll that was parked for it. */
async function wakeMs({ client }: Running): Promise<number> {
	let publishedAt = 0;
	const poll = client.receive(QUEUE, 1, { waitSeconds: 20 }).then((messages) => ({ messages, at: performance.now() }));
	await new Promise((resolve) => setTimeout(resolve, PARK_MS));
	publishedAt = performance.now();
	const publish = client.publish(QUEUE);
	const { messages, at } = await poll;
	await publish;
	await client.acknowledge(QUEUE, messages);
	return at - publishedAt;
}

async function pingMs({ client }: Running): Promise<number> {
	await new Promise((resolve) => setTimeout(resolve, PARK_MS));
	const startedAt = performance.now();
	await client.get('/');
	return performance.now() - startedAt;
}

async function p50(samples: number, sample: () => Promise<number>): Promise<number> {
	const values: number[] = [];
	for (let index = 0; index < samples; index++) values.push(await sample());
	return median(values);
}

/** Publish to the answer of a parked long poll, on an idle machine: one at a time, and the ping the same way. */
export async function latency(ping: Running, sluice: Running, rounds: number, samples: number): Promise<Measured> {
	await sluice.client.createQueue(QUEUE);
	await p50(samples, () => wakeMs(sluice));
	await p50(samples, () => pingMs(ping));
	const values = await inTurn(rounds, {
		ping: () => p50(samples, () => pingMs(ping)),
		wake: () => p50(samples, () => wakeMs(sluice)),
	});
	return {
		what: 'publish to the answer of a parked long poll, p50, against the ping',
		value: medianRatio(values.wake, values.ping),
		atMost: 3,
		detail: `${median(values.wake).toFixed(2)} ms against ${median(values.ping).toFixed(2)} ms`,
	};
}
