import type { z } from '@hono/zod-openapi';
import type { Env } from '../durable-objects/env';
import { type Address, type Handover, type NewMessage, type Target, topicAddress } from '../durable-objects/protocol';
import { authorize, type Caller } from './auth';
import { queues, topics } from './catalog';
import { batchMessages, checkTogether } from './content';
import { checkDelays } from './delays';
import type { SuccessorsBody } from './schemas/consuming';

type Body = z.output<typeof SuccessorsBody>;

/** Messages for one target that a settle publishes by what it acknowledges. */
export interface Successors {
	readonly to: Address;
	readonly messages: readonly NewMessage[];
	/** The acknowledgement that publishes them; absent: all of one partition together. */
	readonly receipt?: string;
}

/** What a settle is to publish: refused before anything is done where the caller may not, or a target is not there. */
export async function readSuccessors(
	{ env, caller, request }: { readonly env: Env; readonly caller: Caller; readonly request: Request },
	publish: readonly Body[],
): Promise<Successors[]> {
	for (const body of publish) authorize(caller, 'publish', nameIn(body));
	const traceparent = request.headers.get('traceparent');
	const lists = publish.map(({ messages }, index) => batchMessages(messages, traceparent, placeOf(index)));
	checkTogether(lists, ['publish']);
	const now = Date.now();
	const targets = await Promise.all(publish.map((body) => targetOf(env, body)));
	return publish.map((body, index) => {
		const messages = lists[index] as NewMessage[];
		checkDelays(targets[index] as Target, messages, now, placeOf(index));
		const to = body.topic === undefined ? nameIn(body) : topicAddress(body.topic);
		return { to, messages, receipt: body.receipt };
	});
}

/** The handovers of one partition, by the receipts that it acknowledges, in the order of its command. */
export function handoversOf(successors: readonly Successors[], receipts: readonly string[]): Handover[] {
	if (receipts.length === 0 || successors.length === 0) return [];
	if (isWhole(successors)) return [{ acks: [...receipts.keys()], publish: sent(successors) }];
	return receipts.flatMap((receipt, index) => {
		const own = successors.filter((entry) => entry.receipt === receipt);
		return own.length === 0 ? [] : [{ acks: [index], publish: sent(own) }];
	});
}

/** Published by everything that one partition acknowledges, or nothing of it; else each by a receipt of its own. */
export function isWhole([first]: readonly Successors[]): boolean {
	return first !== undefined && first.receipt === undefined;
}

function sent(successors: readonly Successors[]): Handover['publish'] {
	return successors.map(({ to, messages }) => ({ to, messages }));
}

function placeOf(index: number): PropertyKey[] {
	return ['publish', index, 'messages'];
}

/** The schema lets exactly one of the two pass. */
function nameIn({ queue, topic }: Body): string {
	return (queue ?? topic) as string;
}

function targetOf(env: Env, body: Body): Target | Promise<Target> {
	return (body.topic === undefined ? queues : topics).cached(env, nameIn(body));
}
