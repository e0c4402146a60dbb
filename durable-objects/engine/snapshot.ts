import { flightsOf } from './flight-runs';
import { countOf, membersOf } from './leases';
import type { Flight, Memory } from './memory';

export type Snapshot = unknown;

/** What memory derived from the rows, in a form that can be compared with a fresh load. */
export function snapshot(memory: Memory): Snapshot {
	return {
		lanes: [...memory.lanes.values()]
			.filter((lane) => lane.appendedMessages > 0)
			.sort((a, b) => a.lane - b.lane)
			.map((lane) => ({
				lane: lane.lane,
				cursor: lane.cursor,
				fresh: lane.appendedMessages - lane.passedMessages,
				freshBytes: lane.appendedBytes - lane.passedBytes,
				parked: lane.parkedMessages,
				parkedBytes: lane.parkedBytes,
				leases: [...lane.leases.values()]
					.map((lease) => [
						lease.number,
						membersOf(lease)
							.flatMap((member) => Array.from({ length: countOf(member) }, (_, index) => member.position + index))
							.sort((a, b) => a - b),
					])
					.sort((a, b) => (a[0] as number) - (b[0] as number)),
			})),
		flights: [...memory.flights.values(), ...[...memory.runs].flatMap(flightsOf)]
			.sort((a, b) => a.position - b.position)
			.map(flightShown),
		receiveAttempts: [...memory.receiveAttempts.values()]
			.map(({ id, receivedAt, flights }) => [id, receivedAt, flights.map(({ position }) => position)] as const)
			.sort(([a], [b]) => (a < b ? -1 : 1)),
		leasedMessages: memory.leasedMessages,
		flightBytes: memory.flightBytes,
		segments: [...memory.segments.values()]
			.filter((segment) => segment.flights > 0)
			.map(({ base, flights }) => [base, flights])
			.sort((a, b) => (a[0] as number) - (b[0] as number)),
		keys: [...memory.keys.values()]
			.sort((a, b) => (a.key < b.key ? -1 : 1))
			.map(({ key, flights, from, readyAt }) => ({
				key,
				from,
				readyAt: from === undefined ? 0 : readyAt,
				flights: flights.map((flight) => flight.position),
			})),
		held: [...memory.heldRows.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
		tally: { ...memory.tally },
		owedTargets: [...memory.owedTargets].sort(),
		redrive: memory.redrive,
		endedRedrives: memory.endedRedrives,
		sealed: memory.sealed,
		destroyed: memory.destroyed,
		queue: memory.queue,
	};
}

function flightShown(flight: Flight): Snapshot {
	const { position, size, key, aliasId, attempt, until, leased, handedOutAt, firstHandedOutAt, consumer } = flight;
	const row = { lease: flight.lease?.number, segment: flight.segment?.base };
	return { position, size, key, aliasId, attempt, until, leased, handedOutAt, firstHandedOutAt, consumer, ...row };
}
