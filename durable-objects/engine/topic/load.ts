import type { Database } from '../../database';
import type { Topic } from '../../protocol';
import { anyDedup } from '../dedup';
import { SegmentCache } from '../segment-cache';
import { readState } from '../state';
import { loadLog } from './log';
import type { TopicMemory } from './memory';
import { loadReaders } from './readers';

/** Builds the memory of a topic's object from its rows: at the start, and whenever a transaction threw. */
export function load(database: Database, tag: string): TopicMemory {
	const memory: TopicMemory = {
		tag,
		topic: readState<Topic>(database, 'topic'),
		topicDirty: false,
		destroyed: readState<boolean>(database, 'destroyed') ?? false,
		configuredVersion: readState<number>(database, 'configured') ?? 0,
		tally: { nextSequence: 1 },
		lanes: new Map(),
		cache: new SegmentCache(),
		lastWrittenAt: 0,
		readers: new Map(),
		moved: new Set(),
		read: new WeakMap(),
		hasDedup: anyDedup(database),
		duplicates: 0,
		sweep: { dedupAfter: '', nextAt: undefined },
	};
	loadLog(database, memory);
	loadReaders(database, memory);
	return memory;
}
