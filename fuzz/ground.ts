import { PREFIX, QUEUES, SUBSCRIPTIONS, TOPICS } from './knowledge.ts';
import type { Keys } from './request.ts';
import type { Root } from './root.ts';

interface NewKey {
	readonly id: string;
	readonly key: string;
}

/** The keys that requests are sent with; the root key is the caller's. */
export async function makeKeys(root: Root): Promise<Omit<Keys, 'root'>> {
	const make = async (actions: readonly string[]) =>
		(await root.call('POST', 'keys', { name: 'fuzzer', actions, patterns: [`${PREFIX}*`] })) as NewKey;
	const narrow = await make(['publish', 'consume', 'manage']);
	const publisher = await make(['publish']);
	const revoked = await make(['publish', 'consume', 'manage']);
	await root.call('DELETE', `keys/${revoked.id}`);
	return {
		narrow: narrow.key,
		publisher: publisher.key,
		revoked: revoked.key,
		wrong: `slk_0123456789abcdef_${'A'.repeat(43)}`,
		malformed: 'a b \x01',
		none: null,
	};
}

/** Queues, topics and subscriptions for the first requests to meet. */
export async function makeWorld(root: Root): Promise<void> {
	for (const queue of QUEUES) await root.call('PUT', `queues/${queue}`, {});
	for (const [index, topic] of TOPICS.entries()) {
		await root.call('PUT', `topics/${topic}`, {});
		const queue = QUEUES[index];
		for (const name of SUBSCRIPTIONS) await root.call('PUT', `topics/${topic}/subscriptions/${name}`, { queue });
	}
}
