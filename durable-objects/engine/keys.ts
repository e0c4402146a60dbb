import type { Database } from '../database';
import type { Flight, Key, Memory } from './memory';

/**
 * Order per key. A key is in memory while one of its messages is handed out or waits for its next try (`flights`),
 * or while it lags: the cursor met one of its messages that could not be handed out (`from`). Everything of a
 * lagging key from `from` up to the cursor waits in its segment ("parked"): the end needs no field, since what the
 * cursor meets of a lagging key always joins the wait.
 */
export function keyFor(memory: Memory, name: string): Key {
	let key = memory.keys.get(name);
	if (key === undefined) {
		key = { key: name, flights: [], from: undefined, readyAt: 0 };
		memory.keys.set(name, key);
	}
	return key;
}

export function addToKey(memory: Memory, flight: Flight): void {
	if (flight.key === undefined) return;
	const { flights } = keyFor(memory, flight.key);
	let at = flights.length;
	while (at > 0 && (flights[at - 1] as Flight).position > flight.position) at--;
	flights.splice(at, 0, flight);
}

export function removeFromKey(memory: Memory, flight: Flight): void {
	if (flight.key === undefined) return;
	const key = memory.keys.get(flight.key);
	if (key === undefined) return;
	const at = key.flights.indexOf(flight);
	if (at >= 0) key.flights.splice(at, 1);
	settleKey(memory, key);
}

/** Lags from here on, or no longer at all; `readyAt` is the instant a delayed message of it is due. */
export function holdKey(memory: Memory, key: Key, from: number | undefined, readyAt: number): void {
	key.from = from;
	key.readyAt = readyAt;
	memory.dirtyKeys.add(key.key);
	settleKey(memory, key);
}

/** A parked message was taken out: if it was the one its key waits for, the key need not wait for its instant. */
export function unpark(memory: Memory, position: number, name: string | undefined): void {
	const key = name === undefined ? undefined : memory.keys.get(name);
	if (key?.from === position) holdKey(memory, key, position, 0);
}

/** Forgets a key that is free again, or notes when to look at it next. */
export function settleKey(memory: Memory, key: Key): void {
	const at = keyDueAt(key);
	if (at !== undefined) {
		memory.readyKeys.set(key.key, at);
		return;
	}
	memory.keys.delete(key.key);
	memory.readyKeys.delete(key.key);
}

/** When something of the key may be handed out next; undefined when it has nothing apart from the log. */
function keyDueAt(key: Key): number | undefined {
	const head = key.flights[0];
	if (head !== undefined) return head.until;
	return key.from === undefined ? undefined : key.readyAt;
}

export function flushKeys(database: Database, memory: Memory): void {
	for (const name of memory.dirtyKeys) {
		const key = memory.keys.get(name);
		const written = memory.heldRows.get(name);
		if (key?.from === undefined) {
			if (memory.heldRows.delete(name)) database.run('DELETE FROM held WHERE key = ?', name);
		} else if (written?.from !== key.from || written.readyAt !== key.readyAt) {
			database.run(
				`INSERT INTO held (key, from_position, ready_at) VALUES (?, ?, ?)
				ON CONFLICT (key) DO UPDATE SET from_position = excluded.from_position, ready_at = excluded.ready_at`,
				name,
				key.from,
				key.readyAt,
			);
			memory.heldRows.set(name, { from: key.from, readyAt: key.readyAt });
		}
	}
	memory.dirtyKeys.clear();
}

export function loadKeys(database: Database, memory: Memory): void {
	for (const row of database.all<{ key: string; from_position: number; ready_at: number }>('SELECT * FROM held')) {
		const key = keyFor(memory, row.key);
		key.from = row.from_position;
		key.readyAt = row.ready_at;
		memory.heldRows.set(row.key, { from: row.from_position, readyAt: row.ready_at });
	}
	for (const key of memory.keys.values()) settleKey(memory, key);
}

/** Whether a message behind the cursor waits behind its key. */
export function isParked(memory: Memory, position: number, name: string | undefined): boolean {
	if (name === undefined) return false;
	const from = memory.keys.get(name)?.from;
	return from !== undefined && position >= from;
}
