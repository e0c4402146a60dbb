import queues from './0001_queues.sql';
import topics from './0002_topics.sql';

/** In order; a landed migration is never changed. */
export const catalogMigrations = [
	{ number: 1, sql: queues },
	{ number: 2, sql: topics },
] as const;
