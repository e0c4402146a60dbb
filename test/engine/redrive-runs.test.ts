import { expect, test } from 'vitest';
import { LIMITS, type RedriveRun } from '../../durable-objects/protocol';
import { atDesk, type Desk, numbered, publishing, text } from './bounds';

function redriving(id: string, ratePerSecond: number | null = null) {
	return { kind: 'redrive', command: { id, to: 'elsewhere', ids: null, ratePerSecond } } as const;
}

function runs(desk: Desk): RedriveRun[] {
	return desk.run({ kind: 'redrives' });
}

test('as many redrives are remembered as there is a bound for, the one that runs among them', () =>
	atDesk({}, (desk) => {
		for (let index = 0; index < LIMITS.redrivesKept + 3; index++) desk.commit([redriving(`r${index}`)]);
		desk.commit([publishing(text('a'), text('b')), redriving('running', 1)]);
		const newest = numbered(LIMITS.redrivesKept - 1, (index) => `r${LIMITS.redrivesKept + 2 - index}`);
		expect(runs(desk).map(({ id }) => id)).toEqual(['running', ...newest]);
		desk.site.restart();
		expect(runs(desk).map(({ id }) => id)).toEqual(['running', ...newest]);
		desk.commit([{ kind: 'cancelRedrive', id: 'running' }]);
		expect(runs(desk)).toHaveLength(LIMITS.redrivesKept);
	}));

test('a redrive that began before they had ids goes on, and ends', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'))]);
		desk.commit([redriving('r', 1)]);
		desk.site.database.run(`UPDATE state SET value = json_remove(value, '$.id', '$.owed') WHERE name = 'redrive'`);
		desk.site.restart();
		desk.now += 2_000;
		desk.commit([{ kind: 'tick' }]);
		desk.now += 2_000;
		desk.commit([{ kind: 'tick' }]);
		expect(runs(desk)).toMatchObject([{ id: '', moved: 2, status: 'running' }]);
		const { parcel } = desk.site.engine.parcelFor('elsewhere');
		expect(parcel).toBeDefined();
		for (let next = parcel; next !== undefined; next = desk.site.engine.parcelFor('elsewhere').parcel) {
			const positions = new Set(next.messages.map(({ courierPosition }) => courierPosition));
			desk.commit([{ kind: 'taken', parcel: next, positions }]);
		}
		expect(runs(desk)).toMatchObject([{ id: '', moved: 2, status: 'completed' }]);
	}));

test('nothing wakes an engine for a redrive that only waits for its messages to arrive', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a')), { kind: 'figures' }]);
		desk.commit([redriving('r')]);
		const { dueAt } = desk.commit([{ kind: 'figures' }]);
		expect(runs(desk)).toMatchObject([{ status: 'running', moved: 1 }]);
		expect(dueAt === null || dueAt > desk.now).toBe(true);
	}));

test('the end of its queue ends a redrive, and what is remembered', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('a'), text('b'))]);
		desk.commit([redriving('r', 1)]);
		const { dueAt } = desk.commit([{ kind: 'destroy' }]);
		expect(dueAt).toBeNull();
		expect(desk.first(`SELECT count(*) AS count FROM state WHERE name IN ('redrive', 'redrives')`)).toEqual({
			count: 0,
		});
	}));
