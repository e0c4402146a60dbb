import type { Prng } from '../test/simulation/prng.ts';
import type { Twist } from './draft.ts';

type Forge = (receipt: string, random: Prng) => string;

export const FORGED: Readonly<Record<string, Forge>> = {
	'a bit flipped': (receipt, random) => {
		const bytes = Buffer.from(receipt, 'base64url');
		const at = random.between(0, bytes.length - 1);
		bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
		return bytes.toString('base64url');
	},
	'cut short': (receipt, random) => receipt.slice(0, random.between(1, receipt.length - 1)),
	extended: (receipt) => `${receipt}A`,
	'in another alphabet': (receipt) => `${receipt.slice(0, -1)}+`,
	'padded with a space': (receipt) => ` ${receipt}`,
	'all zero': () => 'A'.repeat(32),
	'all one': () => '_'.repeat(32),
	'made up': (_, random) => Buffer.from(Array.from({ length: 24 }, () => random.between(0, 255))).toString('base64url'),
	'of JSON': () => '{"position":1,"attempt":1}',
	turned: (receipt) => [...receipt].reverse().join(''),
};

/** Puts a receipt that is none of this queue in the place of one that is. */
export const forgeReceipt: Twist = (draft, { random, knowledge }) => {
	const held = receiptsIn(draft.json);
	if (held.length === 0) return null;
	const { holder, name, receipt } = random.pick(held);
	const [how, forged] = forgedFrom(receipt);
	if (forged === null || forged === receipt) return null;
	holder[name] = forged;
	draft.mustFail = `one of its receipts is ${how}`;
	return `receipt: ${how}`;

	function forgedFrom(genuine: string): [how: string, forged: string | null] {
		if (random.chance(0.2)) return ["the canary's", random.pick(knowledge.foreign.receipts)];
		if (random.chance(0.3)) return ["another queue's", knowledge.receipts.ofAnother(random, draft.queue)];
		if (genuine.length !== 32) return ['made up', 'B'.repeat(32)];
		const [how, forge] = random.pick(Object.entries(FORGED));
		return [how, forge(genuine, random)];
	}
};

/** Uses one again; also what came of it before counts then, so the answer may be a success that changes nothing. */
export const replayReceipt: Twist = (draft, { random, knowledge }) => {
	const held = receiptsIn(draft.json);
	if (held.length === 0) return null;
	const { holder, name } = random.pick(held);
	holder[name] = random.chance(0.3) ? held[0]?.receipt : knowledge.receipts.spent(random, draft.queue);
	return 'receipt: replayed';
};

interface HeldReceipt {
	readonly holder: Record<string | number, unknown>;
	readonly name: string | number;
	readonly receipt: string;
}

function receiptsIn(json: unknown): HeldReceipt[] {
	const { ack, receipts, retry, extend } = (json ?? {}) as Record<string, unknown>;
	return [ack, receipts, retry, extend].flatMap((list) => {
		if (!Array.isArray(list)) return [];
		return list.flatMap((entry, index): HeldReceipt[] => {
			if (typeof entry === 'string') {
				return [{ holder: list as unknown as Record<number, unknown>, name: index, receipt: entry }];
			}
			const { receipt } = (entry ?? {}) as { receipt?: unknown };
			return typeof receipt === 'string' ? [{ holder: entry, name: 'receipt', receipt }] : [];
		});
	});
}
