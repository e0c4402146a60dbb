import queues from './0001_queues.sql';

/** In order; a landed migration is never changed. */
export const catalogMigrations = [{ number: 1, sql: queues }] as const;
