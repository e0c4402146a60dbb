import type { Database } from '../database';
import { LIMITS } from '../protocol';
import { laneNumber } from './lanes';
import type { Memory } from './memory';
import { type Head, LANE_SPAN, storedBytes } from './message';
import { insertSegment } from './segments';

/** What of a memory belongs to its log. */
export interface LogMemory extends Pick<Memory, 'lanes' | 'cache'> {
	readonly tally: Pick<Memory['tally'], 'nextSequence'>;
}

/** Messages of one commit on their way into the log: those that belong together become one segment. */
export class Appender {
	private runs: {
		lane: number;
		base: number;
		heads: Head[];
		bodies: string[];
		bytes: number;
		stored: number;
		retainedFrom: number;
	}[] = [];
	messages = 0;
	bytes = 0;
	/** Of all messages of the commit, flushed or not. */
	private appendedBytes = 0;
	private databaseBytesBefore: number | undefined;

	constructor(
		readonly database: Database,
		private readonly memory: LogMemory,
		private readonly now: number,
	) {}

	/** Bytes of the database as this commit found it, with what came since. Asked of it once: a command each would pay for a statement. */
	get databaseBytes(): number {
		this.databaseBytesBefore ??= this.database.size;
		return this.databaseBytesBefore + this.appendedBytes;
	}

	/** Gives the message the next sequence number and answers its position. It is in the log after `flush`. */
	append(laneNumber: number, head: Head, body: string): number {
		const position = laneNumber * LANE_SPAN + this.memory.tally.nextSequence++;
		const stored = storedBytes(body, head);
		const retainedFrom = Math.max(this.now, head.deliverAt ?? 0);
		const run = this.runs.at(-1);
		if (run !== undefined && run.base + run.heads.length === position && run.stored + stored <= LIMITS.segmentBytes) {
			run.heads.push(head);
			run.bodies.push(body);
			run.bytes += head.size;
			run.stored += stored;
			run.retainedFrom = Math.max(run.retainedFrom, retainedFrom);
		} else
			this.runs.push({
				lane: laneNumber,
				base: position,
				heads: [head],
				bodies: [body],
				bytes: head.size,
				stored,
				retainedFrom,
			});
		this.messages++;
		this.bytes += head.size;
		this.appendedBytes += head.size;
		return position;
	}

	/** Writes one row per run of messages of one lane. */
	flush(): void {
		for (const run of this.runs) {
			const lane = laneNumber(this.memory, run.lane);
			lane.end = run.base + run.heads.length;
			lane.appendedMessages += run.heads.length;
			lane.appendedBytes += run.bytes;
			insertSegment(this.database, this.memory.cache, {
				base: run.base,
				heads: run.heads,
				bodies: run.bodies,
				bytes: run.bytes,
				messagesThrough: lane.appendedMessages,
				bytesThrough: lane.appendedBytes,
				writtenAt: this.now,
				retainedFrom: run.retainedFrom,
				isNext: lane.appendedBytes - lane.passedBytes <= LIMITS.cachedSegmentUnits,
			});
		}
		this.runs = [];
		this.messages = 0;
		this.bytes = 0;
	}
}
