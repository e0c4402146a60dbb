import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Command, Commit } from '../../durable-objects/engine/commands';
import type {
	CarriedMessage,
	NewMessage,
	Queue,
	QueueSettings,
	ReceiveCommand,
	ReceivedMessage,
} from '../../durable-objects/protocol';
import { queueOf } from './queue';
import { Site } from './site';

type Asked<One> = One extends unknown ? Omit<One, 'queue'> & { readonly queue?: Queue } : never;
type Ask = Asked<Command>;

/** A partition without its shell: commits on real rows, at instants that the test names. */
export class Desk {
	now = Date.UTC(2030, 0, 1);
	readonly queue: Queue;

	constructor(
		readonly site: Site,
		settings: Partial<QueueSettings>,
	) {
		this.queue = queueOf('orders', settings, this.now);
	}

	commit(asked: readonly Ask[], waiting: readonly ReceiveCommand[] = []): Commit {
		const commands = asked.map((ask) => ({ queue: this.queue, ...ask }) as Command);
		return this.site.transaction((engine) => engine.commit(commands, waiting, this.now));
	}

	/** The result of a command that is alone in its commit. */
	run<Result>(ask: Ask): Result {
		return this.commit([ask]).results[0] as Result;
	}

	receive(max: number, leaseMs?: number): ReceivedMessage[] {
		return this.run(receiving(max, leaseMs));
	}

	first<Row>(query: string): Row | undefined {
		return this.site.database.first<Row>(query);
	}
}

export function atDesk<Result>(settings: Partial<QueueSettings>, play: (desk: Desk) => Result): Promise<Result> {
	return runInDurableObject(env.SCRATCH.getByName(crypto.randomUUID()), (_object, { storage }) =>
		play(new Desk(new Site(storage, 'tag'), settings)),
	);
}

export function receiving(max: number, leaseMs?: number) {
	const command = { max, consumer: 'somebody', ...(leaseMs === undefined ? {} : { visibilityTimeoutMs: leaseMs }) };
	return { kind: 'receive', command } as const;
}

export function publishing(...messages: NewMessage[]) {
	return { kind: 'publish', messages } as const;
}

export function acknowledging(messages: readonly ReceivedMessage[]) {
	return { kind: 'settle', command: { ack: messages, retry: [], extend: [] } } as const;
}

export function text(body: string, rest: Partial<NewMessage> = {}): NewMessage {
	return { body, size: body.length, ...rest };
}

/** As many as that, each with its number. */
export function numbered<Item>(count: number, item: (index: number) => Item): Item[] {
	return Array.from({ length: count }, (_, index) => item(index));
}

/** A dead letter of the queue `shop` on its way. */
export function carried(courierPosition: number): CarriedMessage & { readonly id: string } {
	const failures = [{ attempt: 1, at: 20, reason: 'lease expired' }];
	const deadLetter = {
		queue: 'shop',
		sequence: courierPosition,
		publishedAt: 10,
		buriedAt: 20,
		attempts: 1,
		failures,
	};
	return { body: 'late', size: 4, id: `shop-${courierPosition}`, publishedAt: 10, courierPosition, deadLetter };
}
