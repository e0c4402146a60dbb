import type { Sender } from './courier';
import type { Command } from './engine/commands';
import type { PartitionEngine } from './engine/engine';
import type { Env } from './env';
import { partitionObjectName, type Queue } from './protocol';

/**
 * The courier's way to a partition's rows and to other objects. `engine` answers the present one: it is built anew after
 * a failure. `run` resolves when its command is committed; the runtime lets no call to another object out before that
 * is durable (output gate).
 */
export function senderOf(
	env: Env,
	source: string,
	engine: () => PartitionEngine,
	run: (command: Command) => Promise<unknown>,
): Sender {
	const queue = () => engine().queue as Queue;
	return {
		source,
		owedQueues: () => engine().owedQueues,
		parcelFor: (to) => engine().parcelFor(to),
		setRoute: async (to, route) => void (await run({ kind: 'route', queue: queue(), to, route })),
		setTaken: async (parcel, positions) => void (await run({ kind: 'taken', queue: queue(), parcel, positions })),
		giveBack: async (parcel) => void (await run({ kind: 'giveBack', queue: queue(), parcel })),
		resolve: (name) => env.CATALOG.getByName('catalog').getQueue(name),
		deliver: (target, index, delivery) =>
			env.PARTITION.getByName(partitionObjectName(target, index), {
				locationHint: target.settings.location ?? undefined,
			}).deliver(target, delivery),
		now: () => Date.now(),
	};
}
