import { LIMITS, type QueueSettings, type Refusal, refuse } from '../protocol';
import type { Appender } from './appender';
import { backlog } from './figures';
import type { Memory } from './memory';
import { shareOf } from './rules';

/** What a partition still has room for, asked once per command: the queue's own bounds, and the object's. */
export class Room {
	private messages: number;
	private bytes: number;
	/** An empty partition takes one message of a courier, however large: it would wait for ever, and all behind it. */
	private takesOne: boolean;
	/** Bytes until the database holds all that a partition may, indexes and all. */
	private databaseBytes: number;

	constructor(
		memory: Memory,
		appender: Appender,
		private readonly settings: QueueSettings,
		isCouriers = false,
	) {
		const held = backlog(memory);
		this.takesOne = isCouriers && held.messages + appender.messages === 0;
		this.messages = shareOf(settings.maxBacklog, settings.partitions) - held.messages - appender.messages;
		this.bytes = shareOf(settings.maxBacklogBytes, settings.partitions) - held.bytes - appender.bytes;
		this.databaseBytes = LIMITS.databaseBytes - appender.databaseBytes;
	}

	/** Takes the room for so much more, of one message or of several, or refuses with `backlog_full` and takes nothing. */
	take(messages: number, bytes: number): Refusal | undefined {
		if (messages > this.messages) return full(`its maxBacklog of ${this.settings.maxBacklog} messages`);
		if (bytes > this.bytes && !this.takesOne) return full(`its maxBacklogBytes of ${this.settings.maxBacklogBytes}`);
		if (bytes > this.databaseBytes) return full(`the ${LIMITS.databaseBytes} bytes that one partition may`);
		this.takesOne = false;
		this.messages -= messages;
		this.bytes -= bytes;
		this.databaseBytes -= bytes;
		return undefined;
	}
}

function full(what: string): Refusal {
	return refuse('backlog_full', `The queue holds ${what}; consume or purge messages, or raise the bound.`, 1_000);
}
