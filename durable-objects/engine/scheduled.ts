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

/** When the next keyed message that is delayed is due. */
export function nextScheduledAt(database: Database, now: number): number | undefined {
	return database.first<{ deliver_at: number }>(
		'SELECT deliver_at FROM scheduled WHERE deliver_at > ? ORDER BY deliver_at LIMIT 1',
		now,
	)?.deliver_at;
}
