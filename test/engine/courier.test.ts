import { expect, test } from 'vitest';
import { Courier, type Sender } from '../../durable-objects/courier';
import {
	type CarriedMessage,
	type Delivery,
	LIMITS,
	type Parcel,
	refuse,
	type Target,
} from '../../durable-objects/protocol';
import { queueOf } from './queue';

type Answer = Awaited<ReturnType<Sender<Parcel>['deliver']>>;

/** Owes so many parcels along each of so many lines, over nothing but memory; every line has a target of its own. */
class Office implements Sender<Parcel> {
	time = Date.UTC(2030, 0, 1);
	calls = 0;
	atOnce = 0;
	most = 0;
	pace = 0;
	answer: (target: Target, delivery: Delivery) => Promise<Answer> = async (_target, { messages }) => {
		await Promise.resolve();
		return { taken: messages.at(-1)?.courierPosition ?? 0 };
	};
	readonly left = new Map<string, number>();

	constructor(
		lines: number,
		parcels: number,
		private readonly partitions = 1,
	) {
		for (let line = 0; line < lines; line++) this.left.set(`line${line}`, parcels);
	}

	*owed(): Generator<string> {
		for (const [line, left] of this.left) if (left > 0) yield line;
	}

	parcelFor(line: string) {
		const left = this.left.get(line) ?? 0;
		if (left === 0) return { parcel: undefined, route: undefined };
		const first = 1_000 - left * this.partitions;
		const messages = Array.from({ length: this.partitions }, (_, index) => messageAt(first + index));
		const route = queueOf(line, { partitions: this.partitions }, 0);
		return { parcel: { source: 'office', generation: 0, target: line, messages }, route };
	}

	async setRoute(): Promise<boolean> {
		return true;
	}

	async setTaken({ target, messages }: Parcel, positions: ReadonlySet<number>): Promise<void> {
		if (messages.every(({ courierPosition }) => positions.has(courierPosition)))
			this.left.set(target, (this.left.get(target) ?? 0) - 1);
	}

	async giveBack(): Promise<boolean> {
		return false;
	}

	async resolve(target: string): Promise<Target> {
		return queueOf(target, {}, 0);
	}

	async deliver(target: Target, _index: number, delivery: Delivery): Promise<Answer> {
		this.calls++;
		this.most = Math.max(this.most, ++this.atOnce);
		try {
			return await this.answer(target, delivery);
		} finally {
			this.atOnce--;
		}
	}

	paceMs(): number {
		return this.pace;
	}

	async giveWay(): Promise<void> {}

	now(): number {
		return this.time;
	}
}

function messageAt(courierPosition: number): CarriedMessage {
	return { body: 'x', size: 1, key: `key-${courierPosition}`, courierPosition, publishedAt: 0 };
}

function total(office: Office): number {
	return [...office.left.values()].reduce((sum, left) => sum + left, 0);
}

test('a thousand lines are served a bounded number of calls at once and per turn, and the next turn follows at once', async () => {
	const office = new Office(1_000, 2);
	const courier = new Courier(office);
	let turns = 0;
	for (let next: number | undefined = office.time; next !== undefined; turns++) {
		const before = office.calls;
		next = undefined;
		await courier.run((at) => {
			next = at;
		});
		expect(office.calls - before).toBeLessThanOrEqual(LIMITS.courierCallsPerTurn + LIMITS.courierCallsAtOnce);
		if (next !== undefined) expect(next).toBe(office.time);
	}
	expect(total(office)).toBe(0);
	expect(office.calls).toBe(2_000);
	expect(turns).toBeGreaterThanOrEqual(4);
	expect(office.most).toBe(LIMITS.courierCallsAtOnce);
});

test('calls are counted, not parcels: a target of many partitions takes one each', async () => {
	const office = new Office(100, 1, 16);
	const courier = new Courier(office);
	await courier.run(() => undefined);
	expect(office.calls).toBeGreaterThanOrEqual(LIMITS.courierCallsPerTurn);
	expect(office.calls).toBeLessThanOrEqual(LIMITS.courierCallsPerTurn + 16 * LIMITS.courierCallsAtOnce);
});

test('lines whose target does not answer hold a worker each, and no other line', async () => {
	const office = new Office(100, 1);
	const answers = office.answer;
	const silent = new Set(Array.from({ length: LIMITS.courierCallsAtOnce - 1 }, (_, index) => `line${index}`));
	const never = Promise.withResolvers<Answer>();
	office.answer = (target, delivery) => (silent.has(target.name) ? never.promise : answers(target, delivery));
	const courier = new Courier(office);
	const started = courier.start();
	expect(started).toHaveLength(LIMITS.courierCallsAtOnce);
	await Promise.race(started);
	expect(total(office)).toBe(silent.size);
	expect(courier.start()).toEqual([]);
	never.reject(new Error('the target did not answer in time'));
	await Promise.all(started);
	expect(courier.latenessOf('line0')).toMatchObject({ attempts: 1, error: 'line0: the target did not answer in time' });
});

test('a line that fails backs off on its own, twice as long each time up to the maximum, and says why', async () => {
	const office = new Office(3, 1);
	const answers = office.answer;
	const full = refuse('backlog_full', 'The queue holds its maxBacklog.');
	office.answer = async (target, delivery) =>
		target.name === 'line1' ? { taken: 0, refusal: full } : answers(target, delivery);
	const courier = new Courier(office);
	for (let attempts = 1; attempts <= 12; attempts++) {
		await Promise.all(courier.start());
		const delayMs = Math.min(LIMITS.courierMaxBackoffMs, LIMITS.courierInitialBackoffMs * 2 ** (attempts - 1));
		const nextAt = office.time + delayMs;
		expect(courier.latenessOf('line1')).toEqual({ attempts, nextAt, error: `line1: ${full.detail}` });
		expect(courier.dueAt(office.time)).toBe(nextAt);
		office.time = nextAt - 1;
		expect(courier.start()).toEqual([]);
		office.time = nextAt;
	}
	expect([...office.owed()]).toEqual(['line1']);
	office.answer = answers;
	await Promise.all(courier.start());
	expect(total(office)).toBe(0);
	expect(courier.latenessOf('line1')).toBeUndefined();
});

test('a pace parts the parcels of one line, and goes on when it is over', async () => {
	const office = new Office(2, 3);
	office.pace = 50;
	const courier = new Courier(office);
	for (let left = 4; left >= 0; left -= 2) {
		let next: number | undefined;
		await courier.run((at) => {
			next = at;
		});
		expect(total(office)).toBe(left);
		expect(courier.start()).toEqual([]);
		expect(next).toBe(left === 0 ? undefined : office.time + 50);
		// What comes into the pause is told of its end as well.
		let again: number | undefined;
		await courier.run((at) => {
			again = at;
		});
		expect(again).toBe(next);
		office.time += 50;
	}
});

test('pauses end when what they were for is over', async () => {
	const office = new Office(2, 2);
	office.pace = 2_000;
	const courier = new Courier(office);
	await courier.run(() => undefined);
	expect(courier.start()).toEqual([]);
	courier.endPauses();
	await courier.run(() => undefined);
	expect(total(office)).toBe(0);
});

test('lines that never run dry do not keep the others waiting: all share a turn or two', async () => {
	const office = new Office(200, 900);
	const courier = new Courier(office);
	const untouched = () => [...office.left.values()].filter((left) => left === 900).length;
	await courier.run(() => undefined);
	await courier.run(() => undefined);
	expect(untouched()).toBe(0);
});

test('a target that takes a part each time is slow, not away: it is tried again soon', async () => {
	const office = new Office(1, 3, 4);
	const full = refuse('backlog_full', 'The queue holds its maxBacklog.');
	office.answer = async (_target, { messages }) => {
		const [first] = messages as [CarriedMessage];
		// One of the four partitions takes nothing, so the parcel stays; the others take their part.
		return first.courierPosition % 4 === 0
			? { taken: 0, refusal: full }
			: { taken: messages.at(-1)?.courierPosition ?? 0 };
	};
	const courier = new Courier(office);
	for (let attempt = 1; attempt <= 5; attempt++) {
		await Promise.all(courier.start());
		expect(courier.latenessOf('line0')).toMatchObject({ attempts: 0, nextAt: office.time + LIMITS.courierRefillMs });
		office.time += LIMITS.courierRefillMs;
	}
});
