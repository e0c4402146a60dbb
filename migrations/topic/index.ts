import log from './0001_log.sql';

/** In order; a landed migration is never changed. */
export const topicMigrations = [{ number: 1, sql: log }] as const;
