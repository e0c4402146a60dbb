import type { Database } from '../database';
import type { Delivery, DeliveryResult, QueueSettings } from '../protocol';
import type { Appender } from './appender';
import type { Memory } from './memory';
import { headOf, ownId } from './message';
import { Room } from './room';

/**
 * Takes a courier's batch, all of it or nothing. What was taken before from this source is skipped: the answer may
 * have been lost, and the courier repeats until it has one.
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
	const last = messages.at(-1);
	if (last === undefined) return { taken };
	const bytes = messages.reduce((sum, message) => sum + message.size, 0);
	const refusal = new Room(memory, appender, settings).take(messages.length, bytes);
	if (refusal !== undefined) return { taken, refusal };
	for (const message of messages) {
		const { id, publishedAt, deadLetter } = message;
		const extras = { id, publishedAt, deadLetter };
		const position = appender.append(message.priority ?? 0, headOf(message, extras), message.body);
		if (message.id === ownId(memory.tag, position)) continue;
		memory.hasAliases = true;
		database.run(
			'INSERT INTO alias (id, position) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET position = excluded.position',
			message.id,
			position,
		);
	}
	database.run(
		'INSERT INTO inbox (source, taken) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET taken = excluded.taken',
		delivery.source,
		last.courierPosition,
	);
	memory.totals.published += messages.length;
	return { taken: last.courierPosition };
}

/** Durable also after the queue was deleted or sealed: a courier must learn what arrived before. */
export function takenFrom(database: Database, source: string): number {
	return database.first<{ taken: number }>('SELECT taken FROM inbox WHERE source = ?', source)?.taken ?? 0;
}
