import type { Database } from '../database';
import { type BrowseCommand, type BrowsedMessage, type BrowseResult, LIMITS, type Refusal, refuse } from '../protocol';
import { browsed, liveWithId, walk } from './live';
import type { Memory } from './memory';
import { weightOf } from './message';
import { takeOut } from './take-out';

/** A page of unfinished messages, in order of position. Looking does not touch (P12). */
export function browse(database: Database, memory: Memory, command: BrowseCommand, now: number): BrowseResult {
	const messages: BrowsedMessage[] = [];
	let bytes = 0;
	const next = walk(database, memory, command.after, now, LIMITS.browsedMessages, (live) => {
		if (command.state !== undefined && live.state !== command.state) return true;
		if (
			messages.length >= command.limit ||
			(messages.length > 0 && bytes + weightOf(live.record) > LIMITS.browseBytes)
		) {
			return false;
		}
		messages.push(browsed(memory, live));
		bytes += weightOf(live.record);
		return true;
	});
	return { messages, next };
}

/** One message by its id; refused with `message_not_found` once it is finished. */
export function look(database: Database, memory: Memory, id: string, now: number): Refusal | BrowsedMessage {
	const live = liveWithId(database, memory, id, now);
	return live === undefined ? notFound(id) : browsed(memory, live);
}

/** Removes one message for good, also a leased one: its holder's receipt is `unknown` from then on. */
export function remove(database: Database, memory: Memory, id: string, now: number): Refusal | BrowsedMessage {
	const live = liveWithId(database, memory, id, now);
	if (live === undefined) return notFound(id);
	const message = browsed(memory, live);
	takeOut(database, memory, [live]);
	memory.totals.removed++;
	return message;
}

function notFound(id: string): Refusal {
	return refuse(
		'message_not_found',
		`There is no unfinished message ${id} here; it was acknowledged, removed or it expired.`,
	);
}
