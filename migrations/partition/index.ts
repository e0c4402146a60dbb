import log from './0001_log.sql';
import fanOut from './0002_fan_out.sql';
import receives from './0003_receives.sql';

/** In order; a landed migration is never changed. */
export const partitionMigrations = [
	{ number: 1, sql: log },
	{ number: 2, sql: fanOut },
	{ number: 3, sql: receives },
] as const;
