import { expect, test } from 'vitest';
import { Database, type Sql, type SqlBinding } from '../../durable-objects/database';
import { DEFERRED } from '../../durable-objects/engine/commands';
import { PartitionEngine } from '../../durable-objects/engine/engine';
import type { EngineFigures } from '../../durable-objects/engine/figures';
import { LIMITS, type ReceivedMessage } from '../../durable-objects/protocol';
import { acknowledging, atDesk, type Desk, numbered, publishing, receiving, text } from './bounds';
import { servedIn } from './site';

test('an engine starts without reading the bodies of stragglers', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('free'), text('keyed', { key: 'k' }))]);
		desk.receive(2, 1_000);
		desk.now += 1_000;
		const [, keyed] = desk.receive(2) as [ReceivedMessage, ReceivedMessage];
		desk.commit([{ kind: 'settle', command: { ack: [], retry: [keyed], extend: [] } }]);
		expect(desk.first('SELECT sum(leased) AS leased, sum(keyed) AS keyed FROM straggler')).toEqual({
			leased: 1,
			keyed: 1,
		});

		const statements: string[] = [];
		const { database } = desk.site;
		const sql: Sql = {
			databaseSize: database.size,
			exec(query: string, ...bindings: SqlBinding[]) {
				statements.push(query);
				const rows = database.all(query, ...bindings);
				return { toArray: () => rows, rowsWritten: 0 };
			},
		};
		const engine = new PartitionEngine(new Database(sql), 'tag');

		expect(engine.snapshot()).toEqual(desk.site.engine.snapshot());
		const ofStragglers = statements.filter((statement) => /\bstraggler\b/.test(statement));
		expect(ofStragglers).not.toEqual([]);
		expect(ofStragglers.filter((statement) => /\bbody\b|SELECT\s+\*/.test(statement))).toEqual([]);
	}));

test('one commit hands out at most commitUnits; the receives beyond are deferred, and miss nothing', () =>
	atDesk({}, (desk) => {
		const body = 'x'.repeat(LIMITS.messageBytes);
		const messages = LIMITS.commitUnits / LIMITS.messageBytes + 4;
		for (let sent = 0; sent < messages; sent += 4) desk.commit([publishing(...numbered(4, () => text(body)))]);

		const arrived: number[] = [];
		const perCommit: number[] = [];
		for (let receives = Math.ceil(messages / 3) + 1; receives > 0; ) {
			const { results } = desk.commit(numbered(receives, () => receiving(3)));
			const answers = results.filter((result) => result !== DEFERRED) as ReceivedMessage[][];
			expect(answers.length).toBeGreaterThan(0);
			expect(answers.filter((answer) => answer.length === 0)).toEqual([]);
			arrived.push(...answers.flat().map(({ sequence }) => sequence));
			perCommit.push(answers.flat().length * LIMITS.messageBytes);
			receives -= answers.length;
		}
		expect(perCommit).toHaveLength(2);
		expect(Math.max(...perCommit)).toBeLessThanOrEqual(LIMITS.commitUnits);
		expect(arrived).toEqual(numbered(messages, (index) => index + 1));
	}));

test('a keyed delayed message that no receive has met yet is visible at its instant', () =>
	atDesk({}, (desk) => {
		const due = desk.now + 5_000;
		const { visibleAt } = desk.commit([publishing(text('later', { key: 'k', delayMs: 5_000 }))]);
		expect(visibleAt).toBe(due);
		expect(desk.commit([]).visibleAt).toBe(due);
		expect(desk.site.engine.available(due - 1)).toBe(0);
		expect(desk.site.engine.available(due)).toBeGreaterThan(0);
	}));

test('a sweep that sweptRows cuts short goes on after sweepStepMs', () =>
	atDesk({ dedupWindowMs: 10_000 }, (desk) => {
		const ids = 2 * LIMITS.sweptRows + 1;
		desk.commit([publishing(...numbered(ids, (index) => text('', { dedupId: `id-${index}` })))]);
		const swept = desk.now + 10_000;
		let { dueAt } = desk.commit([{ kind: 'purge' }]);
		const ticks: number[] = [];
		while (dueAt !== null && ticks.length < 10) {
			ticks.push(dueAt);
			desk.now = dueAt;
			dueAt = desk.commit([{ kind: 'tick' }]).dueAt;
		}
		expect(ticks).toEqual([swept, swept + LIMITS.sweepStepMs, swept + 2 * LIMITS.sweepStepMs]);
		expect(desk.first('SELECT count(*) AS rows FROM dedup')).toEqual({ rows: 0 });
	}));

test('burials that no receive asked for are at most buriedMessages a commit, and stay due until all are owed', () =>
	atDesk({ maxReceives: 1 }, (desk) => {
		const messages = 2 * LIMITS.buriedMessages + 50;
		desk.commit([publishing(...numbered(messages, () => text('x')))]);
		desk.commit(numbered(3, () => receiving(LIMITS.batchMessages, 1_000)));
		desk.now += 1_000;
		const owed: number[] = [];
		const isDue: boolean[] = [];
		for (let commits = 0; commits < 3; commits++) {
			const { results, dueAt } = desk.commit([{ kind: 'tick' }, { kind: 'figures' }]);
			owed.push((results[1] as EngineFigures).owed);
			isDue.push(dueAt !== null && dueAt <= desk.now);
		}
		expect(owed).toEqual([LIMITS.buriedMessages, 2 * LIMITS.buriedMessages, messages]);
		expect(isDue).toEqual([true, true, false]);
	}));

/** What SQLite counts: the bytes of a row's two long texts. */
function longestRow(desk: Desk, table: 'segment' | 'outbox'): number {
	const row = desk.first<{ bytes: number | null }>(
		`SELECT max(length(CAST(heads AS BLOB)) + length(CAST(bodies AS BLOB))) AS bytes FROM ${table}`,
	);
	return row?.bytes ?? 0;
}

test('rows stay below 2 MB, whatever JSON makes of the attributes', () =>
	atDesk({}, (desk) => {
		const attributes = { a: '\u0001'.repeat(LIMITS.attributeBytes - 1) };
		const message = text('', { attributes, size: LIMITS.attributeBytes });
		desk.commit([publishing(...numbered(15, () => message))]);
		expect(longestRow(desk, 'segment')).toBeGreaterThan(6 * (LIMITS.attributeBytes - 1));
		expect(longestRow(desk, 'segment')).toBeLessThan(2_000_000);

		desk.commit([{ kind: 'redrive', command: { id: 'r', to: 'shop', ids: null, ratePerSecond: null } }]);
		expect(desk.first('SELECT sum(span) AS messages FROM outbox')).toEqual({ messages: 15 });
		expect(longestRow(desk, 'outbox')).toBeGreaterThan(6 * (LIMITS.attributeBytes - 1));
		expect(longestRow(desk, 'outbox')).toBeLessThan(2_000_000);
	}));

test('who waits is served before who comes', () =>
	atDesk({}, (desk) => {
		const waiting = [{ max: 1, consumer: 'waits' }];
		const commit = desk.commit([receiving(10), publishing(text('first'), text('second'))], waiting);
		const [{ results }, served] = [commit, servedIn(commit)];
		expect(served.map((messages) => messages.map(({ body }) => body))).toEqual([['first']]);
		expect((results[0] as ReceivedMessage[]).map(({ body }) => body)).toEqual(['second']);
		desk.commit([acknowledging([...served.flat(), ...(results[0] as ReceivedMessage[])])]);
		const last = desk.commit([receiving(1), publishing(text('last'))], waiting);
		expect(last.served.flat()).toHaveLength(1);
		expect(last.results[0]).toEqual([]);
	}));
