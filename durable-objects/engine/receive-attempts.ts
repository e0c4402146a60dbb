import type { Database } from '../database';
import { LIMITS } from '../protocol';
import type { Flight, Memory, ReceiveAttempt } from './memory';
import { isDue } from './rules';

/** Notes what a named receive got, so that it can be asked again. Its id must not be noted already. */
export function rememberReceive(
	database: Database,
	memory: Memory,
	id: string,
	flights: readonly Flight[],
	now: number,
): void {
	noteReceive(memory, { id, receivedAt: now, flights });
	database.run(
		'INSERT INTO receive_attempt (attempt_id, received_at, positions) VALUES (?, ?, ?)',
		id,
		now,
		JSON.stringify(flights.map(({ position }) => position)),
	);
}

function noteReceive(memory: Memory, attempt: ReceiveAttempt): void {
	memory.receiveAttempts.set(attempt.id, attempt);
	for (const flight of attempt.flights) flight.receiveAttempt = attempt;
}

/** One of its messages is not held any more as it was handed out, or its time is over: it cannot be repeated. */
export function forgetReceive(database: Database, memory: Memory, attempt: ReceiveAttempt | undefined): void {
	if (attempt === undefined) return;
	for (const flight of attempt.flights) flight.receiveAttempt = undefined;
	memory.receiveAttempts.delete(attempt.id);
	database.run('DELETE FROM receive_attempt WHERE attempt_id = ?', attempt.id);
}

/** Too late to be asked again, though its messages may still be held. */
export function isReceiveOver({ receivedAt }: ReceiveAttempt, now: number): boolean {
	return isDue(receivedAt + LIMITS.receiveAttemptMs, now);
}

/** Forgets those whose time is over, so many at a time; answers whether that cut it short. */
export function sweepReceives(database: Database, memory: Memory, now: number): boolean {
	let swept = 0;
	for (const attempt of memory.receiveAttempts.values()) {
		if (!isReceiveOver(attempt, now)) continue;
		if (swept++ >= LIMITS.sweptRows) return true;
		forgetReceive(database, memory, attempt);
	}
	return false;
}

/** After the flights. */
export function loadReceives(database: Database, memory: Memory): void {
	const rows = database.all<{ attempt_id: string; received_at: number; positions: string }>(
		'SELECT attempt_id, received_at, positions FROM receive_attempt',
	);
	for (const { attempt_id: id, received_at: receivedAt, positions } of rows) {
		const flights = (JSON.parse(positions) as number[]).map((position) => memory.flights.get(position) as Flight);
		noteReceive(memory, { id, receivedAt, flights });
	}
}
