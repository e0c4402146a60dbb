import { BODY } from '../client.ts';
import type { Installation } from './install.ts';
import { BATCH, finishedPerSecond, OUTSTANDING, type Peer } from './peer.ts';
import { NPM_PACKAGES } from './versions.ts';

/** What is used of the package, which is not a dependency. */
interface PgBoss {
	on(name: 'error', listener: (error: Error) => void): void;
	start(): Promise<unknown>;
	stop(options: { graceful: boolean }): Promise<void>;
	createQueue(queue: string, options: { partition: boolean }): Promise<void>;
	deleteQueue(queue: string): Promise<void>;
	send(queue: string, data: object): Promise<string | null>;
	insert(queue: string, messages: readonly { data: object }[]): Promise<unknown>;
	fetch(queue: string, options: { batchSize: number }): Promise<{ id: string }[]>;
	complete(queue: string, ids: readonly string[]): Promise<{ affected?: number }>;
}

interface Module {
	readonly PgBoss: new (options: object) => PgBoss;
}

interface Database {
	on(name: 'error', listener: (error: Error) => void): void;
	connect(): Promise<unknown>;
	query(text: string): Promise<unknown>;
	end(): Promise<void>;
}

interface Driver {
	readonly Client: new (options: object) => Database;
}

/** Of 1, 4, 8 and 32 the fastest: more of them wait for each other's rows. */
const CONSUMERS = 8;

const data = { body: BODY };
const batch = Array.from({ length: BATCH }, () => ({ data }));

export async function pgBossPeer(installation: Installation, port: number): Promise<Peer> {
	const { PgBoss } = await installation.client<Module>('pg-boss');
	const { Client } = await installation.client<Driver>('pg');
	const connection = { host: '127.0.0.1', port, user: 'sluice', database: 'postgres', max: OUTSTANDING };
	const boss = new PgBoss({ ...connection, supervise: false, schedule: false });
	boss.on('error', () => {});
	await boss.start();
	const database = new Client(connection);
	// What is under way fails of itself.
	database.on('error', () => {});
	await database.connect();
	return {
		name: 'pg-boss',
		about: `pg-boss ${NPM_PACKAGES['pg-boss']}; synchronous_commit on; a table per queue, ${OUTSTANDING} connections`,
		create: (queue) => boss.createQueue(queue, { partition: true }),
		publish: async (queue) => {
			if ((await boss.send(queue, data)) === null) throw new Error('pg-boss refused a message');
		},
		publishBatch: async (queue) => {
			await boss.insert(queue, batch);
		},
		consume: async (queue, seconds) => {
			// Autovacuum would do so within minutes. Without it the planner knows nothing of the new table and takes six times as long.
			await database.query('VACUUM ANALYZE');
			return finishedPerSecond(seconds, CONSUMERS, async () => {
				const fetched = await boss.fetch(queue, { batchSize: BATCH });
				if (fetched.length === 0) return 0;
				const ids = fetched.map(({ id }) => id);
				await boss.complete(queue, ids);
				return fetched.length;
			});
		},
		remove: (queue) => boss.deleteQueue(queue),
		close: async () => {
			await database.end();
			await boss.stop({ graceful: false });
		},
	};
}
