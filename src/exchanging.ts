import type { Env } from '../durable-objects/env';
import { isRefusal, type Queue, type Refusal, type Unpacked } from '../durable-objects/protocol';
import { isOutdated } from './directory';
import type { Entry } from './entries';
import { exchangeAt, settleAt } from './partitioner';
import { Problem } from './problems';
import type { Received, Reception } from './receiving';
import { type Settled, settle } from './settling';

/** What came with the acknowledgements, and of which queue; null: receiving is still to be done. */
export interface Exchanged {
	readonly settled: Settled;
	readonly taken: { readonly queue: Queue; readonly received: Received } | null;
}

/**
 * Acknowledges, and receives in the same call where there is but one partition and nobody wants to wait: half the calls and
 * commits of a consumer that goes on. What is acknowledged stays so where receiving is refused.
 */
export async function acknowledgeFirst(
	env: Env,
	name: string,
	acks: readonly Entry[],
	{ command, deadline }: Pick<Reception, 'command' | 'deadline'>,
): Promise<Exchanged> {
	let taken: { readonly queue: Queue; readonly received: Refusal | Unpacked } | undefined;
	const settled = await settle(env, name, acks, [], async (_, queue, partition, settlement) => {
		if (queue.settings.partitions > 1 || deadline > 0) return settleAt(env, queue, partition, settlement);
		const both = await exchangeAt(env, queue, partition, settlement, command);
		taken = { queue, received: both.received };
		return both.settled;
	});
	if (taken === undefined) return { settled, taken: null };
	const { queue, received } = taken;
	// The settings were changed in between: whoever receives next reads them anew. What was acknowledged is told.
	if (isRefusal(received) && isOutdated(received)) return { settled, taken: null };
	if (isRefusal(received)) throw Problem.of(received);
	return { settled, taken: { queue, received: [{ partition: 0, ...received }] } };
}
