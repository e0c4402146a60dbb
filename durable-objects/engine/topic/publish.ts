import type { Database } from '../../database';
import {
	type CarriedMessage,
	type Delivery,
	type DeliveryResult,
	LIMITS,
	messagesIn,
	type NewMessage,
	type NewMessages,
	ownId,
	type PublishOutcome,
	type Refusal,
	refuse,
	type TopicSettings,
} from '../../protocol';
import type { Appender } from '../appender';
import { acceptedBefore, rememberDedup } from '../dedup';
import { takeInOrder } from '../deliver';
import { headOf, sequenceOf } from '../message';
import { LANE } from './log';
import type { TopicMemory } from './memory';

interface Context {
	readonly database: Database;
	readonly memory: TopicMemory;
	readonly appender: Appender;
	readonly settings: TopicSettings;
	readonly now: number;
}

/** Accepts messages, each for itself: an outcome per message, in order. Refused with `backlog_full` where the object is full. */
export function publish(on: Context, messages: NewMessages): PublishOutcome[] {
	return messagesIn(messages).map((message) => {
		const expiresAt = message.ttlMs === undefined ? undefined : on.now + message.ttlMs;
		return accept(on, message, { expiresAt, priority: message.priority });
	});
}

/** Takes what pipelines publish here. */
export function deliver(on: Context, delivery: Delivery): DeliveryResult {
	return takeInOrder(on.database, delivery, (message: CarriedMessage) => {
		const { expiresAt, priority, publishedAt } = message;
		return accept(on, message, { expiresAt, priority, publishedAt });
	});
}

type Content = NewMessage | CarriedMessage;

function accept(on: Context, message: Content, extras: Parameters<typeof headOf>[1]): PublishOutcome {
	const { database, memory, appender, settings, now } = on;
	const { dedupId } = message;
	if (dedupId !== undefined) {
		const first = acceptedBefore(database, settings, dedupId, now);
		if (first !== undefined) {
			memory.duplicates++;
			return { id: ownId(memory.tag, first), sequence: sequenceOf(first), duplicate: true };
		}
	}
	const refusal = full(on, message.size);
	if (refusal !== undefined) return refusal;
	const position = appender.append(LANE, headOf(message, extras), message.body);
	if (dedupId !== undefined) rememberDedup(database, memory, dedupId, position, now);
	return { id: ownId(memory.tag, position), sequence: sequenceOf(position), duplicate: false };
}

function full({ appender }: Context, bytes: number): Refusal | undefined {
	if (appender.databaseBytes + bytes <= LIMITS.databaseBytes) return undefined;
	const detail = `The topic holds the ${LIMITS.databaseBytes} bytes that one of its partitions may: shorten its retention.`;
	return refuse('backlog_full', detail, LIMITS.sweepMs);
}
