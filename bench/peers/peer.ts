/** Publishes, batches or consumers that are under way at the same time, of Sluice and of each peer. */
export const OUTSTANDING = 32;
/** Messages per batch, and per receive. */
export const BATCH = 100;

/** A queue as its users reach it: through its own client, and durable before it answers. */
export interface Peer {
	readonly name: string;
	/** Software, version and the settings that its durability comes from. */
	readonly about: string;
	create(queue: string): Promise<void>;
	/** Resolves when the message is safe. */
	publish(queue: string): Promise<void>;
	/** 100 messages; resolves when all are safe. */
	publishBatch(queue: string): Promise<void>;
	/** Takes and finishes until the queue is empty or the time is over: messages finished per second. */
	consume(queue: string, seconds: number): Promise<number>;
	/** With all that it holds. */
	remove(queue: string): Promise<void>;
	close(): Promise<void>;
}

/** How often an action ends in a second while `OUTSTANDING` of them are always under way. */
export async function perSecond(seconds: number, action: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	const until = startedAt + seconds * 1_000;
	let ended = 0;
	await together(OUTSTANDING, async () => {
		while (performance.now() < until) {
			await action();
			ended++;
		}
	});
	return (ended / (performance.now() - startedAt)) * 1_000;
}

/**
 * Messages finished per second by consumers that each take and finish one batch after another: `take` answers how many it
 * finished, 0 at the end of the queue.
 */
export async function finishedPerSecond(seconds: number, consumers: number, take: () => Promise<number>) {
	const startedAt = performance.now();
	let finished = 0;
	let endedAt = startedAt;
	await together(consumers, async () => {
		while (endedAt - startedAt < seconds * 1_000) {
			const count = await take();
			if (count === 0) return;
			finished += count;
			endedAt = performance.now();
		}
	});
	if (finished === 0) throw new Error('there was nothing to receive');
	return (finished / (endedAt - startedAt)) * 1_000;
}

export async function together(count: number, loop: () => Promise<void>): Promise<void> {
	await Promise.all(Array.from({ length: count }, loop));
}
