/**
 * Everything that is installed for the comparison, in one place. The servers are those of the Debian release that the machine
 * runs, whatever point release its archive offers; the clients are exactly these.
 */
export const DEBIAN_PACKAGES = {
	redis: 'redis-server',
	postgres: 'postgresql',
	rabbitmq: 'rabbitmq-server',
} as const;

export const NPM_PACKAGES = {
	bullmq: '6.7.0',
	// The driver that bullmq asks its user to install.
	ioredis: '5.11.1',
	'pg-boss': '12.38.0',
	pg: '8.23.1',
	amqplib: '2.3.1',
} as const;

export type ServerName = keyof typeof DEBIAN_PACKAGES;
