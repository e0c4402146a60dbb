import queues from './0001_queues.sql';
import topics from './0002_topics.sql';
import annotations from './0003_annotations.sql';

/** In order; a landed migration is never changed. */
export const catalogMigrations = [
	{ number: 1, sql: queues },
	{ number: 2, sql: topics },
	{ number: 3, sql: annotations },
] as const;
