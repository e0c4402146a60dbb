import log from './0001_log.sql';
import fanOut from './0002_fan_out.sql';

/** In order; a landed migration is never changed. */
export const partitionMigrations = [
	{ number: 1, sql: log },
	{ number: 2, sql: fanOut },
] as const;
