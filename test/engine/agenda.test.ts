import { describe, expect, it } from 'vitest';
import { Agenda } from '../../durable-objects/engine/agenda';
import { Prng } from '../simulation/prng';

interface Noted {
	readonly at: number;
	readonly number: number;
}

/** What an agenda says it does, in as few words as it goes. */
class Model {
	readonly noted = new Map<string, Noted>();
	private number = 0;

	set(item: string, at: number): void {
		if (this.noted.get(item)?.at !== at) this.noted.set(item, { at, number: this.number++ });
	}

	first(): [item: string, noted: Noted] | undefined {
		return [...this.noted].sort(([, a], [, b]) => a.at - b.at || a.number - b.number)[0];
	}
}

describe('an agenda', () => {
	it('gives what falls due first, and of what falls due together what was noted first', () => {
		for (let seed = 1; seed <= 40; seed++) {
			const random = new Prng(seed);
			const [agenda, model] = [new Agenda<string>(), new Model()];
			// An item that comes back to an instant that it was moved away from may keep its old place there.
			const instants = new Map<string, Set<number>>();
			for (let step = 0; step < 600; step++) {
				const item = `item ${random.between(0, 30)}`;
				if (random.chance(0.6)) {
					const at = random.between(0, random.chance(0.5) ? 5 : 500);
					const known = instants.get(item) ?? new Set();
					if (known.has(at)) continue;
					instants.set(item, known.add(at));
					agenda.set(item, at);
					model.set(item, at);
				} else if (random.chance(0.5)) {
					agenda.delete(item);
					model.noted.delete(item);
				} else {
					const now = random.between(0, 500);
					const due = model.first();
					const expected = due !== undefined && due[1].at <= now ? due[0] : undefined;
					expect(agenda.pop(now)).toBe(expected);
					if (expected !== undefined) model.noted.delete(expected);
				}
				expect(agenda.next()).toBe(model.first()?.[1].at);
				expect(agenda.size).toBe(model.noted.size);
			}
		}
	});

	it('gives an item once, however often it was moved to and fro', () => {
		const agenda = new Agenda<string>();
		for (let turn = 0; turn < 10_000; turn++) agenda.set('a', turn % 3);
		agenda.set('b', 0);
		expect([agenda.pop(5), agenda.pop(5), agenda.pop(5)].sort()).toEqual(['a', 'b', undefined]);
		expect(agenda.size).toBe(0);
	});

	it('keeps no more of what has left than of what is there', () => {
		const agenda = new Agenda<object>();
		const held = Array.from({ length: 100 }, () => ({}));
		for (const item of held) agenda.set(item, 1);
		for (let at = 2; at < 300; at++) {
			for (let index = 0; index < 100; index++) {
				const passing = {};
				agenda.set(passing, at);
				if (index > 0) agenda.delete(passing);
			}
		}
		const { entries } = agenda as unknown as { entries: number };
		expect(entries).toBeLessThanOrEqual(2 * agenda.size + 1_002);
	});
});
