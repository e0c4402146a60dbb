import { expect, test } from 'vitest';
import { Courier, type Sender } from '../../durable-objects/courier';
import type { EngineFigures } from '../../durable-objects/engine/figures';
import type { OutboxParcel } from '../../durable-objects/engine/outbox';
import {
	type BrowsedMessage,
	type DeliveryResult,
	LIMITS,
	type Parcel,
	type PublishOutcome,
	refuse,
} from '../../durable-objects/protocol';
import { acknowledging, atDesk, carried, type Desk, numbered, publishing, text } from './bounds';
import { changed, queueOf } from './queue';

test('deliver takes the prefix that fits, and the rest once there is room, each once', () =>
	atDesk({ maxBacklog: 3 }, (desk) => {
		const delivery = { source: 'shop', generation: 0, messages: numbered(5, (index) => carried(index + 1)) };
		const deliver = () => desk.run<DeliveryResult>({ kind: 'deliver', delivery });
		const full = { taken: 3, refusal: expect.objectContaining({ refused: 'backlog_full' }) };
		expect(deliver()).toEqual(full);
		expect(deliver()).toEqual(full);
		const before = desk.receive(10);
		desk.commit([acknowledging(before)]);
		expect(deliver()).toEqual({ taken: 5 });
		expect(deliver()).toEqual({ taken: 5 });
		const ids = [...before, ...desk.receive(10)].map(({ id }) => id);
		expect(ids).toEqual(delivery.messages.map(({ id }) => id));
	}));

function parcelFor(desk: Desk, queue: string): OutboxParcel {
	const { parcel } = desk.site.engine.parcelFor(queue);
	if (parcel === undefined) throw new Error(`nothing is owed to ${queue}`);
	return parcel;
}

test('giveBack returns what was redriven with its history, and leaves a dead letter owed', () =>
	atDesk({ deadLetter: 'shop', maxReceives: 1 }, (desk) => {
		const owed = () => desk.run<EngineFigures>({ kind: 'figures' }).owed;
		const [redriven, doomed] = [carried(1), carried(2)];
		desk.commit([{ kind: 'deliver', delivery: { source: 'shop', generation: 0, messages: [redriven, doomed] } }]);
		desk.commit([{ kind: 'redrive', command: { id: 'r', to: null, ids: [redriven.id], ratePerSecond: null } }]);
		desk.receive(1, 1_000);
		desk.now += 1_000;
		desk.commit([{ kind: 'tick' }]);
		expect(owed()).toBe(2);

		desk.commit([{ kind: 'giveBack', parcel: parcelFor(desk, 'shop') }]);
		expect(owed()).toBe(1);
		const { deadLetter } = redriven;
		expect(desk.run<BrowsedMessage>({ kind: 'look', id: redriven.id })).toMatchObject({ state: 'visible', deadLetter });

		desk.commit([{ kind: 'giveBack', parcel: parcelFor(desk, 'shop') }]);
		expect(parcelFor(desk, 'shop').messages.map(({ id }) => id)).toEqual([doomed.id]);
		expect(owed()).toBe(1);
		expect(desk.receive(10)).toMatchObject([{ id: redriven.id, deadLetter, attempt: 1 }]);
	}));

test('giveBack takes only what was redriven out of a parcel of both', () =>
	atDesk({}, (desk) => {
		desk.commit([{ kind: 'deliver', delivery: { source: 'shop', generation: 0, messages: [carried(1), carried(2)] } }]);
		desk.commit([{ kind: 'redrive', command: { id: 'r', to: null, ids: null, ratePerSecond: null } }]);
		const parcel = parcelFor(desk, 'shop');
		const messages = parcel.messages.map((message, index) => ({ ...message, isRedriven: index === 0 }));
		desk.commit([{ kind: 'giveBack', parcel: { ...parcel, messages } }]);
		expect(desk.receive(10).map(({ id }) => id)).toEqual(['shop-1']);
		expect(parcelFor(desk, 'shop').messages).toMatchObject([{ id: 'shop-2', courierPosition: 2 }]);
	}));

test('a sealed partition is never due: neither its sweep nor its redrive', () =>
	atDesk({}, (desk) => {
		desk.commit([publishing(text('moves'), text('stays'))]);
		desk.commit([{ kind: 'redrive', command: { id: 'r', to: 'shop', ids: null, ratePerSecond: 1 } }]);
		const parcel = parcelFor(desk, 'shop');
		expect(parcel.messages.map(({ body }) => body)).toEqual(['moves']);
		desk.commit([{ kind: 'taken', parcel, positions: new Set([parcel.position]) }]);
		const emptied = desk.commit([acknowledging(desk.receive(10))]);
		expect(emptied.dueAt).not.toBeNull();

		const sealed = desk.commit([{ kind: 'seal' }]);
		expect([sealed.results[0], sealed.dueAt]).toEqual([null, null]);
		expect(desk.commit([{ kind: 'tick' }]).dueAt).toBeNull();
		desk.site.restart();
		expect(desk.commit([]).dueAt).toBeNull();
	}));

test('a sealed partition plans no sweep for the deduplication ids that it still has', () =>
	atDesk({ dedupWindowMs: 1_000 }, (desk) => {
		desk.commit([publishing(text('x', { dedupId: 'x' }))]);
		expect(desk.commit([acknowledging(desk.receive(1))]).dueAt).toBe(desk.now + 1_000);
		desk.now += 1_000;
		const { results, dueAt } = desk.commit([{ kind: 'seal' }]);
		expect([results[0], dueAt]).toEqual([null, null]);
		desk.site.restart();
		expect(desk.commit([{ kind: 'tick' }]).dueAt).toBeNull();
	}));

test('an unseal fences the seals that were sent before it', () =>
	atDesk({}, (desk) => {
		const newer = changed(desk.queue, {}, desk.now);
		expect(desk.run({ kind: 'seal' })).toBeNull();
		expect(desk.run({ kind: 'unseal', queue: newer })).toBeNull();
		expect(desk.run({ kind: 'seal' })).toMatchObject({ refused: 'settings_stale' });
		const [outcome] = desk.run<PublishOutcome[]>({ ...publishing(text('x')), queue: newer });
		expect(outcome).toMatchObject({ sequence: 1, duplicate: false });
	}));

/** What a courier would do for `orders` with one parcel for `shop`, over nothing but memory. */
class Office implements Sender<Parcel> {
	readonly returned: Parcel[] = [];
	parcel: Parcel | undefined;
	time = Date.UTC(2030, 0, 1);
	resolve: Sender<Parcel>['resolve'] = async (queue) => queueOf(queue, {}, this.time);
	deliver: Sender<Parcel>['deliver'] = async () => {
		throw new Error('the call was lost');
	};

	constructor(isRedriven: boolean) {
		const messages = [{ ...carried(1), isRedriven }];
		this.parcel = { source: 'orders', generation: 0, target: 'shop', messages };
	}

	owed(): string[] {
		return this.parcel === undefined ? [] : [this.parcel.target];
	}

	parcelFor() {
		return { parcel: this.parcel, route: undefined };
	}

	async setRoute(): Promise<boolean> {
		return true;
	}

	async setTaken(): Promise<void> {
		this.parcel = undefined;
	}

	async giveBack(parcel: Parcel): Promise<boolean> {
		if (!parcel.messages.some((message) => message.isRedriven)) return false;
		this.returned.push(parcel);
		this.parcel = undefined;
		return true;
	}

	paceMs(): number {
		return 0;
	}

	async giveWay(): Promise<void> {}

	now(): number {
		return this.time;
	}
}

test('a courier that is under way again is due in the future, not when it was late', async () => {
	const office = new Office(false);
	const courier = new Courier(office);
	await Promise.all(courier.start());
	const lateAt = office.time + LIMITS.courierInitialBackoffMs;
	expect(courier.dueAt(office.time)).toBe(lateAt);

	const answer = Promise.withResolvers<DeliveryResult>();
	office.deliver = () => answer.promise;
	office.time = lateAt;
	const carrying = courier.start();
	expect(carrying).toHaveLength(1);
	expect(courier.dueAt(lateAt)).toBe(lateAt + LIMITS.courierInitialBackoffMs);
	expect(courier.dueAt(lateAt + 300)).toBe(lateAt + 300 + LIMITS.courierInitialBackoffMs);

	answer.resolve({ taken: 1 });
	await Promise.all(carrying);
	expect(courier.dueAt(office.time)).toBeUndefined();
	expect(courier.lateness()).toBeUndefined();
});

const gone = refuse('queue_not_found', 'There is no queue shop.');

test('a courier gives back what was redriven to a queue that does not exist', async () => {
	const office = new Office(true);
	office.resolve = async () => gone;
	const { parcel } = office;
	const courier = new Courier(office);
	await Promise.all(courier.start());
	expect(office.returned).toEqual([parcel]);
	expect(courier.lateness()).toBeUndefined();
	expect(courier.dueAt(office.time)).toBeUndefined();
});

test('a courier keeps a dead letter whose queue does not exist, and tries again later', async () => {
	const office = new Office(false);
	office.resolve = async () => gone;
	const courier = new Courier(office);
	await Promise.all(courier.start());
	expect(office.returned).toEqual([]);
	const nextAt = office.time + LIMITS.courierInitialBackoffMs;
	expect(courier.lateness()).toMatchObject({ nextAt, error: 'shop: There is no queue shop.' });
	expect(courier.dueAt(office.time)).toBe(nextAt);
});
