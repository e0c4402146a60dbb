import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Command } from '../../durable-objects/engine/commands';
import { queueOf } from '../engine/queue';
import { Site } from '../engine/site';
import { EPOCH } from './answers';
import { promise } from './promise';

promise(
	'P12: browsing and looking show every state and change none',
	`
   0  publish a, b, c delay 10, d key k, e key k
   0  receive 1 lease 30   -> a#1
   0  browse               -> a leased until 30, b visible, c delayed until 10, d visible, e visible
   0  browse leased        -> a leased until 30
   0  browse visible       -> b visible, d visible, e visible
   0  browse delayed       -> c delayed until 10
   0  look b               -> visible, attempt 0
   0  look a               -> leased until 30, attempt 1
   0  figures              -> visible 3, leased 1, delayed 1, bytes 5, oldest 0
   0  receive 10           -> b#1, d#1, e#1
   0  browse visible       -> nothing
  10  browse visible       -> c visible
  30  look a               -> visible, attempt 1
  30  receive 10           -> a#2, b#2, c#1, d#2
`,
);

promise(
	'P12: looking does not end a lease, delay it or wake anybody',
	`
       0  publish a
       0  receive 1 lease 10   -> a#1
       0  wait w 20
       5  browse               -> a leased until 10
       5  look a               -> leased until 10
       5  figures              -> leased 1
   9.999  answer w             -> waiting
      10  answer w             -> a#2
`,
);

promise(
	'P12: figures follow every step; the oldest counts poison and what is leased',
	`
   0  publish a
   5  publish b, c
   5  figures              -> visible 3, leased 0, delayed 0, oldest 0
   6  receive 1            -> a#1
   6  figures              -> visible 2, leased 1, delayed 0, oldest 0
   7  retry a#1 delay 10
   7  figures              -> visible 2, leased 0, delayed 1, oldest 0
  17  figures              -> visible 3, leased 0, delayed 0, oldest 0
  17  remove a
  18  figures              -> visible 2, leased 0, delayed 0, oldest 5
  18  purge                -> purged 2
  18  figures              -> visible 0, leased 0, delayed 0, bytes 0, oldest none
`,
);

test('P12: looking writes no row and leaves memory as it is', async () => {
	await runInDurableObject(env.SCRATCH.getByName('looking'), (_object, state) => {
		const site = new Site(state.storage, 'tag');
		const queue = queueOf('q', {}, EPOCH);
		const at = (now: number, ...commands: Command[]) => site.transaction((engine) => engine.commit(commands, [], now));
		const messages = ['a', 'b', 'c'].map((body) => ({ body, size: 1, key: body }));
		const published = at(EPOCH, { kind: 'publish', queue, messages });
		const [{ id }] = published.results[0] as [{ id: string }];
		at(EPOCH, { kind: 'receive', queue, command: { max: 2, consumer: 'w' } });
		const rows = site.database.rowsWritten;
		const memory = JSON.stringify(site.engine.snapshot());
		for (const now of [EPOCH, EPOCH + 10, EPOCH + 60_000, EPOCH + 86_400_000]) {
			at(
				now,
				{ kind: 'browse', queue, command: { after: 0, limit: 100 } },
				{ kind: 'look', queue, id },
				{ kind: 'figures', queue },
			);
		}
		expect(site.database.rowsWritten).toBe(rows);
		expect(JSON.stringify(site.engine.snapshot())).toBe(memory);
	});
});
