import type { Message } from './queue';

interface Order {
	/** How long the work takes. */
	readonly seconds?: number;
	/** Why it fails. */
	readonly fail?: string;
}

/** Your work goes here. What it throws becomes the reason of a retry, and after `maxReceives` that of a dead letter. */
export async function work(message: Message): Promise<void> {
	const { seconds = 0, fail }: Order = JSON.parse(message.body);
	await scheduler.wait(seconds * 1_000);
	if (fail !== undefined) throw new Error(fail);
	console.log(`done: ${message.id}, attempt ${message.attempt}`);
}
