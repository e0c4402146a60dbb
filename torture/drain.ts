import type { Client } from './client.ts';
import { pause } from './pause.ts';
import type { Plan } from './plan.ts';

const lookMs = 200;

/** Waits until nothing is left anywhere. Answers what is, where that takes longer than `withinMs`. */
export async function drain(client: Client, plan: Plan, withinMs: number): Promise<readonly string[]> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const left = await leftIn(client, plan);
		if (left.length === 0 || Date.now() > deadline) return left;
		await pause(lookMs);
	}
}

/** Asked downstream, topics first and dead-letter queues last, so that nothing passes by unseen. */
async function leftIn(client: Client, { queues, topics }: Plan): Promise<string[]> {
	const left: string[] = [];
	const ask = async (path: string, ...names: string[]) => {
		const { state, body, trouble, why } = await client.send('GET', path);
		const { figures = {} } = (body ?? {}) as { figures?: Readonly<Record<string, number>> };
		const some = names.filter((name) => figures[name] !== 0).map((name) => `${figures[name]} ${name}`);
		if (state !== 'answered') left.push(`${path} came out ${state}: ${trouble ?? why}`);
		else if (some.length > 0) left.push(`${path}: ${some.join(', ')}`);
	};
	for (const [topic, subscriptions] of Object.entries(topics)) {
		for (const { name } of subscriptions) await ask(`topics/${topic}/subscriptions/${name}`, 'lag');
	}
	for (const queue of Object.keys(queues).reverse()) {
		await ask(`queues/${queue}`, 'visible', 'leased', 'delayed', 'owed');
	}
	return left;
}
