import type { Database } from '../database';
import {
	type CarriedMessage,
	type Delivery,
	type DeliveryResult,
	isRefusal,
	ownId,
	type QueueSettings,
} from '../protocol';
import type { Appender } from './appender';
import { rememberTaken, takenFrom } from './inbox';
import type { Memory } from './memory';
import { headOf } from './message';
import { accept } from './publish';
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
	now: number,
): DeliveryResult {
	const room = new Room(memory, appender, settings, true);
	return takeInOrder(database, delivery, (message) => {
		const { id } = message;
		if (id === undefined) return accept(database, memory, appender, room, settings, message, now);
		const refusal = room.take(1, message.size);
		if (refusal === undefined) append(database, memory, appender, id, message);
		return refusal;
	});
}

/** Takes what is new of a delivery, in order, up to the first message that `take` refuses. */
export function takeInOrder(
	database: Database,
	delivery: Delivery,
	take: (message: CarriedMessage) => unknown,
): DeliveryResult {
	const taken = takenFrom(database, delivery);
	let last = taken;
	for (const message of delivery.messages) {
		if (message.courierPosition <= taken) continue;
		const outcome = take(message);
		if (isRefusal(outcome)) {
			if (last > taken) rememberTaken(database, delivery, last);
			return { taken: last, refusal: outcome };
		}
		last = message.courierPosition;
	}
	if (last > taken) rememberTaken(database, delivery, last);
	return { taken: last };
}

/** Into the log under the id that it has. A redriven message begins anew; only a dead letter says where it has been. */
export function append(
	database: Database,
	memory: Memory,
	appender: Appender,
	id: string,
	message: CarriedMessage,
): void {
	const { publishedAt, copyOf, isRedriven } = message;
	const deadLetter = isRedriven ? undefined : message.deadLetter;
	const position = appender.append(
		message.priority ?? 0,
		headOf(message, { id, publishedAt, deadLetter, copyOf }),
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
