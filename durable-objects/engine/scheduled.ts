import type { Database } from '../database';
import type { Memory } from './memory';
import type { LogRecord } from './message';

/** A keyed message that was delayed leaves the log: its row for the figures goes too. */
export function unschedule(database: Database, memory: Memory, record: Pick<LogRecord, 'position' | 'head'>): void {
	if (record.head.deliverAt === undefined) return;
	database.run('DELETE FROM scheduled WHERE position = ?', record.position);
	memory.tally.scheduledMessages--;
	memory.scheduledDue.moved(record.head.deliverAt, -1);
	memory.tallyDirty = true;
}
