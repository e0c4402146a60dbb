import type { Database } from '../database';
import {
	type Failure,
	LIMITS,
	type MessageRun,
	type QueueSettings,
	type ReceiveCommand,
	type ReceivedMessage,
} from '../protocol';
import { addFlight, finishFlight, forgetAlias, leasedFlight, schedule } from './flights';
import { passRun } from './lanes';
import { leaveLease, liveSegment } from './leases';
import type { Flight, FlightRun, Lane, Memory } from './memory';
import { type LogRecord, storedMessage, weightOf } from './message';
import { forgetReceive } from './receive-attempts';
import type { Segment } from './segments';
import { deleteStraggler, insertStraggler, moveStraggler, type Straggler } from './stragglers';
import { observe } from './totals';

/** What one commit may still hand out, as `weightOf` counts it: all of it is in memory at once, as text too. */
export interface Budget {
	units: number;
}

/** One receive under way: how much it may still take, and what it has. */
export class Handout {
	readonly parts: (ReceivedMessage | MessageRun)[] = [];
	/** Messages in all parts. */
	count = 0;
	/** What it holds, in the same order; nothing where the queue delivers at most once. */
	readonly flights: Flight[] = [];
	/** Marks the flights of this receive, without keeping its messages in memory. */
	readonly token: object = {};
	private bytes = 0;
	private readonly leaseMs: number;
	/** Messages looked at that could not be handed out. */
	scanned = 0;
	private dropped = 0;

	constructor(
		readonly database: Database,
		readonly memory: Memory,
		readonly settings: QueueSettings,
		private readonly command: ReceiveCommand,
		private readonly budget: Budget,
		readonly now: number,
	) {
		this.leaseMs = command.visibilityTimeoutMs ?? settings.visibilityTimeoutMs;
	}

	/** As many messages as were asked for, or as many bytes as one answer may hold. */
	hasEnough(): boolean {
		return this.count >= this.command.max || this.bytes >= LIMITS.receiveBytes || this.budget.units <= 0;
	}

	/** No further message may be leased. A message whose lease is over may be handed out again all the same. */
	isFull(): boolean {
		return this.hasEnough() || this.memory.leasedMessages >= LIMITS.inFlight;
	}

	/** How many more messages were asked for. */
	get room(): number {
		return this.command.max - this.count;
	}

	get isAtMostOnce(): boolean {
		return this.settings.delivery === 'at-most-once';
	}

	/** It can be asked for again by its name. */
	get isNamed(): boolean {
		return this.command.attemptId !== undefined;
	}

	/** It holds messages, for some time. */
	get isRepeatable(): boolean {
		return this.flights.length > 0 && this.leaseMs > 0;
	}

	/** A message of the log, for the first time. */
	giveFresh(lane: Lane, segment: { base: number; span: number }, record: LogRecord): void {
		observe(this.memory, 'publishToDelivery', this.now - Math.max(record.writtenAt, record.head.deliverAt ?? 0));
		this.push(record, 1, [], this.now);
		if (this.isAtMostOnce) {
			forgetAlias(this.database, record.head.id);
			this.memory.touched.set(segment.base, segment);
			return;
		}
		const held = { attempt: 0, until: 0, handedOutAt: 0, firstHandedOutAt: this.now, consumer: '' };
		const flight = leasedFlight(record, held, liveSegment(this.memory, segment.base, segment.span));
		this.stamp(flight);
		lane.handedOut.push(flight);
		addFlight(this.memory, this.settings, flight);
	}

	/** Messages of a segment from a position on, all plain: each as `giveFresh` would, and held as one run. */
	giveRun(lane: Lane, segment: Segment, position: number, sizes: readonly number[]): void {
		const { memory, now, command } = this;
		const count = sizes.length;
		const bytes = sizes.reduce((sum, size) => sum + size, 0);
		observe(memory, 'publishToDelivery', now - segment.writtenAt, count);
		const run: FlightRun = {
			...{ position, count, sizes, bytes, lease: undefined, by: this.token },
			...{ until: now + this.leaseMs, handedOutAt: now, consumer: command.consumer },
			segment: liveSegment(memory, segment.base, segment.span, count),
		};
		passRun(memory, lane, segment, run);
		// An answer's run is of no priority: its messages' sequence numbers are their positions.
		if (lane.lane === 0) this.pushRun(segment, run);
		else for (let at = position; at < position + count; at++) this.push(segment.record(at) as LogRecord, 1, [], now);
		lane.handedOut.push(run);
		lane.expiries.set(run, run.until);
		memory.runs.add(run);
		memory.flightBytes += bytes;
		memory.leasedMessages += count;
	}

	/** Of the messages from a position on that can be handed out before this is full. */
	fittingSizes(segment: Segment, position: number): number[] {
		const most = Math.min(this.room, LIMITS.inFlight - this.memory.leasedMessages, segment.end - position);
		const sizes: number[] = [];
		let { bytes } = this;
		let { units } = this.budget;
		for (let at = position; at < position + most && bytes < LIMITS.receiveBytes && units > 0; at++) {
			const size = segment.head(at)?.size as number;
			sizes.push(size);
			bytes += size;
			units -= size;
		}
		return sizes;
	}

	/** A message that memory holds, again: from here on it has a straggler row. */
	giveAgain(flight: Flight, record: LogRecord, failures: readonly Failure[]): void {
		if (flight.leased) this.memory.totals.leasesExpired++;
		if (this.isAtMostOnce) {
			finishFlight(this.database, this.memory, flight);
			this.push(record, flight.attempt + 1, failures, flight.firstHandedOutAt);
			return;
		}
		const hadRow = flight.segment === undefined;
		forgetReceive(this.database, this.memory, flight.receiveAttempt);
		leaveLease(this.memory, flight);
		if (!flight.leased) this.memory.leasedMessages++;
		flight.leased = true;
		this.stamp(flight);
		if (hadRow) moveStraggler(this.database, flight.position, this.rowOf(flight, failures));
		else insertStraggler(this.database, { ...record, ...this.rowOf(flight, failures) });
		schedule(this.memory, this.settings, flight);
		this.push(record, flight.attempt, failures, flight.firstHandedOutAt);
	}

	/** A waiting message without a key, which only its row knew. */
	giveWaiting(entry: Straggler): void {
		const { attempts, failures } = entry;
		const firstHandedOutAt = attempts === 0 ? this.now : entry.firstHandedOutAt;
		if (attempts === 0)
			observe(this.memory, 'publishToDelivery', this.now - Math.max(entry.writtenAt, entry.head.deliverAt ?? 0));
		if (this.isAtMostOnce) {
			deleteStraggler(this.database, entry.position);
			forgetAlias(this.database, entry.head.id);
			this.push(entry, attempts + 1, failures, firstHandedOutAt);
			return;
		}
		const flight = leasedFlight(entry, { attempt: attempts, until: 0, handedOutAt: 0, firstHandedOutAt, consumer: '' });
		this.stamp(flight);
		addFlight(this.memory, this.settings, flight);
		moveStraggler(this.database, flight.position, this.rowOf(flight, failures));
		this.push(entry, flight.attempt, failures, firstHandedOutAt);
	}

	/** Drops a message that expired: counted, never silent. */
	expireFlight(flight: Flight, record: LogRecord): void {
		finishFlight(this.database, this.memory, flight);
		this.memory.totals.expired++;
		this.tire(record);
	}

	/** Drops an expired message of the log. */
	drop(record: LogRecord): void {
		forgetAlias(this.database, record.head.id);
		this.memory.totals.expired++;
		this.tire(record);
	}

	/** Work on a message that is not handed out counts too: one transaction must end. */
	tire(record: LogRecord): void {
		this.scanned++;
		this.dropped += weightOf(record);
	}

	/** Has looked at as much that it could not hand out as one receive may; the next one goes on from there. */
	isTired(): boolean {
		return this.scanned >= LIMITS.scannedMessages || this.dropped >= LIMITS.receiveBytes;
	}

	private stamp(flight: Flight): void {
		flight.attempt++;
		flight.until = this.now + this.leaseMs;
		flight.handedOutAt = this.now;
		flight.consumer = this.command.consumer;
		flight.by = this.token;
		this.flights.push(flight);
	}

	private rowOf(flight: Flight, failures: readonly Failure[]) {
		return {
			leased: true,
			visibleAt: flight.until,
			attempts: flight.attempt,
			handedOutAt: flight.handedOutAt,
			firstHandedOutAt: flight.firstHandedOutAt,
			consumer: flight.consumer,
			failures,
		};
	}

	private pushRun(segment: Segment, { position, count, sizes, bytes, until }: FlightRun): void {
		this.parts.push({
			position,
			publishedAt: segment.writtenAt,
			sizes,
			bodies: segment.bodiesOf(position, count),
			leaseExpiresAt: until,
			firstReceivedAt: this.now,
		});
		this.note(count, bytes);
	}

	private push(record: LogRecord, attempt: number, failures: readonly Failure[], firstReceivedAt: number): void {
		const stored = storedMessage(this.memory.tag, record, attempt, failures);
		// Set on what was just made: a copy of it would be a good part of a large receive.
		const message = stored as { -readonly [Name in keyof ReceivedMessage]: ReceivedMessage[Name] };
		message.leaseExpiresAt = this.isAtMostOnce ? null : this.now + this.leaseMs;
		message.firstReceivedAt = firstReceivedAt;
		this.parts.push(message);
		this.note(1, weightOf(record));
	}

	/** So many more, with so much weight, are in `parts`. */
	private note(count: number, weight: number): void {
		this.count += count;
		this.bytes += weight;
		this.budget.units -= weight;
		this.memory.totals.delivered += count;
	}
}
