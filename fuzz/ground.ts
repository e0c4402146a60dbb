import * as aws from './aws/knowledge.ts';
import { PREFIX, QUEUES, SUBSCRIPTIONS, TOPICS } from './knowledge.ts';
import type { Keys } from './request.ts';
import type { Root } from './root.ts';

interface NewKey {
	readonly id: string;
	readonly key: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

/** The keys that requests are sent with. */
export async function makeKeys(root: Root, rootKey: string): Promise<Keys> {
	const all = ['publish', 'consume', 'manage'];
	const make = async (actions: readonly string[], patterns = [`${PREFIX}*`]) =>
		(await root.call('POST', 'keys', { name: 'fuzzer', actions, patterns })) as NewKey;
	const narrow = await make(all);
	const publisher = await make(['publish']);
	const revoked = await make(all);
	const elsewhere = await make(all, ['nowhere-*']);
	await root.call('DELETE', `keys/${revoked.id}`);
	const bearer = {
		root: rootKey,
		narrow: narrow.key,
		publisher: publisher.key,
		revoked: revoked.key,
		wrong: `slk_0123456789abcdef_${'A'.repeat(43)}`,
		malformed: 'a b \x01',
		none: null,
	};
	const unknown = { accessKeyId: 'slk_0123456789abcdef', secretAccessKey: 'A'.repeat(43) };
	const signing = {
		root: { accessKeyId: 'root', secretAccessKey: rootKey },
		narrow,
		revoked,
		elsewhere,
		unknown,
		wrong: { ...narrow, secretAccessKey: elsewhere.secretAccessKey },
		malformed: { accessKeyId: "AKIA'<b>&", secretAccessKey: '' },
		none: null,
	};
	return { bearer, aws: signing };
}

/** Queues, topics and subscriptions for the first requests to meet. */
export async function makeWorld(root: Root): Promise<void> {
	for (const queue of QUEUES) await root.call('PUT', `queues/${queue}`, {});
	for (const [index, topic] of TOPICS.entries()) {
		await root.call('PUT', `topics/${topic}`, {});
		const queue = QUEUES[index];
		for (const name of SUBSCRIPTIONS) await root.call('PUT', `topics/${topic}/subscriptions/${name}`, { queue });
	}
	await makeAwsWorld(root);
}

async function makeAwsWorld(root: Root): Promise<void> {
	const alone = [...aws.STANDARD, ...aws.FIFO, ...aws.DEAD, ...aws.SPARE_QUEUES, aws.EMPTIED].filter(
		(name) => !QUEUES.includes(name),
	);
	for (const queue of alone) await root.call('PUT', `queues/${queue}`, { deadLetter: null });
	// Enough for moves that can be cancelled.
	const messages = Array.from({ length: 100 }, (_, index) => ({ body: `dead ${index}` }));
	for (const [index, queue] of aws.SOURCES.entries()) {
		await root.call('POST', `queues/${aws.DEAD[index]}/messages/batch`, { messages });
		await root.call('PUT', `queues/${queue}`, { deadLetter: aws.DEAD[index] });
	}
	for (const topic of [...aws.TOPICS, ...aws.SPARE_TOPICS]) {
		await root.call('PUT', `topics/${topic}`, {});
		const queue = aws.isFifo(topic) ? aws.FIFO[0] : aws.STANDARD[0];
		await root.call('PUT', `topics/${topic}/subscriptions/${aws.SUBSCRIBED}`, { queue });
	}
}
