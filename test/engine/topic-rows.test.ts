import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { TopicCommand } from '../../durable-objects/engine/topic/commands';
import type { NewMessage, Subscription } from '../../durable-objects/protocol';
import { TopicSite } from './site';
import { type NewSubscription, type Registered, revise, subscribe, topicOf } from './subscriptions';

const epoch = Date.UTC(2030, 0, 1);

/** A topic's engine without its shell, and the rows that each step was billed: no alarm is counted. */
class Bench {
	private readonly site: TopicSite;
	private readonly registered: Registered = { topic: topicOf('t', {}, epoch), subscriptions: new Map() };
	private now = epoch;

	constructor(storage: DurableObjectStorage, subscriptions: readonly NewSubscription[]) {
		this.site = new TopicSite(storage, 't');
		for (const wanted of subscriptions) subscribe(this.registered, wanted, epoch);
		revise(this.registered, epoch);
		const told: readonly Subscription[] = [...this.registered.subscriptions.values()];
		this.rows({ kind: 'configure', subscriptions: told });
	}

	publish(count: number, message: Partial<NewMessage> = {}): number {
		const messages = Array.from({ length: count }, () => ({ body: 'x'.repeat(256), size: 256, ...message }));
		return this.rows({ kind: 'publish', messages });
	}

	/** The next parcel of every subscription is taken: the rows of all of them. */
	carry(): number {
		const { engine } = this.site;
		return [...engine.owed()].reduce((rows, name) => {
			const { parcel } = engine.parcelFor(name);
			if (parcel === undefined) throw new Error(`${name} is owed nothing`);
			const positions = new Set(parcel.messages.map((message) => message.courierPosition));
			return rows + this.rows({ kind: 'passed', parcel, positions });
		}, 0);
	}

	private rows(command: TopicCommand extends infer C ? (C extends TopicCommand ? Omit<C, 'topic'> : never) : never) {
		const before = this.site.database.rowsWritten;
		const { topic } = this.registered;
		this.site.transaction((engine) => engine.commit([{ ...command, topic } as TopicCommand], ++this.now));
		return this.site.database.rowsWritten - before;
	}
}

function onBench(subscriptions: readonly NewSubscription[], run: (bench: Bench) => void): Promise<void> {
	return runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, state) =>
		run(new Bench(state.storage, subscriptions)),
	);
}

function many(count: number): NewSubscription[] {
	return Array.from({ length: count }, (_, index) => ({ name: `s${index}`, queue: `q${index}` }));
}

test.each([0, 1, 100, 1_000])('publishing writes one row a batch, with %i subscriptions', (count) =>
	onBench(many(count), (bench) => {
		expect(bench.publish(1)).toBe(1);
		expect(bench.publish(100)).toBe(1);
		bench.carry();
		expect(bench.publish(100)).toBe(1);
	}),
);

test('a parcel that was taken writes one row, however many messages it brings', () =>
	onBench(many(10), (bench) => {
		bench.publish(1);
		expect(bench.carry()).toBe(10);
		for (let batch = 0; batch < 4; batch++) bench.publish(100);
		expect(bench.carry()).toBe(10);
		expect(bench.carry()).toBe(0);
	}));

test('a deduplicated message writes one row more, and its repeat none', () =>
	onBench(many(1), (bench) => {
		expect(bench.publish(1, { dedupId: 'd' })).toBe(2);
		expect(bench.publish(1, { dedupId: 'd' })).toBe(0);
	}));

test('what a filter does not let through writes a row per 1,000 messages, not per publish', () => {
	const filter = { scope: 'attributes', policy: { kind: ['wanted'] } } as const;
	return onBench([{ name: 's', queue: 'q', filter }], (bench) => {
		let rows = 0;
		for (let batch = 0; batch < 30; batch++) {
			bench.publish(100, { attributes: { kind: 'other' } });
			rows += bench.carry();
		}
		expect(rows).toBe(3);
		bench.publish(1, { attributes: { kind: 'wanted' } });
		expect(bench.carry()).toBe(1);
	});
});
