import { describe, expect, it } from 'vitest';
import { Funnel } from '../../durable-objects/funnel';
import { LIMITS } from '../../durable-objects/protocol';

/** A funnel whose rows become durable, and whose clock turns, when the test says so. */
class Bench {
	readonly groups: number[][] = [];
	isWriting = true;
	private durable: (() => void)[] = [];
	private turned: (() => void)[] = [];
	private readonly funnel = new Funnel<number>(
		(group) => {
			this.groups.push([...group]);
			return this.isWriting;
		},
		() => new Promise<void>((resolve) => this.durable.push(resolve)),
		(next) => this.turned.push(next),
	);

	enter(...entries: number[]): void {
		for (const entry of entries) this.funnel.enter(entry);
	}

	together(...entries: number[]): void {
		this.funnel.enter(...entries);
	}

	/** Makes durable what was committed. Answers whether the funnel waits for the clock now. */
	async sync(): Promise<boolean> {
		for (const resolve of this.durable.splice(0)) resolve();
		await Promise.resolve();
		await Promise.resolve();
		return this.turned.length > 0;
	}

	turn(): void {
		for (const next of this.turned.splice(0)) next();
	}

	/** So many entries at once, then the commit that takes them, made durable. */
	async commit(size: number): Promise<boolean> {
		this.together(...Array.from({ length: size }, (_, index) => index));
		this.turn();
		return this.sync();
	}
}

describe('group commit', () => {
	it('commits the first at once, and together what came while that was made durable', async () => {
		const bench = new Bench();
		bench.enter(1, 2, 3);
		expect(bench.groups).toEqual([[1]]);
		await bench.sync();
		expect(bench.groups).toEqual([[1], [2, 3]]);
	});

	it('waits for nothing where nothing was written', () => {
		const bench = new Bench();
		bench.isWriting = false;
		bench.enter(1, 2);
		expect(bench.groups).toEqual([[1], [2]]);
	});

	it('commits together what entered together, also when idle', () => {
		const bench = new Bench();
		bench.together(1, 2);
		expect(bench.groups).toEqual([[1, 2]]);
	});

	it('never waits for the clock while callers come one by one, or two at a time', async () => {
		const bench = new Bench();
		for (let round = 0; round < 50; round++) {
			expect(await bench.commit(1)).toBe(false);
			expect(await bench.commit(LIMITS.crowdTrial - 1)).toBe(false);
		}
	});

	it('in a crowd, the next commit waits for the clock and takes all that came until then', async () => {
		const bench = new Bench();
		expect(await bench.commit(LIMITS.crowdTrial)).toBe(true);
		bench.enter(...Array.from({ length: LIMITS.crowd }, (_, index) => index));
		expect(bench.groups).toHaveLength(1);
		bench.turn();
		expect(bench.groups.at(-1)).toHaveLength(LIMITS.crowd);
		expect(await bench.sync()).toBe(true);
	});

	it('where waiting brought few, it is not tried for a while, and a crowd is noticed all the same', async () => {
		const bench = new Bench();
		expect(await bench.commit(LIMITS.crowdTrial)).toBe(true);
		expect(await bench.commit(LIMITS.crowdTrial)).toBe(false);
		for (let round = 1; round < LIMITS.crowdPause; round++) expect(await bench.commit(LIMITS.crowdTrial)).toBe(false);
		expect(await bench.commit(LIMITS.crowdTrial)).toBe(true);
		expect(await bench.commit(1)).toBe(false);
		expect(await bench.commit(LIMITS.crowd)).toBe(true);
	});

	it('goes on at once where the clock turns and nobody has come', async () => {
		const bench = new Bench();
		expect(await bench.commit(LIMITS.crowd)).toBe(true);
		bench.turn();
		bench.enter(1);
		expect(bench.groups.at(-1)).toEqual([1]);
	});
});
