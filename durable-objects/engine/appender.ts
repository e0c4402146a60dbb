import type { Database } from '../database';
import { LIMITS, type PlainBatch } from '../protocol';
import { laneNumber } from './lanes';
import type { Memory } from './memory';
import { type Head, LANE_SPAN, plainBytes, storedBytes } from './message';
import { insertSegment, type StoredHead } from './segments';

/** What of a memory belongs to its log. */
export interface LogMemory extends Pick<Memory, 'lanes' | 'cache'> {
	readonly tally: Pick<Memory['tally'], 'nextSequence'>;
}

/** Neighbours of one lane. */
interface Run {
	readonly lane: number;
	readonly base: number;
	readonly heads: StoredHead[];
	/** Of one message or of several, one behind the other. */
	readonly bodies: string[];
	bytes: number;
	stored: number;
	retainedFrom: number;
}

/** Messages of one commit on their way into the log: those that belong together become one segment. */
export class Appender {
	private runs: Run[] = [];
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
		const retainedFrom = Math.max(this.now, head.deliverAt ?? 0);
		const run = this.runFor(laneNumber, 1, head.size, storedBytes(body, head), retainedFrom);
		const position = run.base + run.heads.length;
		run.heads.push(head);
		run.bodies.push(body);
		return position;
	}

	/**
	 * Gives the messages the next sequence numbers of lane 0, one after the other, and answers the position of the first.
	 * They must fit into one segment.
	 */
	appendPlain({ sizes, bodies }: PlainBatch): number {
		const count = sizes.length;
		const run = this.runFor(0, count, bodies.length, plainBytes(count, bodies.length), this.now);
		const position = run.base + run.heads.length;
		run.heads.push(...sizes);
		run.bodies.push(bodies);
		return position;
	}

	/** The run for so many more messages of a lane, which are counted here: the last one where they follow it and fit, else a new one. */
	private runFor(lane: number, count: number, bytes: number, stored: number, retainedFrom: number): Run {
		const position = lane * LANE_SPAN + this.memory.tally.nextSequence;
		this.memory.tally.nextSequence += count;
		this.messages += count;
		this.bytes += bytes;
		this.appendedBytes += bytes;
		let run = this.runs.at(-1);
		if (run === undefined || run.base + run.heads.length !== position || run.stored + stored > LIMITS.segmentBytes) {
			run = { lane, base: position, heads: [], bodies: [], bytes: 0, stored: 0, retainedFrom };
			this.runs.push(run);
		}
		run.bytes += bytes;
		run.stored += stored;
		run.retainedFrom = Math.max(run.retainedFrom, retainedFrom);
		return run;
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
