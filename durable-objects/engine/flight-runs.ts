import { laneFor } from './lanes';
import { leaveLease } from './leases';
import type { Flight, FlightRun, Memory } from './memory';
import { isDue } from './rules';

/** Runs of handed-out messages, by their positions; none overlaps another. */
export class FlightRuns implements Iterable<FlightRun> {
	private readonly runs: FlightRun[] = [];
	/** Of all runs. */
	messages = 0;

	[Symbol.iterator](): Iterator<FlightRun> {
		return this.runs[Symbol.iterator]();
	}

	add(run: FlightRun): void {
		this.runs.splice(this.indexAfter(run.position), 0, run);
		this.messages += run.count;
	}

	remove(run: FlightRun): void {
		this.runs.splice(this.indexAfter(run.position) - 1, 1);
		this.messages -= run.count;
	}

	/** The run that this position is in. */
	holding(position: number): FlightRun | undefined {
		const run = this.runs[this.indexAfter(position) - 1];
		return run !== undefined && position < run.position + run.count ? run : undefined;
	}

	clear(): void {
		this.runs.length = 0;
		this.messages = 0;
	}

	/** Of the first run that begins behind this position. */
	private indexAfter(position: number): number {
		let [low, high] = [0, this.runs.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.runs[middle] as FlightRun).position <= position) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/** The flight at a position. Whoever asks for one may change it: if it is in a run, that is opened. */
export function flightAt(memory: Memory, position: number): Flight | undefined {
	const run = memory.runs.messages > 0 ? memory.runs.holding(position) : undefined;
	if (run !== undefined) open(memory, run);
	return memory.flights.get(position);
}

/** Takes a run apart: each of its messages is a flight of its own from here on, and held as it was. */
export function open(memory: Memory, run: FlightRun): void {
	const lane = laneFor(memory, run.position);
	memory.runs.remove(run);
	lane.expiries.delete(run);
	const members = run.lease === undefined ? lane.handedOut : run.lease.members;
	for (const flight of flightsOf(run)) {
		memory.flights.set(flight.position, flight);
		lane.expiries.set(flight, flight.until);
		members.push(flight);
	}
	run.lease = undefined;
	run.segment = undefined;
}

export function openAll(memory: Memory): void {
	for (const run of [...memory.runs]) open(memory, run);
}

/** What the messages of a run are as flights. */
export function flightsOf(run: FlightRun): Flight[] {
	const { until, handedOutAt, consumer, lease, segment, by } = run;
	const none = { key: undefined, aliasId: undefined, receiveAttempt: undefined };
	const held = { attempt: 1, until, leased: true, handedOutAt, firstHandedOutAt: handedOutAt, consumer };
	return run.sizes.map((size, index) => {
		return { position: run.position + index, size, ...none, ...held, lease, segment, by };
	});
}

/** The messages of a run are done. */
export function finishRun(memory: Memory, run: FlightRun): void {
	memory.runs.remove(run);
	memory.flightBytes -= run.bytes;
	memory.leasedMessages -= run.count;
	laneFor(memory, run.position).expiries.delete(run);
	leaveLease(memory, run);
}

/** Messages under a lease that is not over. */
export function heldInRuns(memory: Memory, now: number): number {
	let held = 0;
	for (const run of memory.runs) if (!isDue(run.until, now)) held += run.count;
	return held;
}
