import type { Database } from '../../database';
import type { SubscriptionFigures, TopicFigures } from '../../protocol';
import { lastSegment, oldestSegments } from '../lane-ends';
import { edgeAt, firstSequence, LANE } from './log';
import type { Reader, TopicMemory } from './memory';
import { aheadIn } from './parcels';

export type ReaderFigures = Omit<SubscriptionFigures, 'courierError' | 'courierNextAttemptAt'>;
export type TopicEngineFigures = Omit<TopicFigures, 'databaseBytes' | 'subscriptions'> & {
	readonly subscriptions: readonly ReaderFigures[];
};

/** Live figures; of one subscription, or of all. One that is not known here has none. */
export function figures(database: Database, memory: TopicMemory, subscription: string | null): TopicEngineFigures {
	const [oldest] = oldestSegments(database, LANE, 1);
	const last = lastSegment(database, LANE);
	const readers =
		subscription === null ? [...memory.readers.values()] : [memory.readers.get(subscription)].filter((one) => !!one);
	const first = firstSequence(database, memory);
	return {
		messages: count(oldest?.messages_through, oldest?.messages, last?.messages_through),
		bytes: count(oldest?.bytes_through, oldest?.bytes, last?.bytes_through),
		oldestPublishedAt: oldest?.written_at ?? null,
		// No sequence number is given in vain.
		published: memory.tally.nextSequence - 1,
		duplicates: memory.duplicates,
		subscriptions: readers.map((reader) => readerFigures(database, memory, reader, first)),
	};
}

function count(firstThrough = 0, first = 0, lastThrough = 0): number {
	return lastThrough - firstThrough + first;
}

/** What retention took counts as missed at once, though the cursor has still to come by. */
function readerFigures(database: Database, memory: TopicMemory, reader: Reader, first: number): ReaderFigures {
	const { name, position, delivered, filtered, missed } = reader;
	const from = Math.max(position, first);
	const end = memory.tally.nextSequence;
	const lag = end - from - aheadIn(reader, from, end);
	return {
		name,
		lag,
		oldestPublishedAt: lag > 0 ? (edgeAt(database, from)?.written_at ?? null) : null,
		delivered,
		filtered,
		missed: missed + from - position - aheadIn(reader, position, from),
	};
}
