import type { Database } from '../database';
import type { CarriedMessage, Delivery, DeliveryResult, QueueSettings, Refusal } from '../protocol';
import type { Appender } from './appender';
import type { Memory } from './memory';
import { headOf, ownId } from './message';
import { Room } from './room';

/**
 * Takes a courier's batch, as far as there is room for it. What was taken before from this source is skipped: the
 * answer may have been lost, and the courier repeats until it has one.
 */
export function deliver(
	database: Database,
	memory: Memory,
	appender: Appender,
	settings: QueueSettings,
	delivery: Delivery,
): DeliveryResult {
	const taken = takenFrom(database, delivery.source);
	const messages = delivery.messages.filter((message) => message.courierPosition > taken);
	const room = new Room(memory, appender, settings);
	let last = taken;
	let refusal: Refusal | undefined;
	for (const message of messages) {
		refusal = room.take(1, message.size);
		if (refusal !== undefined) break;
		append(database, memory, appender, message);
		last = message.courierPosition;
	}
	if (last > taken) {
		database.run(
			'INSERT INTO inbox (source, taken) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET taken = excluded.taken',
			delivery.source,
			last,
		);
	}
	return refusal === undefined ? { taken: last } : { taken: last, refusal };
}

/** Into the log under the id that it has. A redriven message begins anew; only a dead letter says where it has been. */
export function append(database: Database, memory: Memory, appender: Appender, message: CarriedMessage): void {
	const { id, publishedAt, isRedriven } = message;
	const deadLetter = isRedriven ? undefined : message.deadLetter;
	const position = appender.append(
		message.priority ?? 0,
		headOf(message, { id, publishedAt, deadLetter }),
		message.body,
	);
	memory.totals.published++;
	if (id === ownId(memory.tag, position)) return;
	memory.hasAliases = true;
	database.run(
		'INSERT INTO alias (id, position) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position',
		id,
		position,
	);
}

/** Durable also after the queue was deleted or sealed: a courier must learn what arrived before. */
export function takenFrom(database: Database, source: string): number {
	return database.first<{ taken: number }>('SELECT taken FROM inbox WHERE source = ?', source)?.taken ?? 0;
}
