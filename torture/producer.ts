import { bodyOf } from './body.ts';
import type { Reply } from './client.ts';
import { Drafts, type Habits } from './drafts.ts';
import type { Draft, Sent } from './journal.ts';
import { pause } from './pause.ts';
import { choicesOf, type Site } from './site.ts';
import { publishOverSqs } from './sqs-producer.ts';

/** Between two requests of one producer, in ms. */
const longestPauseMs = 100;

/** While nobody listens. */
const downMs = 50;

/** Accepted ones that may be published again on purpose. */
const remembered = 50;

const onceMore = 0.04;

/**
 * Publishes until the signal for calm: one request at a time, so that its own messages have an order. What has a
 * `dedupId` is repeated until it is answered; of what has none and whose answer was lost, nobody knows.
 */
export async function produce(site: Site, habits: Habits): Promise<void> {
	const prng = choicesOf(site, habits.name);
	const drafts = new Drafts(habits, prng);
	const accepted: Draft[] = [];
	while (!site.calm.aborted) {
		const again = accepted.length > 0 && prng.chance(onceMore);
		let open: readonly Draft[] = again ? [prng.pick(accepted)] : drafts.next();
		while (open.length > 0) {
			const sent = await publish(site, habits, open);
			for (const { fate, ...message } of sent ?? []) {
				if (fate === 'accepted' && message.dedupId !== undefined) accepted.push(message);
			}
			accepted.splice(0, accepted.length - remembered);
			open = sent?.filter(({ fate, dedupId }) => fate === 'maybe' && dedupId !== undefined) ?? open;
			if (open.length > 0) await pause(downMs);
		}
		await pause(prng.between(1, longestPauseMs), site.calm);
	}
}

/** One request; undefined where it was never sent. */
async function publish(site: Site, habits: Habits, drafts: readonly Draft[]): Promise<readonly Sent[] | undefined> {
	if (habits.isSqs) return publishOverSqs(site, habits.name, habits.to, drafts);
	const { client, journal } = site;
	const path = `${habits.isTopic ? 'topics' : 'queues'}/${habits.to}/messages`;
	const [first, ...others] = drafts as [Draft, ...Draft[]];
	const isOne = others.length === 0;
	const reply = isOne
		? await client.send('POST', `${path}?${query(first)}`, bodyOf(first.label), { headers: attributesOf(first) })
		: await client.send('POST', `${path}/batch`, { messages: drafts.map(fields) });
	if (reply.state === 'unsent') return undefined;
	const messages = drafts.map((draft, index) => sentOf(draft, reply, isOne ? reply.body : resultAt(reply, index)));
	const { start, end, state, trouble } = reply;
	journal.add({ kind: 'publish', client: habits.name, start, end, state, to: habits.to, messages, ...tell(trouble) });
	return messages;
}

function tell(trouble: string | undefined): { trouble?: string } {
	return trouble === undefined ? {} : { trouble };
}

function resultAt({ body }: Reply, index: number): unknown {
	return (body as { results?: unknown[] } | undefined)?.results?.[index];
}

interface Result {
	readonly id?: string;
	readonly duplicate?: boolean;
	readonly error?: { readonly status: number };
}

function sentOf(draft: Draft, { state }: Reply, answer: unknown): Sent {
	// A draft may come from an earlier publication: what that was told is not told again.
	const { label, key, rank, dedupId, delayMs, ttlMs, attributes } = draft;
	const message = JSON.parse(JSON.stringify({ label, key, rank, dedupId, delayMs, ttlMs, attributes })) as Draft;
	if (state !== 'answered') return { ...message, fate: state === 'refused' ? 'refused' : 'maybe' };
	const { id, duplicate, error } = answer as Result;
	// One partition of several may have been out of reach.
	if (id === undefined) return { ...message, fate: (error?.status ?? 0) >= 500 ? 'maybe' : 'refused' };
	return { ...message, fate: 'accepted', id, duplicate: duplicate === true };
}

/** As a message of a batch. */
export function fields({ label, key, dedupId, delayMs, ttlMs, attributes }: Draft): object {
	return {
		body: bodyOf(label),
		...(key !== undefined && { key }),
		...(dedupId !== undefined && { dedupId }),
		...(delayMs !== undefined && { delaySeconds: delayMs / 1_000 }),
		...(ttlMs !== undefined && { ttlSeconds: ttlMs / 1_000 }),
		...(attributes !== undefined && { attributes }),
	};
}

function query(draft: Draft): string {
	const { body: _, attributes: __, ...options } = fields(draft) as Record<string, string | number>;
	return new URLSearchParams(
		Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
	).toString();
}

function attributesOf({ attributes = {} }: Draft): Record<string, string> {
	return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`x-sluice-attribute-${name}`, value]));
}
